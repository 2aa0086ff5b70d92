// Answers sampled from a policy as it is now, one to each prompt, with the log-probability of every token: what PPO
// learns from, and what KL to another model is measured on. Many prompts are decoded as one batch.

import type { Architecture } from "../gpt/architecture.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import { Decoder } from "../gpt/decoder.ts";
import { sample } from "../gpt/sampling.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { letOthersRun } from "../onnx/session.ts";
import { Random } from "../random.ts";

/** One prompt and its answer: an episode of a bandit, since nothing follows it. */
export interface Episode {
  prompt: readonly number[];
  /** Up to the end token, which is part of it: it was chosen like any other. */
  answer: number[];
  /** log π of each of the answer's tokens, at the temperature it was sampled with, nats. */
  logProbs: Float32Array;
  /** The model ended the answer; else it was cut at the longest length. */
  ended: boolean;
}

export interface RolloutConfig {
  config: Architecture;
  weights: Weights;
  tokenizer: Tokenizer;
  /** Longest answer, tokens, the end token included. */
  answerTokens: number;
  temperature: number;
  threads?: number | undefined;
}

/** Prompts decoded together. Measured (2 threads, d 256, 6 layers): 8 give 2,900 tokens/s, 64 6,000, 128 7,300. */
const rows = 64;

/**
 * Sample an answer to each prompt. It depends on the weights, the prompt and its seed, not on the other prompts, but for
 * rounding. Prompt and longest answer must fit the context.
 * @throws SamplingError when the policy's output is not finite; the signal's reason when it aborts.
 */
export async function rollout(
  { config, weights, tokenizer, answerTokens, temperature, threads }: RolloutConfig,
  prompts: readonly (readonly number[])[],
  seeds: readonly number[],
  signal?: AbortSignal,
): Promise<Episode[]> {
  const episodes = prompts.map(
    (prompt): Episode => ({ prompt, answer: [], logProbs: new Float32Array(answerTokens), ended: false }),
  );
  const randoms = seeds.map((seed) => new Random(seed));
  const stops = new Set([...config.eosTokenIds, tokenizer.eosId]);
  const advance = (i: number, distribution: Float32Array) => {
    const episode = episodes[i]!;
    // A model may have room for more tokens than its tokenizer names: those are never chosen.
    const token = sample(distribution.subarray(0, tokenizer.vocabSize), randoms[i]!.next(), { topP: 1 });
    episode.logProbs[episode.answer.length] = Math.log(distribution[token]!);
    episode.answer.push(token);
    episode.ended = stops.has(token);
  };
  const done = ({ ended, answer }: Episode) => ended || answer.length === answerTokens;

  const decoder = await Decoder.load(config, weights, { prompts: "own", ...(threads ? { threads } : {}) });
  try {
    // Prompts of like length together: each takes the room of the longest.
    const order = prompts.map((_, i) => i).sort((a, b) => prompts[a]!.length - prompts[b]!.length || a - b);
    for (let start = 0; start < order.length; start += rows) {
      let batch = order.slice(start, start + rows);
      const { first, decoding } = await decoder.readPrompts(
        batch.map((i) => prompts[i]!),
        temperature,
      );
      for (const [row, i] of batch.entries()) advance(i, first[row]!);
      for (;;) {
        const going = batch.flatMap((i, row) => (done(episodes[i]!) ? [] : [row]));
        if (going.length === 0) break;
        // Leaving moves the whole cache: it pays when a third of the rows is idle.
        if (going.length <= (2 / 3) * batch.length) {
          decoder.keep(decoding, going);
          batch = going.map((row) => batch[row]!);
        }
        const newest = batch.map((i) => episodes[i]!.answer.at(-1)!);
        for (const [row, distribution] of (await decoder.step(decoding, newest)).entries()) {
          if (!done(episodes[batch[row]!]!)) advance(batch[row]!, distribution);
        }
        await letOthersRun(signal);
      }
      await letOthersRun(signal);
    }
  } finally {
    await decoder.dispose();
  }
  return episodes.map((episode) => ({ ...episode, logProbs: episode.logProbs.slice(0, episode.answer.length) }));
}

/** The answer's text, without the end token, and without a character that was cut in the middle. */
export const episodeText = (tokenizer: Tokenizer, { answer, ended }: Episode): string =>
  tokenizer.decode(ended ? answer.slice(0, -1) : answer, { partial: true });
