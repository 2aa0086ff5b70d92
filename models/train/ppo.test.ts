import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { Session } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { documentLoss } from "./document-loss.ts";
import { lmDefaults, trainLm } from "./lm.ts";
import { jsonl, randomModel } from "./models.fixture.ts";
import { trainPpo } from "./ppo.ts";
import type { PpoTrainConfig, Scorer } from "./ppo-config.ts";
import { sequenceKl } from "./ppo-evaluation.ts";
import { ScoreError } from "./score.ts";

let dir: string;
/** A random model, and one that answers "Pick:" with one of six animals, each as often. */
let random: string;
let picker: string;
const animals = ["owl", "fox", "hen", "cat", "dog", "cow"];
const shuffle = new Random(9);
const documents = Array.from({ length: 400 }, () => `Pick:\n\n${shuffle.pick(animals)}`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-ppo-"));
  random = await randomModel(join(dir, "random"), documents);
  // A template of this test's own, so that its numbers do not hang on how the project's models are asked.
  const settings = join(random, "tokenizer_config.json");
  const chat_template = "{{ bos_token }}{% for message in messages %}{{ message['content'] + '\\n\\n' }}{% endfor %}";
  await writeFile(settings, JSON.stringify({ ...JSON.parse(await readFile(settings, "utf8")), chat_template }));
  picker = join(dir, "picker");
  const run = trainLm({
    ...lmDefaults,
    documents: () => documents,
    validation: () => documents,
    tokenizer: random,
    model: random,
    out: picker,
    checkpoints: join(dir, "picker-checkpoint"),
    rows: 8,
    rowTokens: 32,
    steps: 200,
    warmup: 5,
    learningRate: 5e-3,
    evaluateEvery: 200,
    threads: 1,
  });
  for await (const _ of run);
  await writeFile(join(dir, "prompts.jsonl"), jsonl([{ prompt: "Pick:" }]));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const foxWins: Scorer = {
  name: "fox wins",
  score: (items) => items.map(({ answer }) => (answer === "fox" ? 1 : 0)),
};

const vowels: Scorer = {
  name: "vowels",
  score: (items) => items.map(({ answer }) => answer.replaceAll(/[^aeiou]/g, "").length),
};

function run(name: string, change: Partial<PpoTrainConfig> = {}): PpoTrainConfig {
  return {
    prompts: join(dir, "prompts.jsonl"),
    model: picker,
    reward: foxWins,
    out: join(dir, name),
    checkpoints: join(dir, `${name}-checkpoint`),
    batch: 32,
    minibatch: 8,
    answerTokens: 8,
    normaliseOn: 0,
    learningRate: 2e-3,
    valueLearningRate: 2e-3,
    warmup: 2,
    ema: 0.9,
    tokens: 256,
    threads: 1,
    ...change,
  };
}

/** The metrics of every iteration, but for times. */
async function iterations(
  config: PpoTrainConfig,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<Record<string, number>[]> {
  const stop = new AbortController();
  const seen: Record<string, number>[] = [];
  try {
    for await (const { step, metrics } of trainPpo(config, stop.signal)) {
      // What there is to learn from, before the first iteration.
      if (step === 0) continue;
      seen.push(Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith("time/"))));
      if (step === stopAfter) stop.abort(new Error("stopped"));
    }
  } catch (error) {
    expect((error as Error).message).toBe("stopped");
  }
  return seen;
}

/** Run to the end. */
async function finished(config: PpoTrainConfig) {
  const steps = trainPpo(config);
  let last = await steps.next();
  for (; !last.done; last = await steps.next());
  return last.value;
}

const judged = (policy: string) =>
  sequenceKl({ policy, reference: picker, prompts: Array(400).fill("Pick:"), answerTokens: 8, threads: 1 });

test("on a bandit of six answers it finds the best one, and writes a model that gives it", async () => {
  const before = await judged(picker);
  const share = ({ answers }: typeof before) => answers.filter(({ answer }) => answer === "fox").length / 400;
  expect(share(before)).toBeGreaterThan(0.1);
  expect(share(before)).toBeLessThan(0.25);
  expect(before.kl).toBeCloseTo(0, 4);

  const config = run("bandit", { episodes: 32 * 40 });
  await finished(config);
  const after = await judged(config.out);
  expect(share(after)).toBeGreaterThanOrEqual(0.95);
  // From one in six to nearly always: ln 6.
  expect(Math.abs(after.kl - Math.log(6))).toBeLessThan(0.4);

  // Gone on with, it still pays for its distance to the model it came from.
  const [further] = await iterations(run("further", { model: config.out, reference: picker, episodes: 32 }));
  expect(Math.abs(further!["objective/kl"]! - Math.log(6))).toBeLessThan(0.6);
});

