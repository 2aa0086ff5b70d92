import { expect, test } from "vitest";
import { parameterShapes } from "../gpt/config.ts";
import { baseSizes } from "./base-sizes.ts";
import { pretrainDefaults } from "./pretrain.ts";

const parameters = (size: keyof typeof baseSizes): number => {
  const { vocabSize, nCtx, nEmbd, nLayer, nHead } = pretrainDefaults(size);
  const rest = { layerNormEpsilon: 1e-5, activation: "gelu_new", tieWordEmbeddings: true, eosTokenId: 0 } as const;
  const shapes = parameterShapes({ vocabSize, nCtx, nEmbd, nLayer, nHead, ...rest }, "lm");
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
};

test("the shipped sizes are as large as their names say, and with 16 bits a weight 20 MB together at most", () => {
  const millions = (["small", "medium", "large"] as const).map((size) => parameters(size) / 1e6);
  expect(millions.map((x) => x.toFixed(2))).toEqual(["0.43", "1.48", "6.44"]);
  expect(2 * millions.reduce((a, b) => a + b, 0)).toBeLessThan(20);
  expect(Object.values(baseSizes).map(({ name }) => name)).toEqual(["world-0.4m", "world-1.5m", "world-6m"]);
  expect(pretrainDefaults()).toEqual(pretrainDefaults("large"));
});
