import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerText } from "../../lib/preference/records.ts";
import { describeModel } from "../gpt/checkpoint.ts";
import { jsonl, oasstFile, oasstPairs, randomModel } from "./fixtures.ts";
import { NonFiniteError } from "./optimizer.ts";
import { evaluateReward, type RewardTrainConfig, rewardDefaults, trainReward } from "./reward.ts";
import { RewardScorer } from "./score.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-reward-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Polite answers are preferred to rude ones: a rule that a small model learns in seconds. */
const colours = ["red", "blue", "green", "black", "white", "pink", "gray", "brown"];
const toyPairs = colours.flatMap((colour, i) =>
  [1, 2, 3].map((k) => ({
    prompt: `Name a colour like ${colour}.`,
    chosen: `It is ${colour}, thank you.`,
    rejected: `It is ${colours[(i + k) % colours.length]}, go away.`,
  })),
);

async function toyRun(name: string, change: Partial<RewardTrainConfig> = {}): Promise<RewardTrainConfig> {
  const data = join(dir, `${name}.jsonl`);
  await writeFile(data, jsonl(toyPairs));
  const model = await randomModel(
    join(dir, `${name}-base`),
    toyPairs.map((pair) => `${pair.prompt}\n${pair.chosen}`),
  );
  const places = { data, model, out: join(dir, `${name}-out`), checkpoints: join(dir, `${name}-checkpoint`) };
  return { ...rewardDefaults, rows: 8, threads: 1, epochs: 5, learningRate: 1e-3, ...places, ...change };
}

async function withData(config: RewardTrainConfig, content: string | Buffer): Promise<RewardTrainConfig> {
  await writeFile(config.data, content);
  return config;
}

async function losses(config: RewardTrainConfig, stopAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  try {
    for await (const { step, metrics } of trainReward(config, stop.signal)) {
      seen.push(metrics.loss!);
      if (step === stopAfter) stop.abort(new Error("stopped"));
    }
  } catch (error) {
    expect((error as Error).message).toBe("stopped");
  }
  return seen;
}

test("learns a rule, and writes a reward model that scores by it and evaluates to its own figures", async () => {
  const config = await toyRun("learns", { epochs: 30, validFraction: 0 });
  const run = trainReward(config);
  let last = await run.next();
  let accuracy = 0;
  for (; !last.done; last = await run.next()) accuracy = last.value.metrics.accuracy!;
  expect(accuracy).toBe(1);
  expect(last.value.metrics).toEqual({ "train/prompts": 8, "train/pairs": 24, "train/rows_cut": 0 });
  expect((await describeModel(config.out)).kind).toBe("reward");
  const evaluation = await evaluateReward({ model: config.out, data: config.data });
  expect(evaluation["eval/accuracy"]).toBe(1);
  expect(evaluation["eval/pairs"]).toBe(24);
  const scorer = await RewardScorer.load(config.out);
  const prompt = "Name a colour like red.";
  const [right, wrong] = await scorer.score([
    { prompt, answer: "It is gray, thank you." },
    { prompt, answer: "It is gray, go away." },
  ]);
  expect(right!).toBeGreaterThan(wrong!);
  // Alone or in company, an answer's score is the same.
  expect((await scorer.score([{ prompt, answer: "It is gray, thank you." }]))[0]).toBeCloseTo(right!, 5);
  await scorer.dispose();
});

test("resumed from a checkpoint it gives the losses of a run never stopped", async () => {
  const whole = await losses(await toyRun("whole"));
  const config = await toyRun("broken");
  const before = await losses(config, 7);
  expect(before).toEqual(whole.slice(0, 7));
  const after = await losses(config);
  expect(after.length).toBeGreaterThanOrEqual(10);
  expect(after).toEqual(whole.slice(7));
});

test("a checkpoint of other data is refused, and nothing is written", async () => {
  const config = await toyRun("foreign");
  await losses(config, 2);
  await writeFile(config.data, jsonl(toyPairs.slice(1)));
  await expect(trainReward(config).next()).rejects.toThrow("holds the checkpoint of another run");
  await expect(stat(config.out)).rejects.toThrow();
});

test("a loss that is not finite stops the run, naming the step; the last checkpoint is whole", async () => {
  const config = await toyRun("nan");
  await losses(config, 2);
  const state = () => readFile(join(config.checkpoints, "state.json"), "utf8");
  const saved = await state();
  // Spoil the weights on their way into the run: so large that the next step overflows.
  const file = join(config.checkpoints, "state.safetensors");
  const spoiled = await readFile(file);
  for (let at = spoiled.length % 4; at < spoiled.length; at += 4) {
    if (at > spoiled.length / 2) spoiled.writeFloatLE(1e30, at);
  }
  await writeFile(file, spoiled);
  const run = async () => {
    for await (const _ of trainReward(config));
  };
  await expect(run()).rejects.toThrow(NonFiniteError);
  await expect(run()).rejects.toThrow(/^Step \d+: the (loss|gradient norm) is/);
  expect(await state()).toBe(saved);
  expect(await readFile(file)).toEqual(spoiled);
});

