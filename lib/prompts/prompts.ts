// Prompts: writing, listing, reading one with all that hangs on it.
import type { Database } from "../../db/client.ts";
import { comparisonsOf } from "../../db/queries/comparisons.ts";
import * as prompts from "../../db/queries/prompts.ts";
import type { ComparisonHead, Demonstration, Prompt } from "../api/contract.ts";
import { type Context, nowOf, signedIn } from "../context.ts";
import { DomainError } from "../domain-error.ts";
import type { UseCase } from "../preference/labeling.ts";
import { splitOf } from "./split.ts";
import { knownUseCase } from "./use-case.ts";

/** Newest first; `next` is the cursor of the page after this one, null on the last. */
export async function listPrompts(
  ctx: Context,
  page: { cursor?: string; limit: number },
): Promise<{ items: Prompt[]; next: string | null }> {
  signedIn(ctx);
  const rows = await prompts.listPrompts(ctx.db, { ...page, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit).map(shown);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

export interface PromptDetail extends Prompt {
  demonstrationList: Demonstration[];
  comparisonList: ComparisonHead[];
}

/** @throws DomainError NOT_FOUND */
export async function getPrompt(ctx: Context, input: { id: string }): Promise<PromptDetail> {
  signedIn(ctx);
  const prompt = await found(ctx, input.id);
  const [demonstrationList, comparisonList] = await Promise.all([
    prompts.demonstrationsOf(ctx.db, input.id),
    comparisonsOf(ctx.db, input.id),
  ]);
  return { ...prompt, demonstrationList, comparisonList };
}

/** A prompt and, where given, its demonstration: both are stored or none. */
export async function createPrompt(
  ctx: Context,
  input: { text: string; useCase: UseCase; demonstration?: string },
): Promise<Prompt> {
  const actor = signedIn(ctx);
  const { id } = await prompts.insertPrompt(ctx.db, {
    ...input,
    split: splitOf(input.text),
    authorId: actor.id,
    now: nowOf(ctx),
  });
  return found(ctx, id);
}

/**
 * The prompts that come with Rankloop, put in once in the life of a database: later starts change nothing.
 * For the launcher, which acts for nobody.
 */
export async function seedPrompts(
  db: Database,
  list: readonly { text: string; useCase: UseCase }[],
  now = Date.now(),
): Promise<void> {
  const rows = list.map(({ text, useCase }) => ({ text, useCase, split: splitOf(text) }));
  await prompts.seedPromptsOnce(db, rows, now);
}

async function found(ctx: Context, id: string): Promise<Prompt> {
  const row = await prompts.getPrompt(ctx.db, id);
  if (!row) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  return shown(row);
}

function shown(row: prompts.PromptRow): Prompt {
  return { ...row, author: row.author ?? "Rankloop", useCase: knownUseCase(row.useCase) };
}