test("the model written is the average of the weights, which a slow decay keeps behind", async () => {
  const config = run("average", { episodes: 32 * 20, ema: 0.9999 });
  const seen = await iterations(config);
  expect(seen.at(-1)!["objective/kl"]).toBeGreaterThan(0.5);
  expect(Math.abs((await judged(config.out)).kl)).toBeLessThan(0.01);
});

test("at any temperature the policy begins as the reference, and its first update at a ratio of 1", async () => {
  const [first] = await iterations(run("warm", { episodes: 32, minibatch: 32, temperature: 0.6 }));
  expect(Math.abs(first!["objective/kl"]!)).toBeLessThan(1e-4);
  expect(first!["policy/approxkl"]).toBeLessThan(1e-8);
  expect(first!["policy/clipfrac"]).toBe(0);
});

test("with a large β it stays where it is, which with a small one it leaves", async () => {
  const kl = async (name: string, beta: number) => {
    const config = run(name, { episodes: 32 * 40, learningRate: 5e-4, beta });
    await finished(config);
    return (await judged(config.out)).kl;
  };
  expect(Math.abs(await kl("dear", 20))).toBeLessThan(0.03);
  expect(await kl("cheap", 0.02)).toBeGreaterThan(0.5);
});

test("β follows a target: KL ends near it, where a fixed β leaves it far above", async () => {
  const config = run("target", { episodes: 32 * 60, klTarget: 0.5, klHorizon: 200, beta: 0.2, whitenRewards: false });
  const seen = await iterations(config);
  const late = seen.slice(-15).map((metrics) => metrics["objective/kl"]!);
  expect(late.reduce((a, b) => a + b) / late.length).toBeLessThan(1);
  expect(seen.at(-1)!["objective/beta"]).not.toBe(seen[0]!["objective/beta"]);
});

test("pre-training text mixed in keeps the loss on it lower", async () => {
  const loss = (model: string) => documentLoss(model, () => documents, { tokens: 512, threads: 1 });
  const alone = run("alone", { episodes: 32 * 20 });
  const mixed = run("mixed", { episodes: 32 * 20, pretraining: () => documents, ptxRows: 2, ptxTokens: 32 });
  await finished(alone);
  await finished(mixed);
  const [before, without, withText] = [await loss(picker), await loss(alone.out), await loss(mixed.out)];
  expect(without).toBeGreaterThan(before + 0.2);
  expect(withText).toBeLessThan(before + 0.1);
});

/** Everything that has a state: β, normalisation, the average, pre-training text, two inner epochs. */
const everything = (name: string) =>
  run(name, {
    episodes: 32 * 6,
    innerEpochs: 2,
    klTarget: 0.3,
    klHorizon: 500,
    normaliseOn: 32,
    pretraining: () => documents,
    ptxRows: 1,
    ptxTokens: 32,
  });

test("resumed from a checkpoint it gives the numbers and the model of a run never stopped", async () => {
  const whole = await iterations(everything("whole"));
  const config = everything("broken");
  expect(await iterations(config, 2)).toEqual(whole.slice(0, 2));
  expect(await iterations(config, 5)).toEqual(whole.slice(2, 5));
  expect(await iterations(config)).toEqual(whole.slice(5));
  expect((await readModel(config.out)).weights).toEqual((await readModel(everything("whole").out)).weights);
});

