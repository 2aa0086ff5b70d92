import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeModel, readModel } from "../gpt/checkpoint.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { adamWDefaults } from "./adamw.ts";
import { chosenFeed, dpoObjective, trainDpo } from "./dpo.ts";
import type { DpoTrainConfig } from "./dpo-config.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import {
  difference,
  finished,
  losses,
  politePairs,
  politeRun,
  tinyConfig,
  tinyPacks,
  tinyWeights,
} from "./models.fixture.ts";
import { Optimizer } from "./optimizer.ts";
import { batching, ownersFeed, packedFeeds, packOf } from "./packed.ts";
import { pairFeeds } from "./pairwise.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-dpo-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function toyRun(name: string, change: Partial<DpoTrainConfig> = {}): Promise<DpoTrainConfig> {
  const places = await politeRun(dir, name);
  return { rows: 8, threads: 1, epochs: 5, learningRate: 1e-3, warmup: 0, ...places, ...change };
}

const lossesOf = (config: DpoTrainConfig, stopAfter?: number) =>
  losses((signal) => trainDpo(config, signal), stopAfter);

describe("the loss", () => {
  const packs = tinyPacks([{ prompt: 7, answers: [5, 2, 6] }]);
  const compared = {
    answers: [0, 1, 2],
    pairs: [
      [0, 1],
      [2, 1],
    ] as [number, number][],
    ties: [[0, 2]] as [number, number][],
  };
  // Two answers share a row.
  const [batch] = batching(packs, (length) => length + 2)([0], 100);
  const { shape } = batch!;
  const reference = [-18, -9, -21];
  const feeds = {
    ...packedFeeds(batch!, shape, 0),
    owns: ownersFeed(batch!, shape),
    ...pairFeeds([compared], [compared], 3, "drop"),
    reference: Float32Array.from(reference),
  };

  test("is −log σ(β · difference of the log ratios), a mean over the prompt's pairs", async () => {
    const forward = new ForwardPass(tinyConfig, answerLogProbabilities(), { threads: 1 });
    const [read] = await forward.run(tinyWeights(), packs);
    await forward.dispose();
    const r = read!.map((tokens, i) => 0.3 * (tokens.reduce((a, b) => a + b, 0) - reference[i]!));
    const nll = (x: number) => Math.log1p(Math.exp(-x));
    const optimizer = new Optimizer({
      weights: tinyWeights(),
      objective: (graph, parameters) => dpoObjective(graph, tinyConfig, parameters, shape, { beta: 0.3 }),
      adamW: adamWDefaults,
      threads: 1,
    });
    const { loss } = await optimizer.run([{ feeds }], 0);
    await optimizer.dispose();
    expect(loss).toBeCloseTo((nll(r[0]! - r[1]!) + nll(r[2]! - r[1]!)) / 2, 4);
  });

  test("with smoothed labels and a weight for SFT, by hand", async () => {
    const forward = new ForwardPass(tinyConfig, answerLogProbabilities(), { threads: 1 });
    const [read] = await forward.run(tinyWeights(), packs);
    await forward.dispose();
    const sums = read!.map((tokens) => tokens.reduce((a, b) => a + b, 0));
    const r = sums.map((sum, i) => 0.3 * (sum - reference[i]!));
    const nll = (x: number) => Math.log1p(Math.exp(-x));
    const smoothed = (x: number) => 0.8 * nll(x) + 0.2 * nll(-x);
    const given = pairFeeds([compared], [compared], 3, "drop", 0.2);
    const optimizer = new Optimizer({
      weights: tinyWeights(),
      objective: (graph, parameters) =>
        dpoObjective(graph, tinyConfig, parameters, shape, { beta: 0.3, sftWeight: 0.5 }),
      adamW: adamWDefaults,
      threads: 1,
    });
    const chosen = chosenFeed(batch!.packs, given.strict, 3);
    const metrics = await optimizer.run([{ feeds: { ...feeds, ...given, chosen } }], 0);
    await optimizer.dispose();
    const pairsLoss = (smoothed(r[0]! - r[1]!) + smoothed(r[2]! - r[1]!)) / 2;
    const chosenLoss = -(sums[0]! / 5 + sums[2]! / 6) / 2;
    expect(metrics["loss/pairs"]).toBeCloseTo(pairsLoss, 4);
    expect(metrics["loss/chosen"]).toBeCloseTo(chosenLoss, 4);
    expect(metrics.loss).toBeCloseTo(pairsLoss + 0.5 * chosenLoss, 4);
  });

  test.each(["drop", "soft"] as const)("has gradients that agree with numeric differences (ties: %s)", async (ties) => {
    const both = await bothGradients(
      Object.fromEntries(tinyWeights()),
      (graph, parameters) => dpoObjective(graph, tinyConfig, parameters, shape, { beta: 0.3, ties }).loss,
      { ...feeds, ...pairFeeds([compared], [compared], 3, ties) },
      { at: 3, h: 2 ** -7 },
    );
    expect(both.length).toBeGreaterThan(60);
    for (const { name, index, graph, numeric } of both) {
      expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(8e-3 + 0.02 * Math.abs(numeric));
    }
  });
});

