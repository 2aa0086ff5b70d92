import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeModel, readModel } from "../gpt/checkpoint.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { packRows } from "./corpus.ts";
import { lmLoss } from "./document-loss.ts";
import { difference, losses, randomModel, tinyConfig, tinyWeights } from "./fixtures.ts";
import { type LmTrainConfig, lmDefaults, trainLm } from "./lm.ts";
import { cosine } from "./loop.ts";

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

test("resumed from a checkpoint it gives the same next losses as a run never stopped", async () => {
  const whole = await losses((signal) => trainLm(run("whole"), signal));
  const config = run("broken");
  expect(await losses((signal) => trainLm(config, signal), 23)).toEqual(whole.slice(0, 23));
  expect(await losses((signal) => trainLm(config, signal))).toEqual(whole.slice(23));
});

test("ten losses on a fixed set are the same as ever", async () => {
  const seen = await losses((signal) => trainLm(run("golden"), signal), 10);
  const golden = [5.634635, 5.479229, 5.301221, 5.162289, 4.985252, 4.747817, 4.509115, 4.26693, 4.029676, 3.771914];
  expect(difference(seen, golden)).toBeLessThan(1e-4);
});

test("gradients of the whole model agree with numeric differences", async () => {
  const [B, T] = [2, 6];
  const ids = Int32Array.from({ length: B * T }, (_, i) => (i * 7) % tinyConfig.vocabSize);
  const targets = ids.map((_, i) => ids[(i + 1) % ids.length]!);
  const both = await bothGradients(
    Object.fromEntries(tinyWeights("lm")),
    (graph, parameters) => lmLoss(graph, parameters, tinyConfig, B, T),
    { ids, targets },
    { at: 4, h: 2 ** -6 },
  );
  for (const { name, index, graph, numeric } of both) {
    expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
  }
});

test("figures that cannot be are refused in one sentence", async () => {
  const start = (change: Partial<LmTrainConfig>) => trainLm({ ...run("bad"), ...change }).next();
  await expect(start({ steps: 0 })).rejects.toThrow(/^The setting steps cannot be used: too small/);
  await expect(start({ nHead: 3 })).rejects.toThrow("The setting nEmbd cannot be used: it is not a multiple of nHead.");
});

test("rows begin with the end token, hold whole documents in turn, and only the last is cut", async () => {
  const t = await loadTokenizer(tokenizer);
  const rows = packRows(() => ["The owl.", "The fox."], t, 2, 9);
  const [owl, fox] = [t.encodeAnswer("The owl."), t.encodeAnswer("The fox.")];
  const first = [t.eosId, ...owl, ...fox, ...owl, ...fox].slice(0, 9);
  expect([...rows.ids.subarray(0, 9)]).toEqual(first);
  expect(rows.ids[9]).toBe(t.eosId);
  expect(() => packRows(() => [], t, 1, 9)).toThrow("There is no document to train on.");
});

test("the cosine warms up, peaks and ends at a tenth", () => {
  const rate = cosine(1, 110, 10);
  expect(rate(0)).toBeCloseTo(0.1);
  expect(rate(9)).toBeCloseTo(1);
  expect(rate(10)).toBeCloseTo(1);
  expect(rate(60)).toBeCloseTo(0.55);
  expect(rate(110)).toBeCloseTo(0.1);
});