test.each(["rollout", "scoring", "updates"] as const)(
  "stopped among the %s of an iteration it stops there, and resumed it gives the numbers of a run never stopped",
  async (where) => {
    const slow = (name: string): PpoTrainConfig => ({ ...everything(name), tokens: 64, episodes: 32 * 3 });
    const whole = await iterations(slow(`whole-${where}`));
    const stop = new AbortController();
    const config = slow(`broken-${where}`);
    let seen = 0;
    const graphs = Session.prototype.run;
    const spy = vi.spyOn(Session.prototype, "run").mockImplementation(async function (this: Session, ...args) {
      // Of the second iteration: the phase is known by what the graph writes.
      const updates = Object.keys(args[1] ?? {}).includes("new/mean");
      const decodes = "inverse_temperature" in args[0];
      const phase = updates ? "updates" : decodes ? "rollout" : "scoring";
      if (seen === 1 && phase === where) stop.abort(new Error("stopped"));
      if (stop.signal.aborted) runsAfter++;
      return await graphs.apply(this, args);
    });
    let runsAfter = 0;
    try {
      for await (const _ of trainPpo(config, stop.signal)) seen++;
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toBe("stopped");
    } finally {
      spy.mockRestore();
    }
    expect(seen).toBe(1);
    // The 32 prompts of a batch are read in one go.
    expect(runsAfter).toBeLessThan(where === "rollout" ? 40 : 3);
    const rest = await iterations(config);
    expect(rest).toEqual(whole.slice(-rest.length));
    expect((await readModel(config.out)).weights).toEqual((await readModel(slow(`whole-${where}`).out)).weights);
  },
);

test("ten iterations' losses are those they were", async () => {
  const seen = await iterations(
    run("golden", {
      model: random,
      episodes: 320,
      reward: vowels,
      pretraining: () => documents,
      ptxRows: 1,
      ptxTokens: 32,
      whitenRewards: true,
    }),
  );
  expect(seen).toHaveLength(10);
  // The rate rises from a tenth, for two iterations here.
  const rates = [2e-4, 1.1e-3, ...Array<number>(8).fill(2e-3)];
  for (const [i, metrics] of seen.entries()) expect(metrics.learning_rate).toBeCloseTo(rates[i]!, 10);
  const golden = {
    "policy/loss": [
      0.000410146, 0.000187147, 0.00247633, -0.00185546, 0.00438334, -0.00102332, 0.00597843, 0.00949013, -0.0103444,
      0.00679239,
    ],
    "value/loss": [1.46777, 1.40481, 1.2206, 0.918386, 0.634285, 0.445084, 0.345273, 0.277987, 1.34322, 0.322158],
    "ptx/loss": [5.41271, 5.15339, 4.84122, 4.46205, 4.06866, 3.65385, 3.24455, 2.8482, 2.47934, 2.13366],
  };
  for (const [name, losses] of Object.entries(golden)) {
    for (const [i, expected] of losses.entries()) {
      const got = seen[i]![name]!;
      const off = Math.abs(got - expected);
      expect(off, `${name} of iteration ${i + 1}: ${got}`).toBeLessThan(1e-4 * Math.abs(expected) + 1e-5);
    }
  }
});

test("an answer is scored as text without its end token, and by −1 where that is missing", async () => {
  const texts: string[] = [];
  const listener: Scorer = {
    name: "listener",
    score: (items) => {
      texts.push(...items.map(({ answer }) => answer));
      return items.map(() => 5);
    },
  };
  const [metrics] = await iterations(run("scored", { episodes: 32, reward: listener }));
  expect(texts).toHaveLength(32);
  expect(texts.filter((text) => animals.includes(text)).length).toBeGreaterThan(24);
  expect(metrics!["objective/score"]).toBeCloseTo(5 - 6 * metrics!["rollout/no_end_fraction"]!, 5);

  const [cut] = await iterations(run("cut", { episodes: 32, reward: listener, answerTokens: 1 }));
  expect(cut!["rollout/no_end_fraction"]).toBe(1);
  expect(cut!["rollout/length"]).toBe(1);
  expect(cut!["objective/score"]).toBe(-1);
});

test("scores are normalised on the reference's answers", async () => {
  const far: Scorer = {
    name: "far",
    score: (items) => items.map(({ answer }) => 700 + 100 * Number(answer === "fox")),
  };
  const [metrics] = await iterations(run("normalised", { episodes: 256, batch: 256, reward: far, normaliseOn: 512 }));
  expect(Math.abs(metrics!["objective/score"]!)).toBeLessThan(0.2);
});

