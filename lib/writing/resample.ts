// Further prompts from a few-shot one, with their demonstrations: see draw.ts.
import { type DemonstrationRow, demonstrationsOf } from "../../db/queries/demonstrations.ts";
import { getPrompt, insertResampled, promptSource } from "../../db/queries/prompts.ts";
import { allowed, type Context } from "../context.ts";
import type { Shot } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Prompt } from "../vocabulary/shapes.ts";
import { draw } from "./draw.ts";
import { promptShown } from "./prompts.ts";

/**
 * Draws and stores further prompts, all or none. Prompts drawn before are not made again; only the new ones are answered.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST for a prompt without two examples to exchange
 */
export async function resamplePrompt(ctx: Context, input: { id: string }): Promise<{ items: Prompt[] }> {
  const scope = allowed(ctx, "write", "write prompts");
  const { id } = input;
  const [prompt, source, demonstrations] = await Promise.all([
    getPrompt(ctx.db, id),
    promptSource(ctx.db, id),
    demonstrationsOf(ctx.db, id),
  ]);
  if (!prompt || !source) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  const { fewShot, split, resampledFrom, authorId } = source;
  if (!fewShot) {
    throw new DomainError("BAD_REQUEST", "Only a few-shot prompt has examples to draw further prompts from.");
  }
  const system = prompt.messages.find(({ role }) => role === "system")?.content;
  const drawn = draw({ id, system, ...fewShot, own: ownExample(fewShot.query, demonstrations) });
  if (!drawn) {
    throw new DomainError("BAD_REQUEST", "It takes two different examples to draw further prompts: this has fewer.");
  }
  const rows = drawn.map(({ response, ...one }) => ({
    ...one,
    kind: "few-shot" as const,
    useCase: prompt.useCase,
    // Not by their own text: each holds the answers of the others, which may not stand in train and test at once.
    split,
    demonstration: response,
    // Their words are those of the examples' author.
    authorId: authorId ?? scope.actor.id,
  }));
  const made = await insertResampled(scope, resampledFrom ?? id, rows);
  return { items: made.map(promptShown) };
}

/** The prompt's own input with its ideal answer: one that a reviewer accepted before others, the newest of them. */
function ownExample(query: string, demonstrations: readonly DemonstrationRow[]): Shot | undefined {
  const good = demonstrations.filter(({ state }) => state !== "returned");
  const best = good.findLast(({ state }) => state === "accepted") ?? good.at(-1);
  return best && { query, response: best.text };
}
