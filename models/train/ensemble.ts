// How unsure a reward model is of its order: an ensemble of reward heads on its frozen body, each drawn to a random start
// of its own (Pearce et al. 2020) and trained on its own bootstrap of the prompts (Gleave & Irving 2022). Where comparisons
// are unlike those of training, the heads disagree, and people are asked (Christiano et al. 2017, §2.2.4).
// No second opinion: the heads share a body, and what that does not see none of them sees.

import type { Parameters } from "../gpt/block.ts";
import { initialRewardHead } from "../gpt/init.ts";
import type { TensorData } from "../gpt/safetensors.ts";
import { mean, moments } from "../interval.ts";
import type { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { letOthersRun } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { adamWDefaults } from "./adamw.ts";
import type { PromptGroup } from "./data.ts";
import { cosine } from "./loop.ts";
import { type Objective, Optimizer } from "./optimizer.ts";
import { randomSteps } from "./plan.ts";

const ensembleDefaults = {
  /** M, the number of heads. */
  heads: 8,
  /** Comparisons of one step. */
  batch: 32,
  /** Steps at least; where one pass over the data has more, as many as it has. A step takes about a millisecond. */
  steps: 200,
  /** Peak of the cosine, which falls to a tenth. */
  learningRate: 1e-2,
};

/** The compared answers of a prompt, and what tells which comparisons are of one prompt. */
type Element = Pick<PromptGroup, "promptKey" | "pairs">;

/**
 * Train the heads of a reward model that is ready. Ties are dropped, as the paper drops them. The body is frozen, so each
 * answer was read once, however many steps there are.
 * @param features of each group's answers, what a head reads of them [C].
 * @param likelihoodWeight what the model's own head makes of the likelihood, the last of these numbers, if it reads that:
 *   no head begins without, or few comparisons would leave all of them to the states alone.
 * @returns [M, C]; a head's score is its product with such a state. They have no bias, because only differences are
 *   looked at.
 * @throws NonFiniteError naming the step; the signal's reason when it aborts.
 */
export async function trainHeads(
  groups: readonly Element[],
  features: readonly (readonly Float32Array[])[],
  {
    likelihoodWeight,
    ...run
  }: { seed: number; signal?: AbortSignal | undefined; likelihoodWeight?: number | undefined },
): Promise<TensorData> {
  const { heads: M } = ensembleDefaults;
  const keys = groups.filter(isStrict).map(({ promptKey }) => promptKey);
  const C = features[0]![0]!.length;
  const start = initialHeads(C, M, run.seed);
  if (likelihoodWeight !== undefined) for (let m = 1; m <= M; m++) start.data[m * C - 1] = likelihoodWeight;
  return fitHeads(groups, features, start, bootstraps(keys, M, run.seed), run);
}

/**
 * One head on all comparisons, drawn to where it starts: what a frozen body already knows of what people like.
 * @param start [C]. @returns [C]
 */
export async function fitHead(
  groups: readonly Element[],
  features: readonly (readonly Float32Array[])[],
  start: Float32Array,
  run: { seed: number; signal?: AbortSignal | undefined },
): Promise<Float32Array> {
  const once = new Uint32Array(groups.filter(isStrict).length).fill(1);
  return (await fitHeads(groups, features, { shape: [1, start.length], data: start }, [once], run)).data;
}

const isStrict = ({ pairs }: Element): boolean => pairs.length > 0;

/** @param drawn how often each strict element counts for each head. */
async function fitHeads(
  groups: readonly Element[],
  features: readonly (readonly Float32Array[])[],
  start: TensorData,
  drawn: readonly Uint32Array[],
  { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
): Promise<TensorData> {
  const { batch, steps: least, learningRate } = ensembleDefaults;
  const [M, C] = start.shape as [number, number];
  const strict = [...groups.keys()].filter((g) => isStrict(groups[g]!));
  // Nothing but ties, which a loss of their own may learn from, and no head does.
  if (strict.length === 0) return start;
  const epochs = Math.ceil(least / Math.ceil(strict.length / batch));
  const steps = randomSteps(strict.length, batch, epochs, seed);
  const pairsOf = (step: readonly number[]) => step.reduce((sum, i) => sum + groups[strict[i]!]!.pairs.length, 0);
  const P = Math.max(...steps.map(pairsOf));
  const optimizer = new Optimizer({
    weights: new Map([["heads.weight", start]]),
    objective: (graph, parameters) => headsObjective(graph, parameters, { P, start, pull: (C + 1) / strict.length }),
    // It would draw all heads to 0, and so together.
    adamW: { ...adamWDefaults, weightDecay: 0 },
    // One small product: more threads cost more than they bring.
    threads: 1,
  });
  const rate = cosine(learningRate, steps.length);
  try {
    for (const [index, step] of steps.entries()) {
      const difference = new Float32Array(P * C);
      const weight = new Float32Array(P * M);
      let p = 0;
      for (const i of step) {
        const { pairs } = groups[strict[i]!]!;
        for (const [winner, loser] of pairs) {
          const [w, l] = [features[strict[i]!]![winner]!, features[strict[i]!]![loser]!];
          for (let c = 0; c < C; c++) difference[p * C + c] = w[c]! - l[c]!;
          for (let m = 0; m < M; m++) weight[p * M + m] = drawn[m]![i]! / (step.length * pairs.length);
          p++;
        }
      }
      await optimizer.run([{ feeds: { difference, weight } }], rate(index));
      await letOthersRun(signal);
    }
    const { shape, data } = optimizer.weights().get("heads.weight")!;
    return { shape, data: data.slice() };
  } finally {
    await optimizer.dispose();
  }
}

/** Each head as a reward head begins, N(0, 1/√(C + 1)). */
function initialHeads(C: number, M: number, seed: number): TensorData {
  const data = new Float32Array(M * C);
  for (let m = 0; m < M; m++) data.set(initialRewardHead(C, seedOf(seed, m)).get("score.weight")!.data, m * C);
  return { shape: [M, C], data };
}

/** How often each element is in each head's bootstrap: prompts drawn with replacement, with all that belongs to them. */
function bootstraps(promptKeys: readonly string[], M: number, seed: number): Uint32Array[] {
  const prompts = [...Map.groupBy(promptKeys.keys(), (i) => promptKeys[i]!).values()];
  return Array.from({ length: M }, (_, m) => {
    const random = new Random(seedOf(seed, m) + 1);
    const times = new Uint32Array(promptKeys.length);
    for (const _ of prompts) for (const i of random.pick(prompts)) times[i]!++;
    return times;
  });
}

/** Apart from the seeds of the reward model's own head and of its data's order. */
const seedOf = (seed: number, m: number) => seed + (m + 1) * 2 ** 32;

/**
 * Σ weight · −log σ(r_w − r_l) over the pairs of a step, + pull/2 · ‖head − start‖², both summed over the heads, whose
 * gradients do not mix. Inputs: `difference` [P, C] of the features, winner less loser; `weight` [P, M], times in the head's
 * bootstrap / (elements · their pairs), 0 where a step has fewer pairs.
 *
 * With pull = 1/(variance of the start · comparisons) each head is a draw from about what a Bayesian would believe after
 * these comparisons, who believed N(0, 1/√(C + 1)) before. Without it heads grow as long as their data can be told apart,
 * and end sure of everything.
 */
export function headsObjective(
  graph: Graph,
  parameters: Parameters,
  { P, start, pull }: { P: number; start: TensorData; pull: number },
): Objective {
  const heads = parameters("heads.weight");
  const [M, C] = [heads.size(0), heads.size(1)];
  const margin = op.matMul(graph.input("difference", "float32", [P, C]), heads, { transB: true });
  const nll = op.reduceSum(op.mul(graph.input("weight", "float32", [P, M]), op.softplus(op.neg(margin))));
  const moved = op.sub(heads, graph.unnamed("float32", [M, C], start.data.slice()));
  return { loss: op.add(nll, op.mul(op.reduceSum(op.mul(moved, moved)), pull / 2)), metrics: {} };
}

/**
 * How far the heads disagree on the order of a prompt's answers: the variance over the heads of σ(r_i − r_j), the
 * probability that answer i is preferred to j, a mean over the C(K,2) pairs. 0 where all say the same, 0.25 where half of
 * them are sure of each order. Christiano et al. 2017 ask people about the pairs of which this is largest.
 * @param answers for each answer its score by each head.
 */
export function disagreement(answers: readonly ArrayLike<number>[]): number {
  const variances = answers.flatMap((one, i) =>
    answers.slice(i + 1).map((other) => {
      const p = Array.from(one, (score, m) => 1 / (1 + Math.exp(other[m]! - score)));
      return moments(p).variance;
    }),
  );
  return variances.length === 0 ? 0 : mean(variances);
}
