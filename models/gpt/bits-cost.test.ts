import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SmallModels } from "../export/families.fixture.ts";
import { bitsCost } from "./bits-cost.ts";
import { readModel, writeModel } from "./checkpoint.ts";

let models: SmallModels;
beforeAll(async () => {
  models = await SmallModels.create();
});
afterAll(() => models.remove());

test.each(["gpt2", "llama"])("%s: 4 bits cost more than 8, and the same each time", async (type) => {
  const { dir } = await models.write(type);
  const prompts = ["an otter", [{ role: "user" as const, content: "by the river" }]];
  const cost = await bitsCost(dir, prompts);
  expect(cost[8]).toBeGreaterThan(0);
  expect(cost[4]).toBeGreaterThan(2 * cost[8]);
  expect(cost[4]).toBeLessThan(5);
  expect(await bitsCost(dir, prompts)).toEqual(cost);
  // Asked nothing, or nothing that it has room for, it begins a text of its own.
  for (const none of [[], ["an otter ".repeat(100)]]) expect((await bitsCost(dir, none))[4]).toBeGreaterThan(0);
});

test("weights that 4 bits hold exactly cost next to nothing", async () => {
  const { dir } = await models.write("gpt2");
  const { config, weights } = await readModel(dir);
  // Each block of 32 has its scale's multiples only, of which −8 is the largest.
  for (const { shape, data } of weights.values())
    if (shape.length === 2) for (let i = 0; i < data.length; i++) data[i] = i % 5 === 0 ? -0.25 : 0.25 * ((i % 3) / 8);
  const exact = await models.folder("exact");
  rmSync(exact, { recursive: true });
  await writeModel(exact, { config, kind: "lm", weights, dtype: "F32", tokenizerFrom: dir });
  const [before, after] = [await bitsCost(dir, ["an otter"]), await bitsCost(exact, ["an otter"])];
  expect(after[4]).toBeLessThan(before[4] / 10);
  expect(after[4]).toBeLessThan(1e-3);
});
