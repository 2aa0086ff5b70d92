// Further prompts from a few-shot one (Ouyang et al. 2022, A.3: "sampling different sets of few-shot examples"): each
// example in turn becomes the input to answer, with its output as the demonstration and the others, shuffled, before it.
import { createHash } from "node:crypto";
import { type DemonstrationRow, demonstrationsOf } from "../../db/queries/demonstrations.ts";
import { type FewShot, getPrompt, insertResampled, promptSource } from "../../db/queries/prompts.ts";
import type { Prompt } from "../api/contract.ts";
import { allowed, type Context, nowOf } from "../context.ts";
import { DomainError } from "../domain-error.ts";
import { type Message, promptText, type Shot } from "../preference/conversation.ts";
import { fewShotMessages, tooLong } from "./few-shot.ts";
import { promptShown } from "./prompts.ts";

/**
 * All or none are stored. Those there already are not made again; an answer holds the new ones only. The order of the
 * examples depends on the prompt and the input asked, so the same prompt always gives the same others.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST for a prompt without two examples to exchange
 */
export async function resamplePrompt(ctx: Context, input: { id: string }): Promise<{ items: Prompt[] }> {
  const actor = allowed(ctx, "write", "write prompts");
  const { id } = input;
  const [prompt, source, demonstrations] = await Promise.all([
    getPrompt(ctx.db, id),
    promptSource(ctx.db, id),
    demonstrationsOf(ctx.db, id),
  ]);
  if (!prompt || !source) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  const { fewShot, split, resampledFrom } = source;
  if (!fewShot)
    throw new DomainError("BAD_REQUEST", "Only a few-shot prompt has examples to draw further prompts from.");
  const own = ownExample(fewShot.query, demonstrations);
  const pool = differentQueries(own ? [...fewShot.shots, own] : fewShot.shots);
  if (pool.length < 2) {
    throw new DomainError(
      "BAD_REQUEST",
      "It takes two different examples to draw further prompts: this one has fewer.",
    );
  }
  const system = prompt.messages.find(({ role }) => role === "system")?.content;
  const list = pool
    .filter((one) => one !== own)
    .map((asked) => {
      const { parts, messages } = compose(id, fewShot.instruction, asked, pool, own, system);
      return {
        kind: "few-shot" as const,
        messages,
        text: promptText(messages),
        useCase: prompt.useCase,
        // Not by their own text: each holds the answers of the others, which may not stand in train and test at once.
        split,
        fewShot: parts,
        demonstration: asked.response,
        // They are the words of whoever wrote the examples.
        authorId: source.authorId ?? actor.id,
        now: nowOf(ctx),
      };
    });
  const made = await insertResampled(ctx.db, resampledFrom ?? id, list);
  return { items: made.map(promptShown) };
}

/** The prompt's own input with its ideal answer: one that a reviewer accepted before others, the newest of them. */
function ownExample(query: string, demonstrations: readonly DemonstrationRow[]): Shot | undefined {
  const good = demonstrations.filter(({ state }) => state !== "returned");
  const best = good.findLast(({ state }) => state === "accepted") ?? good.at(-1);
  return best && { query, response: best.text };
}

/** The first example of each input: a prompt that shows the answer to what it asks would teach copying. */
function differentQueries(shots: readonly Shot[]): Shot[] {
  return [...Map.groupBy(shots, ({ query }) => query).values()].map(([first]) => first!);
}

function compose(
  promptId: string,
  instruction: string,
  asked: Shot,
  pool: readonly Shot[],
  own: Shot | undefined,
  system: string | undefined,
): { parts: FewShot; messages: Message[] } {
  const others = shuffled(
    pool.filter((one) => one !== asked),
    `${promptId}\n${asked.query}`,
  );
  const parts = { instruction, shots: others, query: asked.query };
  const messages = fewShotMessages(parts, system);
  if (!tooLong(messages)) return { parts, messages };
  // An ideal answer may be longer than any example; without it the prompt is no longer than the one it is drawn from.
  const shorter = { ...parts, shots: others.filter((one) => one !== own) };
  return { parts: shorter, messages: fewShotMessages(shorter, system) };
}

/** The order of a hash: as good as random, and the same again for the same seed. */
function shuffled(shots: readonly Shot[], seed: string): Shot[] {
  const place = (index: number) => createHash("sha256").update(`${seed}\n${index}`).digest("hex");
  return shots
    .map((shot, index) => ({ shot, at: place(index) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ shot }) => shot);
}
