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
  const cooled = temperature === 1 ? hidden : op.mul(hidden, 1 / temperature);
  const all = op.logSoftmax(logits(architecture, parameters, cooled));
  return op.reshape(op.gatherElements(all, targets), [hidden.size(0)]);
}

/** Hidden states [M, C] → the scalar head's number for each [M]: a reward, or a value. */
export function scores(parameters: Parameters, hidden: Value): Value {
  const score = op.matMul(hidden, parameters("score.weight"), { transB: true });
  return op.reshape(op.add(score, parameters("score.bias")), [hidden.shape[0]!]);
}
