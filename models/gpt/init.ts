// The weights a GPT starts from, after GPT-2 (Radford et al. 2019, §2.3).
import { Random } from "../random.ts";
import type { Weights } from "./checkpoint.ts";
import { type GptConfig, parameterShapes } from "./config.ts";

/**
 * Matrices N(0, 0.02), those that write to the residual stream divided by √(number of residual layers) = √(2·nLayer);
 * positions N(0, 0.01); biases 0; LayerNorm scales 1. The same seed gives the same weights.
 */
export function initialWeights(config: GptConfig, seed: number): Weights {
  const random = new Random(seed);
  const weights: Weights = new Map();
  for (const [name, shape] of parameterShapes(config, "lm")) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (/ln_\w\.weight$/.test(name)) data.fill(1);
    else if (name.endsWith(".weight")) {
      const residual = name.endsWith("c_proj.weight") ? 1 / Math.sqrt(2 * config.nLayer) : 1;
      const deviation = name === "wpe.weight" ? 0.01 : 0.02 * residual;
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
