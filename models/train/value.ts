// The value function: what an answer will be worth, read before each of its tokens. A network of its own, since the
// reward model may be larger than the policy (Ouyang et al. 2022, C.4).

import { type Architecture, familyOf } from "../gpt/architecture.ts";
import type { Weights } from "../gpt/checkpoint.ts";

/**
 * The body of a model, the reward model's where there is one (InstructGPT), and a head of zeros (lm-human-preferences):
 * the reward model's own head says how good a whole text is before scores are normalised and charged for KL, which is
 * another scale. It reads the state alone: how likely an answer is cannot be known before it is there.
 */
export function initialValue(body: { config: Architecture; weights: Weights }): {
  config: Architecture;
  weights: Weights;
} {
  const { config } = body;
  const weights: Weights = new Map(body.weights);
  weights.delete(`${familyOf(config).names.output}.weight`);
  weights.set("score.weight", { shape: [1, config.nEmbd], data: new Float32Array(config.nEmbd) });
  weights.set("score.bias", { shape: [1], data: new Float32Array(1) });
  return { config, weights };
}
