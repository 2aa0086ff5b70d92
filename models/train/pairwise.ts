// The loss of ordered pairs: reward models learn by it from scalars, DPO from log-probabilities. All pairs of a prompt
// are one batch element (Ouyang et al. 2022, eq. 1), so K answers are computed once each, however many pairs they make.
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Objective } from "./optimizer.ts";

/**
 * What becomes of two answers that were ranked equal. "drop": nothing (InstructGPT). "soft": both orders are right to
 * one half. "davidson": Davidson (1970) gives ties a probability of their own, which grows with ν.
 */
export type Ties = "drop" | "soft" | "davidson";

/** Compared answers: indices of them, as PromptGroup's. */
export interface Compared {
  answers: readonly unknown[];
  pairs: readonly (readonly [winner: number, loser: number])[];
  ties: readonly (readonly [one: number, other: number])[];
}

/**
 * Scores r [R] → loss and accuracy, with the inputs of `pairFeeds`. With Δ = r_i − r_j, strict pairs weighing w and ties t:
 * - drop: Σ w · −log σ(Δ)
 * - soft: Σ w · −log σ(Δ) + Σ t · −½(log σ(Δ) + log σ(−Δ))
 * - davidson: Σ w · −log P(i≻j) + Σ t · −log P(i=j), where with π = eʳ
 *   P(i≻j) = π_i / (π_i + π_j + ν√(π_i π_j)), P(i=j) = ν√(π_i π_j) / (π_i + π_j + ν√(π_i π_j)).
 *
 * `accuracy` is the share of strict pairs in the right order, elements weighing alike; equal scores are half right.
 * @param logNu log ν [1], learned with the rest; for Davidson only.
 */
export function pairwise(graph: Graph, r: Value, ties: Ties = "drop", logNu?: Value): Objective {
  const R = r.size(0);
  const weight = graph.input("weight", "float32", [R, R]);
  const difference = op.sub(op.reshape(r, [R, 1]), op.reshape(r, [1, R]));
  const zero = graph.scalar(0);
  const ordered = graph.input("strict", "float32", [R, R]);
  const ahead = op.where(op.less(zero, difference), ordered, zero);
  const notBehind = op.where(op.less(difference, zero), zero, ordered);
  const metrics = { accuracy: op.mul(op.reduceSum(op.add(ahead, notBehind)), 0.5) };
  const strict = () => op.softplus(op.neg(difference));
  if (ties === "drop") return { loss: total(strict(), weight), metrics };

  const tie = graph.input("tie", "float32", [R, R]);
  const half = op.mul(difference, 0.5);
  if (ties === "soft") {
    const order = strict();
    // −½(log σ(Δ) + log σ(−Δ)) = softplus(−Δ) + Δ/2
    return { loss: op.add(total(order, weight), total(op.add(order, half), tie)), metrics };
  }
  if (!logNu) throw new GraphError("Davidson's loss needs log ν");
  // Divided by √(π_i π_j): P(i≻j) = e^(Δ/2)/Z, P(i=j) = ν/Z, Z = e^(Δ/2) + e^(−Δ/2) + ν. The larger of the two
  // exponentials is taken out of the logarithm, so that nothing overflows.
  const size = op.where(op.less(half, graph.scalar(0)), op.neg(half), half);
  const small = op.exp(op.neg(size));
  const rest = op.add(op.mul(small, small), op.mul(small, op.exp(logNu)));
  const logZ = op.add(size, op.log(op.add(rest, 1)));
  return { loss: op.add(total(op.sub(logZ, half), weight), total(op.sub(logZ, logNu), tie)), metrics };
}

const total = (x: Value, weights: Value) => op.reduceSum(op.mul(x, weights));

/** ν at which equal answers tie as often as the data's pairs do: P(i=j) = ν/(2 + ν) where Δ = 0. */
export function initialNu(groups: readonly Compared[]): number {
  const count = (list: "pairs" | "ties") => groups.reduce((sum, group) => sum + group[list].length, 0);
  const tied = count("ties") / (count("pairs") + count("ties"));
  // Within bounds, so that data without ties, or with nothing else, can be learned from too.
  const within = Math.min(Math.max(tied, 0.01), 0.9);
  return (2 * within) / (1 - within);
}

/** The pairs of an element that the loss counts. */
export const counted = ({ pairs, ties: tied }: Compared, ties: Ties): number =>
  pairs.length + (ties === "drop" ? 0 : tied.length);

/**
 * Feeds of `pairwise`: `weight[i][j]` for "i is preferred to j", `tie[i][j]` for ties, i before j; each pair of an element
 * weighs 1/(elements · its pairs), so that elements weigh alike and everything adds up to 1. `strict` is the same for
 * strict pairs alone. Answers are numbered through, R at most.
 * @param all every element of the step, of which `groups` are this batch's.
 * @param smoothing share of each strict pair's weight that the other order gets.
 */
export function pairFeeds(groups: readonly Compared[], all: readonly Compared[], R: number, ties: Ties, smoothing = 0) {
  const [weight, tie, strict] = [0, 1, 2].map(() => new Float32Array(R * R)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const elements = all.filter((group) => counted(group, ties) > 0).length;
  const ordered = all.filter(({ pairs }) => pairs.length > 0).length;
  let start = 0;
  for (const group of groups) {
    const each = 1 / (elements * counted(group, ties));
    for (const [winner, loser] of group.pairs) {
      const at = (start + winner) * R + start + loser;
      weight[at]! += (1 - smoothing) * each;
      weight[(start + loser) * R + start + winner]! += smoothing * each;
      strict[at]! += 1 / (ordered * group.pairs.length);
    }
    for (const [one, other] of group.ties) tie[(start + one) * R + start + other]! += each;
    start += group.answers.length;
  }
  return { weight, tie, strict };
}
