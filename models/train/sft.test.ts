import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { GptGenerator } from "../gpt/generate.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { adamWDefaults } from "./adamw.ts";
import { keepMask } from "./dropout.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import {
  colours,
  difference,
  finished,
  jsonl,
  losses,
  randomModel,
  tinyConfig,
  tinyPacks,
  tinyWeights,
} from "./models.fixture.ts";
import { Optimizer } from "./optimizer.ts";
import type { Pack } from "./packed.ts";
import type { RowsShape } from "./rows.ts";
import { learned, sftFeeds, sftObjective, trainSft } from "./sft.ts";
import type { SftTrainConfig } from "./sft-config.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-sft-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const demonstrations = colours.map((colour) => ({
  prompt: `Name a colour like ${colour}.`,
  completion: `It is ${colour}, thank you.`,
}));

async function toyRun(name: string, change: Partial<SftTrainConfig> = {}): Promise<SftTrainConfig> {
  const data = join(dir, `${name}.jsonl`);
  await writeFile(data, jsonl(demonstrations));
  const model = await randomModel(
    join(dir, `${name}-base`),
    demonstrations.map(({ prompt, completion }) => `${prompt}\n${completion}`),
  );
  const places = { data, model, out: join(dir, `${name}-out`), checkpoints: join(dir, `${name}-checkpoint`) };
  return { batch: 4, threads: 1, epochs: 4, learningRate: 3e-3, validFraction: 0.25, ...places, ...change };
}

const lossesOf = (config: SftTrainConfig, stopAfter?: number) =>
  losses((signal) => trainSft(config, signal), stopAfter);

/** A reward model of the same tokenizer that scores at random, but always the same way. */
async function toyJudge(config: SftTrainConfig): Promise<string> {
  const { config: gpt, weights } = await readModel(config.model);
  const judge = new Map([...weights, ...initialRewardHead(gpt.nEmbd, 5)]);
  const out = `${config.out}-judge`;
  await writeModel(out, { config: gpt, kind: "reward", weights: judge, dtype: "F32", tokenizerFrom: config.model });
  return out;
}

describe("the loss", () => {
  const packs = tinyPacks([
    { prompt: 7, answers: [5] },
    { prompt: 4, answers: [3] },
    { prompt: 2, answers: [6] },
  ]);
  const shape: RowsShape = [2, 16, 28];
  const feedsOf = (dropout: number, lmWeight: number) => {
    const texts = packs.map((pack) => learned(pack, lmWeight));
    return {
      ...sftFeeds([[texts[0]!], [texts[1]!, texts[2]!]], texts, shape, 0),
      keep: keepMask(tinyConfig, 32, dropout, { seed: 1, step: 0, part: 0 }),
    };
  };

  test("is the mean over the answers' tokens, and with λ over the prompts' but for each one's first", async () => {
    const weights = tinyWeights();
    const forward = new ForwardPass(tinyConfig, answerLogProbabilities(), { threads: 1 });
    /** −log p of each text's tokens but the first `from`. */
    const nll = async (from: (pack: Pack) => number) => {
      const split = packs.map((pack): Pack => {
        const all = [...pack.prompt, ...pack.answers[0]!];
        return { prompt: all.slice(0, from(pack)), answers: [all.slice(from(pack))], cut: [false] };
      });
      const read = (await forward.run(weights, split)).flatMap(([answer]) => [...answer!]);
      return { sum: -read.reduce((a, b) => a + b, 0), count: read.length };
    };
    const answers = await nll(({ prompt }) => prompt.length);
    const all = await nll(() => 1);
    await forward.dispose();
    const prompts = (all.sum - answers.sum) / (all.count - answers.count);
    for (const lmWeight of [0, 0.5]) {
      const optimizer = new Optimizer({
        weights,
        objective: (graph, parameters) => sftObjective(graph, tinyConfig, parameters, shape, { dropout: 0, lmWeight }),
        adamW: adamWDefaults,
        threads: 1,
      });
      const metrics = await optimizer.run([{ feeds: feedsOf(0, lmWeight) }], 0);
      await optimizer.dispose();
      expect(metrics.loss).toBeCloseTo(answers.sum / answers.count + lmWeight * prompts, 4);
      if (lmWeight > 0) expect(metrics["loss/prompt"]).toBeCloseTo(prompts, 4);
    }
  });

  test.each([
    [0, 0],
    [0.2, 0],
    [0.2, 0.5],
  ])("with dropout %d and λ %d has gradients that agree with numeric differences", async (dropout, lmWeight) => {
    const both = await bothGradients(
      Object.fromEntries(tinyWeights()),
      (graph, parameters) => sftObjective(graph, tinyConfig, parameters, shape, { dropout, lmWeight }).loss,
      feedsOf(dropout, lmWeight),
      { at: 3, h: 2 ** -6 },
    );
    expect(both.length).toBeGreaterThan(60);
    for (const { name, index, graph, numeric } of both) {
      expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
    }
  });
});

