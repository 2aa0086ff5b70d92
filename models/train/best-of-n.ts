// Best of n (Stiennon et al. 2020; Nakano et al. 2021): sample n answers, give the one a reward model likes best. It needs
// no training, and is the yardstick for what is gained by it (Gao et al. 2022).

import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { GptGenerator } from "../gpt/generate.ts";
import type { SamplingSettings } from "../gpt/sampling.ts";
import { letOthersRun } from "../onnx/session.ts";
import type { RewardScorer } from "./score.ts";

export interface BestOfNOptions extends SamplingSettings {
  prompt: PromptContent;
  n: number;
  /** Longest answer. */
  maxTokens: number;
  /** Answer i is sampled with seed + i. */
  seed: number;
  signal?: AbortSignal | undefined;
}

export interface ScoredAnswer {
  text: string;
  score: number;
}

/**
 * n answers with their scores, the best first: of equal ones the earlier.
 * @throws GenerateError for settings out of range, or a prompt that leaves no room for an answer; the signal's reason
 *   when it aborts.
 */
export async function bestOfN(
  generator: GptGenerator,
  scorer: RewardScorer,
  { n, seed, ...options }: BestOfNOptions,
): Promise<ScoredAnswer[]> {
  const seeds = Array.from({ length: n }, (_, i) => seed + i);
  const texts: string[] = [];
  for await (const deltas of generator.generate({ ...options, seeds })) {
    for (const { index, text } of deltas) texts[index] = text;
    await letOthersRun(options.signal);
  }
  const items = texts.map((answer) => ({ prompt: options.prompt, answer }));
  const scores = await scorer.score(items, options.signal);
  return texts.map((text, i) => ({ text, score: scores[i]! })).sort((a, b) => b.score - a.score);
}

/** KL(best of n ‖ the policy itself) in nats: ln n − (n − 1)/n (Stiennon et al. 2020, appendix G.3). */
export const klBestOfN = (n: number): number => Math.log(n) - (n - 1) / n;

/**
 * What the best of n has on average, from N ≥ n samples of one prompt, without a bias (Nakano et al. 2021, appendix I):
 * the sample of rank i by `scores` (0 = lowest) is the best of C(i, n − 1) of the C(N, n) subsets, of which `values` is
 * averaged. With the gold score as value it says what choosing by the proxy is worth.
 * @throws RangeError when there are fewer than n samples.
 */
export function expectedBestOfN(scores: readonly number[], values: readonly number[], n: number): number {
  const N = scores.length;
  if (!(Number.isInteger(n) && n >= 1 && n <= N))
    throw new RangeError(`the best of ${n} is not known from ${N} samples`);
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
  // C(i, n − 1) / C(N, n), from the highest rank down: n/N, and from rank i to i − 1 a factor of (i − n + 1)/i.
  let share = n / N;
  let expected = 0;
  for (let i = N - 1; i >= n - 1; i--) {
    expected += share * values[order[i]!]!;
    if (i > 0) share *= (i - n + 1) / i;
  }
  return expected;
}
