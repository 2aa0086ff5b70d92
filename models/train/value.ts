// The value function: what an answer will be worth, read before each of its tokens. A network of its own, since the
// reward model may be larger than the policy (Ouyang et al. 2022, C.4).
import type { Weights } from "../gpt/checkpoint.ts";

/**
 * The body of a model, the reward model's where there is one (InstructGPT), and a head of zeros (lm-human-preferences):
 * the reward model's own head says how good a whole text is before rewards are whitened and charged for KL, which is
 * another scale; from 0 the first advantages are the whitened returns themselves.
 */
export function initialValueWeights(body: Weights, width: number): Weights {
  const weights: Weights = new Map(body);
  weights.delete("lm_head.weight");
  weights.set("score.weight", { shape: [1, width], data: new Float32Array(width) });
  weights.set("score.bias", { shape: [1], data: new Float32Array(1) });
  return weights;
}