test("ten losses on a fixed set are the same as ever", async () => {
  const seen = await lossesOf(await toyRun("golden", { epochs: 6, lmWeight: 0.5 }));
  const golden = [8.652529, 8.198334, 7.929533, 7.758783, 7.586952, 7.42694, 7.286735, 7.197442, 7.100146, 7.052999];
  expect(difference(seen.slice(0, 10), golden)).toBeLessThan(1e-4);
});

test("learns its demonstrations by heart, and says them", async () => {
  const config = await toyRun("learns", { epochs: 100, batch: 2, validFraction: 0, dropout: 0 });
  const { events, dir: out, metrics } = await finished(trainSft(config));
  expect(events.at(-1)!.metrics.loss!).toBeLessThan(0.1);
  expect(metrics).toEqual({
    "train/epoch": 100,
    "train/demonstrations": 8,
    "train/demonstrations_held_out": 0,
  });
  const generator = await GptGenerator.load(out, { threads: 1 });
  let text = "";
  const asked = { prompt: demonstrations[2]!.prompt, temperature: 0, topP: 1, maxTokens: 40, seeds: [1] };
  for await (const deltas of generator.generate(asked)) text = deltas[0]!.text;
  expect(text).toBe(demonstrations[2]!.completion);
  await generator.dispose();
});

test("several passes a step give the losses of one", async () => {
  const whole = await lossesOf(await toyRun("one-pass", { dropout: 0 }));
  const parts = await lossesOf(await toyRun("passes", { dropout: 0, tokens: 40 }));
  for (const [i, loss] of whole.entries()) expect(parts[i]).toBeCloseTo(loss, 3);
});

test("resumed from a checkpoint, dropout, kept epoch and all, it gives the numbers of a run never stopped", async () => {
  const whole = await toyRun("whole");
  const rewardModel = await toyJudge(whole);
  const uninterrupted = await lossesOf({ ...whole, rewardModel });
  const config = { ...(await toyRun("broken")), rewardModel };
  expect(await lossesOf(config, 5)).toEqual(uninterrupted.slice(0, 5));
  expect(await lossesOf(config)).toEqual(uninterrupted.slice(5));
  const [a, b] = await Promise.all([whole, config].map(({ out }) => readFile(join(out, "model.safetensors"))));
  expect(a!.equals(b!)).toBe(true);
});

test("the epoch whose answers the reward model likes best is kept, and its figures are reported", async () => {
  const config = await toyRun("kept", { epochs: 6 });
  const { events, metrics, dir: out } = await finished(trainSft({ ...config, rewardModel: await toyJudge(config) }));
  const epochs = events.flatMap(({ metrics }) => (metrics["eval/reward"] === undefined ? [] : [metrics]));
  expect(epochs).toHaveLength(6);
  const rewards = epochs.map((epoch) => epoch["eval/reward"]!);
  const best = rewards.indexOf(Math.max(...rewards));
  expect(metrics["train/epoch"]).toBe(best + 1);
  expect(metrics["eval/reward"]).toBeCloseTo(rewards[best]!, 5);
  expect(metrics["eval/loss"]).toBeCloseTo(epochs[best]!["eval/loss"]!, 5);
  expect((await readModel(out)).kind).toBe("lm");
});

test.each([
  ["no demonstration", async (c: SftTrainConfig) => writeFile(c.data, ""), {}, /has no demonstration in it/],
  ["a dropout of 1", async () => {}, { dropout: 1 }, /^The setting "dropout" should be /],
  ["an unknown λ", async () => {}, { lmWeight: -1 }, /^The setting "lmWeight" should be at least 0\.$/],
  ["nothing held out to score", async () => {}, { validFraction: 0, rewardModel: "x" }, /has nothing to score/],
  [
    "a foreign out",
    async (c: SftTrainConfig) => {
      await mkdir(c.out);
      await writeFile(join(c.out, "thesis.tex"), "years of work");
    },
    {},
    /holds thesis\.tex/,
  ],
] as const)("bad input, %s: one sentence, nothing written", async (what, spoil, change, sentence) => {
  const config = { ...(await toyRun(`bad-${what.replaceAll(" ", "-")}`)), ...change };
  await spoil(config);
  await expect(trainSft(config).next()).rejects.toThrow(sentence);
  await expect(stat(config.checkpoints)).rejects.toThrow();
});
