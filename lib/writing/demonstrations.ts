// Demonstrations: writing the ideal answer to a prompt, revising it, and what reviewers say of it.
import * as demonstrations from "../../db/queries/demonstrations.ts";
import { allowed, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { type DemonstrationState, knownUseCase } from "../vocabulary/labeling.ts";
import type { Demonstration, Prompt } from "../vocabulary/shapes.ts";

const mayWrite = (ctx: Context) => allowed(ctx, "write", "write demonstrations");

/** Stores a demonstration. @throws DomainError NOT_FOUND when there is no such prompt */
export async function createDemonstration(
  ctx: Context,
  input: { promptId: string; text: string },
): Promise<Demonstration> {
  const made = await demonstrations.insertDemonstration(mayWrite(ctx), input);
  if (!made) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  return found(ctx, made.id);
}

const refusals = {
  "not found": ["NOT_FOUND", "There is no such demonstration."],
  "not author": ["FORBIDDEN", "Only its author may revise a demonstration: write another one beside it."],
  author: ["FORBIDDEN", "This demonstration is your own: somebody else reviews it."],
  outdated: ["CONFLICT", "There is a newer version of this demonstration: look at that one."],
  accepted: ["CONFLICT", "This demonstration has been accepted: it does not change any more."],
} as const;

function refuse(why: keyof typeof refusals): never {
  const [code, sentence] = refusals[why];
  throw new DomainError(code, sentence);
}

/**
 * Stores the author's new version. The one before is kept, and counts no more.
 * @throws DomainError NOT_FOUND, FORBIDDEN for anyone else, CONFLICT for an older version or one that was accepted
 */
export async function reviseDemonstration(ctx: Context, input: { id: string; text: string }): Promise<Demonstration> {
  const revised = await demonstrations.reviseDemonstration(mayWrite(ctx), input);
  if (typeof revised === "string") refuse(revised);
  return found(ctx, revised.id);
}

export interface DemonstrationQuestion {
  state?: DemonstrationState;
  of: "all" | "me" | "others";
  cursor?: string;
  limit: number;
}

export interface DemonstrationWithPrompt extends Demonstration {
  prompt: Pick<Prompt, "id" | "kind" | "messages" | "text" | "useCase">;
}

/** Demonstrations in their latest version with their prompts, oldest first; `next` is the cursor of the page after this one. */
export async function listDemonstrations(
  ctx: Context,
  { of, limit, ...page }: DemonstrationQuestion,
): Promise<{ items: DemonstrationWithPrompt[]; next: string | null }> {
  const { actor } = signedIn(ctx);
  const whose = of === "me" ? { by: actor.id } : of === "others" ? { notBy: actor.id } : {};
  const rows = await demonstrations.listDemonstrations(ctx, { ...page, ...whose, limit: limit + 1 });
  const items = rows.slice(0, limit).map(({ prompt, ...row }) => ({
    ...demonstrationShown(row),
    prompt: { ...prompt, useCase: knownUseCase(prompt.useCase) },
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/**
 * Stores a review of the latest version. The latest review counts.
 * @throws DomainError NOT_FOUND, FORBIDDEN for one's own, BAD_REQUEST for one sent back without a word, CONFLICT for an
 *   older version
 */
export async function reviewDemonstration(
  ctx: Context,
  input: { id: string; rating: number; returned: boolean; comment: string },
): Promise<Demonstration> {
  const scope = allowed(ctx, "review", "review demonstrations");
  const comment = input.comment.trim();
  if (input.returned && comment === "") {
    throw new DomainError("BAD_REQUEST", "Say what to change: a demonstration that is sent back needs a comment.");
  }
  const outcome = await demonstrations.insertReview(scope, { ...input, comment });
  if (typeof outcome === "string") refuse(outcome);
  return found(ctx, input.id);
}

async function found(ctx: Context, id: string): Promise<Demonstration> {
  const row = await demonstrations.getDemonstration(ctx.db, id);
  return row ? demonstrationShown(row) : refuse("not found");
}

export const demonstrationShown = ({
  authorId: _,
  sourceId: __,
  ...row
}: demonstrations.DemonstrationRow): Demonstration => row;
