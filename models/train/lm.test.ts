import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeModel, readModel } from "../gpt/checkpoint.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { lmLoss } from "./document-loss.ts";
import { type LmTrainConfig, lmDefaults, trainLm } from "./lm.ts";
import { cosine } from "./loop.ts";
import { difference, losses, randomModel, tinyConfig, tinyWeights } from "./models.fixture.ts";
import { type RowsShape, rowsFeeds } from "./rows.ts";

let dir: string;
let tokenizer: string;
const animals = ["owl", "fox", "hen", "cat", "dog", "cow"];
const documents = animals.flatMap((a) => animals.map((b) => `The ${a} sees the ${b}. The ${b} sees the ${a}.`));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-lm-"));
  tokenizer = await randomModel(join(dir, "base"), documents);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const run = (name: string): LmTrainConfig => ({
  ...lmDefaults,
  nLayer: 2,
  nEmbd: 32,
  nHead: 2,
  nCtx: 64,
  rows: 4,
  rowTokens: 32,
  warmup: 5,
  learningRate: 5e-3,
  steps: 60,
  evaluateEvery: 30,
  threads: 1,
  documents: () => documents,
  validation: () => documents.toReversed(),
  tokenizer,
  out: join(dir, name),
  checkpoints: join(dir, `${name}-checkpoint`),
});

test("starts at the loss of a guess, learns, and writes a model of the finished weights", async () => {
  const config = run("learns");
  const seen = await losses((signal) => trainLm(config, signal));
  const { config: gpt } = await describeModel(config.out);
  expect(seen[0]!).toBeCloseTo(Math.log(gpt.vocabSize), 0);
  expect(seen.at(-1)!).toBeLessThan(1.5);
  const { weights } = await readModel(config.out);
  expect([...weights.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
});

test.each([
  ["gpt-1", "openai-gpt", undefined],
  ["gpt-3", "gpt_neo", 8],
] as const)("%s learns, too, and is Hugging Face's %s", async (architecture, modelType, window) => {
  const config = { ...run(architecture), architecture, steps: 40 };
  const seen = await losses((signal) => trainLm(config, signal));
  expect(seen.at(-1)!).toBeLessThan(seen[0]! - 2);
  const { config: written } = await describeModel(config.out);
  expect(written.modelType).toBe(modelType);
  expect(written.layers.map((layer) => layer.window)).toEqual([undefined, window]);
});

test("resumed from a checkpoint it gives the same next losses as a run never stopped", async () => {
  const whole = await losses((signal) => trainLm(run("whole"), signal));
  const config = run("broken");
  expect(await losses((signal) => trainLm(config, signal), 23)).toEqual(whole.slice(0, 23));
  expect(await losses((signal) => trainLm(config, signal))).toEqual(whole.slice(23));
});

test("ten losses on a fixed set are the same as ever", async () => {
  const seen = await losses((signal) => trainLm(run("golden"), signal), 10);
  const golden = [5.625393, 5.45119, 5.288653, 5.134385, 4.954836, 4.704655, 4.447336, 4.195089, 3.993123, 3.723376];
  expect(difference(seen, golden)).toBeLessThan(1e-4);
});

test("gradients of the whole model agree with numeric differences", async () => {
  const ids = [3, 10, 17, 24, 31, 38, 45].map((id) => id % tinyConfig.vocabSize);
  const rows = [
    [{ prompt: [0], answer: ids }],
    [
      { prompt: [0], answer: ids.slice(0, 3) },
      { prompt: [0], answer: ids },
    ],
  ];
  const shape: RowsShape = [2, 16, 20];
  const weight = new Float32Array(20).fill(1 / 17, 0, 17);
  const both = await bothGradients(
    Object.fromEntries(tinyWeights()),
    (graph, parameters) => lmLoss(graph, tinyConfig, parameters, shape),
    { ...rowsFeeds(rows, shape, 0), weight },
    { at: 4, h: 2 ** -6 },
  );
  for (const { name, index, graph, numeric } of both) {
    expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
  }
});

test("figures that cannot be are refused in one sentence", async () => {
  const start = (change: Partial<LmTrainConfig>) => trainLm({ ...run("bad"), ...change }).next();
  await expect(start({ steps: 0 })).rejects.toThrow('The setting "steps" should be at least 1.');
  await expect(start({ nHead: 3 })).rejects.toThrow('The setting "nEmbd" is not a multiple of "nHead".');
});

test("the cosine warms up, peaks and ends at a tenth", () => {
  const rate = cosine(1, 110, 10);
  expect(rate(0)).toBeCloseTo(0.1);
  expect(rate(9)).toBeCloseTo(1);
  expect(rate(10)).toBeCloseTo(1);
  expect(rate(60)).toBeCloseTo(0.55);
  expect(rate(110)).toBeCloseTo(0.1);
});
