// What stands on a body: the projection onto the vocabulary of a language model, and the scalar head of a reward model or a
// value function.
import type { Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type Architecture, familyOf } from "./architecture.ts";
import type { Parameters } from "./block.ts";

/** "reward" is a head that gives a text one score, in place of the unembedding or beside it. */
export type ModelKind = "lm" | "reward";

export interface Head {
  kind: ModelKind;
  /**
   * Of a reward model: its head reads, beside the state at the last token, how likely the answer is to the model itself:
   * Σ log p of its tokens by this power of their number. Absent: it does not, as InstructGPT's.
   */
  likelihoodPower?: number;
}

export const languageModelHead: Head = { kind: "lm" };
export const rewardHead: Head = { kind: "reward" };

/** How many numbers a reward head reads of an answer. */
export const scoreWidth = ({ nEmbd }: Architecture, { likelihoodPower }: Head): number =>
  nEmbd + (likelihoodPower === undefined ? 0 : 1);

/** Hidden states [M, C] → logits [M, V], through the embedding itself where it is tied. */
export function logits(architecture: Architecture, parameters: Parameters, hidden: Value): Value {
  const { names } = familyOf(architecture);
  const name = architecture.tieWordEmbeddings ? names.tokens : names.output;
  return op.matMul(hidden, parameters(`${name}.weight`), { transB: true });
}

/** Logits that are made at once: 32 MB of them. */
const logitsAtOnce = 2 ** 23;

/**
 * Log-probabilities of all tokens [m, V] for some of the hidden states [M, C] after the others, so that [M, V] never stands
 * whole where it is large, and what `read` makes of those of each [m] and of its target → [M] of each.
 * @param targets the token that follows each [M, 1] (int32)
 * @param temperature divides the logits, for probabilities as a sampler had them.
 */
export function readLogProbabilities<T extends readonly Value[]>(
  architecture: Architecture,
  parameters: Parameters,
  hidden: Value,
  targets: Value,
  temperature: number,
  read: (all: Value, targets: Value) => T,
): T {
  const M = hidden.size(0);
  const cooled = temperature === 1 ? hidden : op.mul(hidden, 1 / temperature);
  const some = (states: Value, followed: Value) =>
    hidden.graph.segment(() => read(op.logSoftmax(logits(architecture, parameters, states)), followed));
  const rows = Math.max(1, Math.floor(logitsAtOnce / architecture.vocabSize));
  if (M <= rows) return some(cooled, targets);
  const sizes = Array.from({ length: Math.ceil(M / rows) }, (_, i) => Math.min(rows, M - i * rows));
  const [states, followed] = [cooled, targets].map((x) => op.split(x, 0, sizes)) as [Value[], Value[]];
  const parts = states.map((own, i) => some(own, followed[i]!));
  return parts[0]!.map((_, n) =>
    op.concat(
      parts.map((part) => part[n]!),
      0,
    ),
  ) as unknown as T;
}

/** log p of the target itself [m], of `readLogProbabilities`. */
export const ofTarget = (all: Value, targets: Value): Value =>
  op.reshape(op.gatherElements(all, targets), [targets.size(0)]);

/**
 * Hidden states [M, C] and the token that follows each, `targets` [M, 1] (int32) → log p(target) [M], in nats.
 * `temperature` divides the logits, for probabilities as a sampler had them.
 */
export function logProbabilities(
  architecture: Architecture,
  parameters: Parameters,
  hidden: Value,
  targets: Value,
  temperature = 1,
): Value {
  const read = (all: Value, followed: Value) => [ofTarget(all, followed)] as const;
  return readLogProbabilities(architecture, parameters, hidden, targets, temperature, read)[0];
}

/** Hidden states [M, C] → the scalar head's number for each [M]: a reward, or a value. */
export function scores(parameters: Parameters, hidden: Value): Value {
  const score = op.matMul(hidden, parameters("score.weight"), { transB: true });
  return op.reshape(op.add(score, parameters("score.bias")), [hidden.shape[0]!]);
}