test("a checkpoint is not gone on with from another model", async () => {
  const config = await toyRun("base");
  await losses(config, 2);
  const other = await randomModel(
    join(dir, "base-other"),
    toyPairs.map((pair) => pair.rejected),
  );
  await expect(trainReward({ ...config, model: other }).next()).rejects.toThrow("holds the checkpoint of another run");
});

test("an --out that cannot be replaced is refused before the first step", async () => {
  const config = await toyRun("foreign-out");
  await mkdir(config.out);
  await writeFile(join(config.out, "thesis.tex"), "years of work");
  await expect(trainReward(config).next()).rejects.toThrow("holds thesis.tex, which is no part of this model");
});

test("held-out prompts are whole prompts, reported with an interval and beside 'longer wins'", async () => {
  const config = await toyRun("held", { validFraction: 0.25, epochs: 1 });
  let metrics: Record<string, number> = {};
  for await (const event of trainReward(config)) metrics = { ...metrics, ...event.metrics };
  expect(metrics["eval/prompts"]).toBe(2);
  expect(metrics["eval/pairs"]).toBe(6);
  expect(metrics["eval/accuracy_low"]!).toBeLessThanOrEqual(metrics["eval/accuracy"]!);
  expect(metrics["eval/accuracy_high"]!).toBeGreaterThanOrEqual(metrics["eval/accuracy"]!);
  expect(metrics["eval/longer_wins"]!).toBeGreaterThanOrEqual(0);
});

test.each([
  [
    "a missing file",
    async (c: RewardTrainConfig) => ({ ...c, data: join(dir, "none.jsonl") }),
    /There is no file .*none\.jsonl/,
  ],
  [
    "a truncated line",
    (c: RewardTrainConfig) => withData(c, `${jsonl(toyPairs)}{"prompt": "a`),
    /\.jsonl:25: the line is not whole JSON/,
  ],
  [
    "a line that is not UTF-8",
    (c: RewardTrainConfig) => withData(c, Buffer.from([0x22, 0xff, 0x22, 10])),
    /\.jsonl:1: the line is not UTF-8/,
  ],
  ["no line", (c: RewardTrainConfig) => withData(c, ""), /has no comparison in it/],
  ["a missing model", async (c: RewardTrainConfig) => ({ ...c, model: join(dir, "none") }), /none/],
  [
    "more answers than rows",
    async (c: RewardTrainConfig) => ({ ...c, rows: 2 }),
    /has 4 answers compared together, a step only 2 rows/,
  ],
])("bad input, %s: one sentence, nothing written", async (what, spoil, sentence) => {
  const config = await spoil(await toyRun(`bad-${what.replaceAll(" ", "-")}`));
  await expect(trainReward(config).next()).rejects.toThrow(sentence);
  await expect(stat(config.out)).rejects.toThrow();
  await expect(stat(config.checkpoints)).rejects.toThrow();
});

test.skipIf(!existsSync(oasstFile))(
  "overfits 20 Open-Assistant prompts to more than 95 % of the pairs, and reports held-out ones honestly (needs shared/data)",
  async () => {
    const data = join(dir, "oasst.jsonl");
    const pairs = oasstPairs(25);
    // 20 prompts to train on, 5 held out.
    const prompts = [...new Set(pairs.map((pair) => pair.prompt_id))];
    const marked = pairs.map((pair) => ({ ...pair, split: prompts.indexOf(pair.prompt_id) < 20 ? "train" : "valid" }));
    await writeFile(data, jsonl(marked));
    const model = await randomModel(
      join(dir, "oasst-base"),
      pairs.map((pair) => answerText(pair.chosen)),
      { vocabSize: 512, nCtx: 192, nEmbd: 64 },
    );
    const places = { data, model, out: join(dir, "oasst-out"), checkpoints: join(dir, "oasst-checkpoint") };
    const run = trainReward({ ...rewardDefaults, ...places, epochs: 40, learningRate: 1e-3 });
    let last = await run.next();
    for (; !last.done; last = await run.next());
    expect(last.value.metrics["train/prompts"]).toBe(20);
    expect(last.value.metrics["eval/prompts"]).toBe(5);

    const scored = join(dir, "oasst-train.jsonl");
    await writeFile(
      scored,
      jsonl(marked.filter(({ split }) => split === "train").map(({ split: _, ...pair }) => pair)),
    );
    const learned = await evaluateReward({ model: places.out, data: scored });
    const heldOut = await evaluateReward({ model: places.out, data });
    console.log(
      `20 prompts trained on: accuracy ${learned["eval/accuracy"]}; 5 held out: ${heldOut["eval/accuracy"]} ` +
        `(${heldOut["eval/accuracy_low"]}-${heldOut["eval/accuracy_high"]}), longer wins ${heldOut["eval/longer_wins"]}`,
    );
    expect(learned["eval/accuracy"]!).toBeGreaterThan(0.95);
    // The figures reported at the end of training are those measured again from the files.
    expect(heldOut["eval/accuracy"]).toBe(last.value.metrics["eval/accuracy"]);
  },
  120_000,
);
