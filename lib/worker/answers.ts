// Streaming answers: tokens of a model become rows in the database, at a pace that a person can read.

import { setImmediate as letOthersRun } from "node:timers/promises";
import type { WriteOutcome } from "../../db/queries/candidates.ts";
import { type AnswerDelta, GenerateError, type GenerateOptions, GptGenerator } from "../../models/gpt/generate.ts";
import { EndlessTokenizerError, PromptError } from "../../models/gpt/tokenizer.ts";
import { LastUsed } from "./last-used.ts";
import type { JobContext } from "./loop.ts";

/** Text is written at most this often: a person cannot read faster, and every write wakes the watchers. */
const writeEveryMs = 60;

/** Errors that another try would meet again: a prompt too long, settings out of range, a tokenizer that never ends. */
export const hopeless = [GenerateError, PromptError, EndlessTokenizerError];

/** The generators of one worker process: the last model stays loaded for the next job, be it candidates or a trial. */
export const loadedGenerators = () => new LastUsed((directory) => GptGenerator.load(directory));
export type LoadedGenerators = ReturnType<typeof loadedGenerators>;

/**
 * Generates, and hands on the newest state of the answers that changed: soon after the first token, then every 60 ms or
 * so, at once when one ends, and once more when it is halted in the middle.
 * @throws the halt's reason, or what the generator throws
 */
export async function streamAnswers(
  generator: GptGenerator,
  options: Omit<GenerateOptions, "signal">,
  context: JobContext,
  write: (changed: AnswerDelta[]) => Promise<WriteOutcome>,
): Promise<void> {
  const unwritten = new Map<number, AnswerDelta>();
  let writtenAt = Number.NEGATIVE_INFINITY;
  const flush = async () => {
    if (unwritten.size === 0) return;
    const changed = [...unwritten.values()];
    unwritten.clear();
    writtenAt = performance.now();
    context.stopIfAsked(await write(changed));
  };
  try {
    for await (const deltas of generator.generate({ ...options, signal: context.signal })) {
      for (const delta of deltas) unwritten.set(delta.index, delta);
      const ended = deltas.some((delta) => delta.finish !== null);
      if (ended || performance.now() - writtenAt >= writeEveryMs) await flush();
      await letOthersRun();
      context.signal.throwIfAborted();
    }
  } finally {
    // Stopped by a person: they keep what came so far.
    await flush();
  }
}
