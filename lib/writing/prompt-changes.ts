// Changing stored prompts: editing one; archiving and deleting one or many.
import * as changes from "../../db/queries/prompt-changes.ts";
import { getPrompt } from "../../db/queries/prompts.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { EditedPrompt, Prompt } from "../vocabulary/shapes.ts";
import { promptShown, wordsOf } from "./prompts.ts";

const refusals = {
  "not found": ["NOT_FOUND", "There is no such prompt."],
  "another's": ["FORBIDDEN", "This prompt is somebody else's: its author may change it, or a lead."],
  outdated: ["CONFLICT", "There is a newer version of this prompt: change that one."],
  answered: [
    "FORBIDDEN",
    "This prompt has been answered: only a lead may delete it, with its answers. Archive it instead.",
  ],
  generating: ["CONFLICT", "Answers to this prompt are being written: stop them first."],
  held: ["CONFLICT", "Somebody is ranking answers to this prompt just now: delete it later."],
} as const;

function refuse(why: keyof typeof refusals): never {
  const [code, sentence] = refusals[why];
  throw new DomainError(code, sentence);
}

const mayWrite = (ctx: Context) => allowed(ctx, "write", "change prompts");

/**
 * Edits a prompt: in place as long as nobody else has answered it, else as a new version.
 * @throws DomainError NOT_FOUND, FORBIDDEN for somebody else's, CONFLICT for an older version, and as `createPrompt`
 */
export async function editPrompt(ctx: Context, { id, ...input }: EditedPrompt): Promise<Prompt> {
  const scope = mayWrite(ctx);
  const words = { ...(await wordsOf(ctx, input)), useCase: input.useCase };
  const edited = await changes.editPrompt(scope, { id, words });
  if (typeof edited === "string") refuse(edited);
  const now = await getPrompt(ctx.db, edited.id);
  return now ? promptShown(now) : refuse("not found");
}

/** Archives a prompt, or brings it back. @throws DomainError NOT_FOUND, FORBIDDEN for somebody else's */
export async function archivePrompt(ctx: Context, input: { id: string; archived: boolean }): Promise<{ ok: true }> {
  const outcome = await changes.archivePrompt(mayWrite(ctx), input);
  return outcome === "done" ? { ok: true } : refuse(outcome);
}

/**
 * Deletes a prompt with its demonstrations, answers and rankings.
 * @throws DomainError NOT_FOUND, FORBIDDEN for somebody else's or one that others have answered, CONFLICT while it is worked on
 */
export async function removePrompt(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await changes.removePrompt(mayWrite(ctx), input);
  return typeof outcome === "object" ? { ok: true } : refuse(outcome);
}

/** Why a prompt was left as it is, in a sentence. */
interface Left {
  id: string;
  reason: string;
}

const reasons = (left: readonly [id: string, why: keyof typeof refusals][]): Left[] =>
  left.map(([id, why]) => ({ id, reason: refusals[why][1] }));

/** Archives prompts, or brings them back; those of somebody else are left as they are. */
export async function archivePrompts(
  ctx: Context,
  input: { ids: string[]; archived: boolean },
): Promise<{ done: number; left: Left[] }> {
  const { done, left } = await changes.archivePrompts(mayWrite(ctx), input);
  return { done, left: reasons(left) };
}

/**
 * Deletes prompts with the answers of models to them. Those on which people have built are archived instead; those of somebody
 * else, and those that are worked on just now, are left as they are.
 */
export async function removePrompts(
  ctx: Context,
  input: { ids: string[] },
): Promise<{ deleted: number; archived: number; left: Left[] }> {
  const { left, ...counts } = await changes.removePrompts(mayWrite(ctx), input);
  return { ...counts, left: reasons(left) };
}
