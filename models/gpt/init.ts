// The weights a GPT starts from, after GPT-2 (Radford et al. 2019, §2.3).
import { Random } from "../random.ts";
import { type Architecture, familyOf, parameterShapes } from "./architecture.ts";
import type { Weights } from "./checkpoint.ts";
import { languageModelHead } from "./heads.ts";

/**
 * Matrices N(0, 0.02), those that write to the residual stream divided by √(number of residual layers) = √(2·nLayer);
 * positions N(0, 0.01); biases 0; scales of norms 1. The same seed gives the same weights.
 */
export function initialWeights(architecture: Architecture, seed: number): Weights {
  const { names } = familyOf(architecture);
  const random = new Random(seed);
  const weights: Weights = new Map();
  for (const [name, shape] of parameterShapes(architecture, languageModelHead)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 1) data.fill(name.endsWith(".weight") ? 1 : 0);
    else {
      const residual = [names.out, names.down].some((end) => name.endsWith(`.${end}.weight`));
      const share = residual ? 1 / Math.sqrt(2 * architecture.nLayer) : 1;
      const deviation = name === `${names.positions}.weight` ? 0.01 : 0.02 * share;
      for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
    }
    weights.set(name, { shape, data });
  }
  return weights;
}

/** Reward head of width C: N(0, 1/√(C + 1)) and bias 0 (Stiennon et al. 2020's code; Huang et al. 2024). */
export function initialRewardHead(width: number, seed: number): Weights {
  const random = new Random(seed);
  const data = Float32Array.from({ length: width }, () => random.normal() / Math.sqrt(width + 1));
  return new Map([
    ["score.weight", { shape: [1, width], data }],
    ["score.bias", { shape: [1], data: new Float32Array(1) }],
  ]);
}
