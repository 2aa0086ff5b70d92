// Prompts: writing and listing them, and reading one with everything that belongs to it.
import { comparisonsOf } from "../../db/queries/comparisons.ts";
import { demonstrationsOf } from "../../db/queries/demonstrations.ts";
import * as prompts from "../../db/queries/prompts.ts";
import { getScenario } from "../../db/queries/scenarios.ts";
import { allowed, type Context, signedIn } from "../context.ts";
import { refuseOverlong } from "../training/count-tokens.ts";
import { projectModel } from "../training/models.ts";
import { promptText, type Shot } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { fewShotMessages, refuseTooLong } from "../vocabulary/few-shot.ts";
import { knownUseCase, type ListOrder, may } from "../vocabulary/labeling.ts";
import type { ComparisonHead, Demonstration, NewPrompt, Prompt, PromptFilter, Scenario } from "../vocabulary/shapes.ts";
import { demonstrationShown } from "./demonstrations.ts";
import { splitOf } from "./split.ts";

/** Prompts of a list; `next` is the cursor of the page after this one, null on the last. */
export async function listPrompts(
  ctx: Context,
  page: PromptFilter & { cursor?: string; limit: number; order?: ListOrder },
): Promise<{ items: Prompt[]; next: string | null }> {
  signedIn(ctx);
  const rows = await prompts.listPrompts(ctx, { ...page, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit).map(promptShown);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many prompts of a list are counted: more are "more". */
const mostCounted = 10_000;

/** Counts the prompts of a list, up to 10,000. */
export async function countPrompts(ctx: Context, filter: PromptFilter): Promise<{ count: number; more: boolean }> {
  signedIn(ctx);
  const count = await prompts.countPrompts(ctx, filter, mostCounted + 1);
  return { count: Math.min(count, mostCounted), more: count > mostCounted };
}

export interface PromptDetail extends Prompt {
  fewShot: { instruction: string; shots: Shot[]; query: string } | null;
  scenario: Scenario | null;
  resampledFrom: string | null;
  revises: string | null;
  revisedBy: string | null;
  rankings: number;
  mayChange: boolean;
  /** Latest versions. */
  demonstrationList: Demonstration[];
  comparisonList: ComparisonHead[];
}

/** @throws DomainError NOT_FOUND */
export async function getPrompt(ctx: Context, input: { id: string }): Promise<PromptDetail> {
  const { actor } = signedIn(ctx);
  const [prompt, source, demonstrations, comparisonList] = await Promise.all([
    prompts.getPrompt(ctx.db, input.id),
    prompts.promptSource(ctx.db, input.id),
    demonstrationsOf(ctx.db, input.id),
    comparisonsOf(ctx.db, { promptId: input.id, personId: actor.id }),
  ]);
  if (!prompt || !source) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  const { authorId, split: _, ...shown } = source;
  const mayChange = may(actor.role, "write") && (authorId === actor.id || may(actor.role, "lead"));
  const demonstrationList = demonstrations.map(demonstrationShown);
  return { ...promptShown(prompt), ...shown, mayChange, demonstrationList, comparisonList };
}

/**
 * Stores a prompt and, where given, its demonstration: both or none.
 * @throws DomainError BAD_REQUEST for a prompt that is too long in all, or for the project's model, NOT_FOUND without its scenario
 */
export async function createPrompt(ctx: Context, input: NewPrompt): Promise<Prompt> {
  const scope = allowed(ctx, "write", "write prompts");
  const { useCase, demonstration } = input;
  const words = await wordsOf(ctx, input);
  const row = { ...words, useCase, split: splitOf(words.text), demonstration };
  const stored = await prompts.insertPrompt(scope, row);
  const made = await prompts.getPrompt(ctx.db, stored.id);
  if (!made) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  return promptShown(made);
}

/** The words of a prompt in the form they are stored. @throws DomainError as `createPrompt` */
export async function wordsOf(ctx: Context, input: NewPrompt) {
  const composed = input.kind === "few-shot" ? fewShot(input) : await given(ctx, input);
  // Without a model of the project no prompt is known to be too long.
  const model = await projectModel(ctx).catch(() => null);
  if (model) await refuseOverlong(model, composed.messages);
  return { ...composed, text: promptText(composed.messages) };
}

function fewShot({ kind, system, ...parts }: NewPrompt & { kind: "few-shot" }) {
  const { instruction, shots, query } = parts;
  const messages = fewShotMessages({ instruction, shots, query }, system);
  refuseTooLong(messages);
  return { kind, messages, fewShot: { instruction, shots, query } };
}

async function given(ctx: Context, input: Exclude<NewPrompt, { kind: "few-shot" }>) {
  const { kind, prompt: messages } = input;
  if (kind === "plain") return { kind, messages };
  // Also one that has been retired meanwhile: somebody has written from it.
  const scenario = await getScenario(ctx, input.scenarioId);
  if (!scenario) throw new DomainError("NOT_FOUND", "There is no such use-case description.");
  return { kind, messages, scenarioId: scenario.id };
}

export function promptShown(row: prompts.PromptRow): Prompt {
  return { ...row, author: row.author ?? row.source ?? "Rankloop", useCase: knownUseCase(row.useCase) };
}
