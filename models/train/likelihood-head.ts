// The initial head of a reward model that reads the likelihood. It is fitted to the comparisons on the unchanged body, because a
// body that learns from a wrong head forgets what made the likelihood informative.

import type { Architecture } from "../gpt/architecture.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import { type Head, scoreWidth } from "../gpt/heads.ts";
import type { Comparisons } from "./comparisons.ts";
import { fitHead } from "./ensemble.ts";
import { answerFeatures, type ForwardOptions, ForwardPass } from "./forward-pass.ts";

/**
 * A sum of log p likes answers that are hardly there; a mean likes long ones in which a wrong beginning hardly counts. A
 * policy finds either: by the mean one learned to tell a story whatever it was asked, by √tokens to say "I do not know".
 * Beam search knows both, and divides by such a power (Wu et al. 2016, §7).
 */
export const likelihoodPower = 0.7;

/**
 * The likelihood's weight is fitted alone, then all of the head, drawn to that. @param kind what the head reads. @param weights of the body.
 * @returns `score.weight` and `score.bias`. @throws NonFiniteError naming the step of the fit; the signal's reason when it
 *   aborts.
 */
export async function likelihoodHead(
  config: Architecture,
  kind: Head,
  weights: Weights,
  { groups, packs }: Comparisons,
  { seed, signal, ...options }: ForwardOptions & { seed: number; signal: AbortSignal | undefined },
): Promise<Weights> {
  const start = new Float32Array(scoreWidth(config, kind));
  const bias = { shape: [1], data: new Float32Array(1) };
  const head = (data: Float32Array): Weights =>
    new Map([
      ["score.weight", { shape: [1, data.length], data }],
      ["score.bias", bias],
    ]);
  const body = new ForwardPass(config, answerFeatures(kind), options);
  try {
    const features = await body.run(new Map([...weights, ...head(start)]), packs, signal);
    start[start.length - 1] = likelihoodWeight(groups, features);
    return head(await fitHead(groups, features, start, { seed, signal }));
  } finally {
    await body.dispose();
  }
}

/**
 * The α for which σ(α · difference of the likelihoods) explains the pairs best, those of a prompt weighing 1 together:
 * logistic regression by Newton's method. A little pull to 0 keeps α finite where the likelihood tells all pairs apart.
 */
export function likelihoodWeight(
  groups: readonly Pick<Comparisons["groups"][number], "pairs">[],
  features: readonly (readonly Float32Array[])[],
): number {
  const differences = groups.flatMap(({ pairs }, g) =>
    pairs.map(([winner, loser]) => ({
      difference: features[g]![winner]!.at(-1)! - features[g]![loser]!.at(-1)!,
      weight: 1 / pairs.length,
    })),
  );
  const pull = 0.01;
  let alpha = 0;
  for (let step = 0; step < 20; step++) {
    let [slope, curvature] = [-pull * alpha, pull];
    for (const { difference, weight } of differences) {
      const wrong = 1 / (1 + Math.exp(alpha * difference));
      slope += weight * difference * wrong;
      curvature += weight * difference ** 2 * wrong * (1 - wrong);
    }
    alpha += slope / curvature;
  }
  return alpha;
}