test("ten losses on a fixed set are the same as ever, the first that of no preference", async () => {
  const seen = await lossesOf(await toyRun("golden"));
  expect(seen[0]).toBeCloseTo(Math.LN2, 4);
  const golden = [
    0.6931473, 0.5965096, 0.5382764, 0.4856084, 0.4483231, 0.4286588, 0.4074262, 0.3837713, 0.3712748, 0.3628834,
  ];
  expect(difference(seen.slice(0, 10), golden)).toBeLessThan(1e-4);
});

test("with a weight for SFT the preferred answers become likelier, not only the others less likely", async () => {
  const numbers = { epochs: 8, validFraction: 0.25, learningRate: 3e-4 };
  const plain = await finished(trainDpo(await toyRun("plain", numbers)));
  const both = await finished(trainDpo(await toyRun("both", { ...numbers, sftWeight: 1, labelSmoothing: 0.1 })));
  expect(both.metrics["eval/chosen"]!).toBeGreaterThan(plain.metrics["eval/chosen"]!);
  expect(both.metrics["eval/chosen"]!).toBeGreaterThan(0);
});

test("learns a rule that holds on held-out prompts: the preferred answer gains on the other", async () => {
  const config = await toyRun("learns", { epochs: 15, validFraction: 0.25 });
  const { metrics, dir: out } = await finished(trainDpo(config));
  expect(metrics["eval/accuracy"]).toBe(1);
  expect(metrics["eval/chosen"]! - metrics["eval/rejected"]!).toBeGreaterThan(1);
  expect(metrics).toMatchObject({
    "eval/pairs": 6,
    "train/pairs": 18,
    "train/prompts": 6,
    "train/prompts_held_out": 2,
  });
  expect((await describeModel(out)).kind).toBe("lm");

  // The figures are those of the models on the disk.
  const tokenizer = await loadTokenizer(out);
  const { config: gpt, weights } = await readModel(out);
  const { weights: reference } = await readModel(config.model);
  const forward = new ForwardPass(gpt, answerLogProbabilities(), { threads: 1 });
  const pack = packOf(tokenizer, politePairs[0]!.prompt, [politePairs[0]!.chosen, politePairs[0]!.rejected], gpt.nCtx);
  const ratio = async (of: typeof weights) =>
    (await forward.run(of, [pack]))[0]!.map((read) => read.reduce((a, b) => a + b, 0));
  const [now, before] = [await ratio(weights), await ratio(reference)];
  expect(now[0]! - before[0]!).toBeGreaterThan(now[1]! - before[1]!);
  await forward.dispose();
});

test("resumed from a checkpoint it gives the losses of a run never stopped", async () => {
  const whole = await lossesOf(await toyRun("whole"));
  const config = await toyRun("broken");
  expect(await lossesOf(config, 7)).toEqual(whole.slice(0, 7));
  expect(await lossesOf(config)).toEqual(whole.slice(7));
});

test("a β of 0 and a reward model are refused in one sentence, and nothing is written", async () => {
  const config = await toyRun("bad");
  await expect(trainDpo({ ...config, beta: 0 }).next()).rejects.toThrow(/^The setting "beta" should be more than 0\.$/);
  await expect(trainDpo({ ...config, model: join(dir, "none") }).next()).rejects.toThrow("none");
  await expect(stat(config.checkpoints)).rejects.toThrow();
});

test("stopped while the reference's log-probabilities are computed it stops at once, and leaves nothing", async () => {
  const places = await politeRun(dir, "stopped-reference");
  const stop = new AbortController();
  const run = trainDpo({ ...places, threads: 1 }, stop.signal);
  const first = run.next();
  setImmediate(() => stop.abort(new Error("stopped")));
  await expect(first).rejects.toThrow("stopped");
  await expect(stat(places.checkpoints)).rejects.toThrow();
});
