// The losses of PPO (Schulman et al. 2017) on an answer's tokens, and of pre-training beside it (PPO-ptx, Ouyang et al.
// 2022 eq. 2), as nodes of the training graph. Shapes: [N] = tokens of a batch's answers, padding included.

import type { Architecture } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import { ofTarget, readLogProbabilities } from "../gpt/heads.ts";
import type { Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Objective } from "./optimizer.ts";

const max = (a: Value, b: Value): Value => op.neg(op.min(op.neg(a), op.neg(b)));

/** x within low … high. Where it was outside, its gradient is 0. */
function clip(x: Value, low: Value | number, high: Value | number): Value {
  return op.neg(op.min(op.neg(op.min(x, high)), op.neg(typeof low === "number" ? x.graph.scalar(low) : low)));
}

const oneWhere = (condition: Value): Value => op.where(condition, condition.graph.scalar(1), condition.graph.scalar(0));

/** Σ weight · x: the mean over the tokens of a minibatch, where each weighs 1/(their number) and padding 0. */
const weighted = (weight: Value, x: Value): Value => op.reduceSum(op.mul(weight, x));

/**
 * −Σ w · min(Â·ρ, Â·clip(ρ, 1 ± ε)) with ρ = π(y)/π_old(y). Inputs [N]: `old_log_probs`, `advantages`, `weight`.
 * Metrics: `policy/clipfrac`, the share of tokens whose clipped term is the smaller; `policy/approxkl`, the mean of
 * ½(log ρ)²; `policy/entropy`, the mean of −Σ π log π over the vocabulary.
 * @param hidden the states before the answers' tokens [N, C]; targets those tokens [N, 1].
 */
export function policyObjective(
  config: Architecture,
  parameters: Parameters,
  hidden: Value,
  targets: Value,
  { clipRange, temperature }: { clipRange: number; temperature: number },
): Objective {
  const { graph } = hidden;
  const N = hidden.size(0);
  const [old, advantages, weight] = ["old_log_probs", "advantages", "weight"].map((name) =>
    graph.input(name, "float32", [N]),
  ) as [Value, Value, Value];
  const [chosen, entropy] = readLogProbabilities(config, parameters, hidden, targets, temperature, (all, followed) => [
    ofTarget(all, followed),
    op.neg(op.reduceSum(op.mul(op.exp(all), all), [-1])),
  ]) as [Value, Value];
  const logRatio = op.sub(chosen, old);
  const ratio = op.exp(logRatio);
  const plain = op.mul(advantages, ratio);
  const clipped = op.mul(advantages, clip(ratio, 1 - clipRange, 1 + clipRange));
  return {
    loss: op.neg(weighted(weight, op.min(plain, clipped))),
    metrics: {
      "policy/clipfrac": weighted(weight, oneWhere(op.less(clipped, plain))),
      "policy/approxkl": op.mul(weighted(weight, op.mul(logRatio, logRatio)), 0.5),
      "policy/entropy": weighted(weight, entropy),
    },
  };
}

/**
 * c · ½ Σ w · max((V − R)², (clip(V, V_old ± ε) − R)²). Inputs [N]: `old_values`, `returns`, `weight`.
 * Metrics: `value/clipfrac`, the share of tokens whose clipped error is the larger.
 * @param values V, read before each token [N].
 */
export function valueObjective(
  values: Value,
  { clipRange, coefficient }: { clipRange: number; coefficient: number },
): Objective {
  const { graph } = values;
  const [old, returns, weight] = ["old_values", "returns", "weight"].map((name) =>
    graph.input(name, "float32", values.shape),
  ) as [Value, Value, Value];
  const square = (x: Value) => op.mul(x, x);
  const plain = square(op.sub(values, returns));
  const near = clip(values, op.sub(old, clipRange), op.add(old, clipRange));
  const clipped = square(op.sub(near, returns));
  return {
    loss: op.mul(weighted(weight, max(plain, clipped)), 0.5 * coefficient),
    metrics: { "value/clipfrac": weighted(weight, oneWhere(op.less(plain, clipped))) },
  };
}

/** γ · the language-model loss on pre-training text. Metrics: `ptx/loss`, the same without γ, nats a token. */
export const pretrainingObjective = (loss: Value, coefficient: number): Objective => ({
  loss: op.mul(loss, coefficient),
  metrics: { "ptx/loss": loss },
});
