import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parameterShapes } from "../gpt/architecture.ts";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { languageModelHead } from "../gpt/heads.ts";
import { baseSizes, practiceModel } from "./base-sizes.ts";
import { pretrainDefaults } from "./pretrain.ts";

const parameters = (size: keyof typeof baseSizes): number => {
  const { vocabSize, nCtx, nEmbd, nLayer, nHead } = pretrainDefaults(size);
  const shapes = parameterShapes(gpt2({ vocabSize, nCtx, nEmbd, nLayer, nHead, eosTokenId: 0 }), languageModelHead);
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
};

test("the shipped sizes are as large as their names say, and with 16 bits a weight 20 MB together at most", () => {
  const millions = (["small", "medium", "large"] as const).map((size) => parameters(size) / 1e6);
  expect(millions.map((x) => x.toFixed(2))).toEqual(["0.43", "1.48", "6.44"]);
  expect(2 * millions.reduce((a, b) => a + b, 0)).toBeLessThan(20);
  expect(Object.values(baseSizes).map(({ name }) => name)).toEqual(["world-0.4m", "world-1.5m", "world-6m"]);
  expect(pretrainDefaults()).toEqual(pretrainDefaults("large"));
});

test("the shipped models are these and the practice model, 35 MB together at most", () => {
  const zoo = join(import.meta.dirname, "..", "zoo");
  const names = readdirSync(zoo, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  const bases = Object.values(baseSizes).map(({ name }): string => name);
  expect(names.sort()).toEqual([practiceModel.name, ...bases].sort());
  const files = names.flatMap((name) =>
    readdirSync(join(zoo, name)).map((file) => statSync(join(zoo, name, file)).size),
  );
  expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(35e6);
  expect(bases).toContain(practiceModel.base);
});