test("a reward model judges and lends the value function its body; too long prompts are left out", async () => {
  const reward = join(dir, "reward");
  const { config: gpt, weights } = await readModel(picker);
  const withHead = new Map([...weights, ...initialRewardHead(gpt.nEmbd, 3)]);
  await writeModel(reward, { config: gpt, kind: "reward", weights: withHead, dtype: "F32", tokenizerFrom: picker });
  const prompts = join(dir, "several.jsonl");
  const turns = [
    { role: "user", content: "Pick:" },
    { role: "assistant", content: "owl" },
    { role: "user", content: "Pick:" },
  ];
  await writeFile(prompts, jsonl([{ prompt: "Pick:" }, { prompt: turns, id: 7 }, { prompt: "Pick: ".repeat(200) }]));
  const config = run("by-model", { prompts, reward, episodes: 64, normaliseOn: 64, validFraction: 0 });
  const result = await finished(config);
  expect(result.metrics).toMatchObject({ "train/prompts": 2, "train/prompts_held_out": 0, "train/prompts_dropped": 1 });
  expect((await readModel(config.out)).kind).toBe("lm");
});

test("the finished model's figures are means of the last iterations, and what held-out prompts say of it", async () => {
  const prompts = join(dir, "splits.jsonl");
  const held = [1, 2, 3, 4].map((i) => ({ prompt: "Pick:", prompt_id: `h${i}`, split: "valid" }));
  await writeFile(prompts, jsonl([{ prompt: "Pick:", prompt_id: "t", split: "train" }, ...held]));
  const config = run("figures", { prompts, episodes: 32 * 12 });
  const seen = await iterations(config, 10);
  const rest = trainPpo(config);
  let end = await rest.next();
  for (; !end.done; end = await rest.next()) seen.push(end.value.metrics);
  const { metrics } = end.value;
  expect(seen).toHaveLength(12);
  // A tenth would be two: it is eight, of which six are from before it was stopped.
  for (const name of ["objective/score", "objective/kl", "rollout/length"]) {
    const late = seen.slice(-8).map((figures) => figures[name]!);
    expect(metrics[name], name).toBeCloseTo(late.reduce((a, b) => a + b) / 8, 5);
  }
  expect(metrics).toMatchObject({ "train/prompts": 1, "train/prompts_held_out": 4, "eval/prompts": 4 });
  expect(metrics["eval/reward_gain"]).toBeCloseTo(metrics["eval/reward"]! - metrics["reference/reward"]!, 10);
  const direct = await sequenceKl({
    policy: config.out,
    reference: picker,
    prompts: held.map(({ prompt }) => prompt),
    answerTokens: 8,
    threads: 1,
  });
  // What is written is rounded to 16 bits.
  expect(Math.abs(metrics["eval/kl"]! - direct.kl)).toBeLessThan(0.02);
});

test("a score that is no number stops the run; the last checkpoint stays", async () => {
  const config = run("nan", { episodes: 32 * 4 });
  await iterations(config, 2);
  const state = () => readFile(join(config.checkpoints, "state.safetensors"));
  const saved = await state();
  const broken = { name: foxWins.name, score: () => Array<number>(32).fill(Number.NaN) };
  await expect(finished({ ...config, reward: broken })).rejects.toThrow(ScoreError);
  expect(await state()).toEqual(saved);
  await expect(stat(config.out)).rejects.toThrow();
  expect(await iterations(config)).toHaveLength(2);
});

test.each([
  ["a batch of broken minibatches", { batch: 30 }, "A batch of 30 episodes is not made of whole minibatches of 8."],
  ["too few episodes", { episodes: 31 }, "31 episodes are not made of whole batches of 32: take 32."],
  ["a setting out of range", { clipRange: -1 }, /^The setting "clipRange" should be more than 0\.$/],
  ["a missing file", { prompts: "/none.jsonl" }, "There is no file /none.jsonl."],
  [
    "no room for an answer",
    { answerTokens: 128 },
    /has no prompt of at most 0 tokens, which answers of 128 leave room/,
  ],
])("bad input, %s: one sentence, nothing written", async (what, change, sentence) => {
  const config = run(`bad-${what.replaceAll(" ", "-")}`, { episodes: 320, ...change });
  await expect(finished(config)).rejects.toThrow(sentence);
  await expect(stat(config.out)).rejects.toThrow();
  await expect(stat(config.checkpoints)).rejects.toThrow();
});

test("models that do not read the same tokens are refused", async () => {
  const other = await randomModel(join(dir, "other"), ["something else entirely"]);
  await expect(finished(run("foreign", { reference: other }))).rejects.toThrow("has another tokenizer than");
});
