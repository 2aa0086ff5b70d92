// What quietly spoils runs: each is refused, or counted before the first step and left out, by every trainer it concerns.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { trainDpo } from "./dpo.ts";
import type { TrainEvent, TrainResult } from "./loop.ts";
import { finished, jsonl, politePairs, politeRun } from "./models.fixture.ts";
import { trainPpo } from "./ppo.ts";
import { evaluateReward, trainReward } from "./reward.ts";
import { RewardScorer, ScoreError } from "./score.ts";
import { trainSft } from "./sft.ts";

let dir: string;
let places: Awaited<ReturnType<typeof politeRun>>;
let reward: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-spoiled-"));
  places = await politeRun(dir, "base");
  reward = join(dir, "reward");
  await finished(trainReward({ ...places, out: reward, threads: 1 }));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let runs = 0;
/** A trainer on lines, in places of its own. */
function run(
  kind: "reward" | "dpo" | "sft",
  lines: readonly object[],
  settings: { overlong?: "drop" | "cut" | "refuse"; validFraction?: number } = {},
): AsyncGenerator<TrainEvent, TrainResult> {
  const name = join(dir, `run-${runs++}`);
  const data = `${name}.jsonl`;
  writeFileSync(data, jsonl(lines));
  const config = { data, model: places.model, out: name, checkpoints: `${name}-checkpoint`, threads: 1, epochs: 1 };
  const given = { ...config, ...settings };
  return { reward: trainReward, dpo: trainDpo, sft: trainSft }[kind](given);
}

const pairs = politePairs.slice(0, 6);
const same = { prompt: "Same?", chosen: "Same.", rejected: "Same." };
const long = "the fox ".repeat(200);
const tooLong = { prompt: "Long?", chosen: "It is short, thank you.", rejected: long };

test.each(["reward", "dpo"] as const)("%s: pairs that say the same twice are left out, and counted", async (kind) => {
  const { figures, metrics, events } = await finished(run(kind, [...pairs, same], { validFraction: 0 }));
  expect(figures).toEqual({
    "train/prompts": 2,
    "train/prompts_held_out": 0,
    "train/pairs": 6,
    "train/pairs_equal": 1,
  });
  expect(metrics).toMatchObject(figures);
  const alone = await finished(run(kind, pairs, { validFraction: 0 }));
  expect(events.map((event) => event.metrics.loss)).toEqual(alone.events.map((event) => event.metrics.loss));
  await expect(run(kind, [same, { ...same, prompt: "So?" }], { validFraction: 0 }).next()).rejects.toThrow(
    "has no comparison to train on: all say the same twice, or are ties, or are held out.",
  );
});

test.each(["reward", "dpo"] as const)(
  "%s: pairs that become the same once cut are left out, and counted",
  async (kind) => {
    const tail = { prompt: "Long?", chosen: `${long} yes`, rejected: `${long} no` };
    const { figures } = await finished(run(kind, [...pairs, tail], { validFraction: 0, overlong: "cut" }));
    expect(figures).toMatchObject({ "train/pairs": 6, "train/pairs_equal": 1, "train/answers_cut": 2 });
  },
);

test.each(["reward", "dpo"] as const)(
  "%s: over-long answers are dropped, cut or refused, and counted once",
  async (kind) => {
    const lines = [...pairs, tooLong, { ...tooLong, rejected: "It is short, go away." }];
    const dropped = await finished(run(kind, lines, { validFraction: 0 }));
    expect(dropped.figures).toEqual({
      "train/prompts": 3,
      "train/prompts_held_out": 0,
      "train/pairs": 7,
      "train/answers_too_long": 1,
      "train/pairs_too_long": 1,
    });
    const cut = await finished(run(kind, lines, { validFraction: 0, overlong: "cut" }));
    expect(cut.figures).toEqual({
      "train/prompts": 3,
      "train/prompts_held_out": 0,
      "train/pairs": 8,
      "train/answers_cut": 1,
    });
    const refused = run(kind, lines, { validFraction: 0, overlong: "refuse" });
    await expect(refused.next()).rejects.toThrow(
      /run-\d+\.jsonl: an answer to "Long\?" is longer than the model's 128 tokens leave room for, and such are refused\.$/,
    );
    await expect(run(kind, [tooLong], { validFraction: 0 }).next()).rejects.toThrow(
      "has no comparison to train on: all are too long, or are ties, or are held out.",
    );
  },
);

test("sft: over-long demonstrations are dropped, cut or refused, and counted once", async () => {
  const lines = [...pairs, tooLong].map(({ prompt, rejected }) => ({ prompt, completion: rejected }));
  const { figures } = await finished(run("sft", lines, { validFraction: 0 }));
  expect(figures).toEqual({
    "train/demonstrations": 6,
    "train/demonstrations_held_out": 0,
    "train/answers_too_long": 1,
  });
  const cut = await finished(run("sft", lines, { validFraction: 0, overlong: "cut" }));
  expect(cut.figures).toMatchObject({ "train/demonstrations": 7, "train/answers_cut": 1 });
  await expect(run("sft", lines, { validFraction: 0, overlong: "refuse" }).next()).rejects.toThrow("such are refused.");
  await expect(run("sft", lines.slice(-1), { validFraction: 0 }).next()).rejects.toThrow(
    "has no demonstration to train on: all are too long.",
  );
});

test.each(["reward", "dpo", "sft"] as const)("%s: a file that is held out is not trained on", async (kind) => {
  for (const split of ["test", "valid"]) {
    const lines = pairs.map((pair) => ({ ...pair, completion: pair.chosen, split }));
    const refused = run(kind, lines);
    await expect(refused.next()).rejects.toThrow(
      /run-\d+\.jsonl has only lines that are held out \(split "valid" or "test"\): nothing to train on\.$/,
    );
  }
});

test("ppo: a held-out file is refused, and so are episodes that fill no whole batches", async () => {
  const prompts = join(dir, "prompts.jsonl");
  const config = {
    ...places,
    prompts,
    reward,
    out: join(dir, "ppo"),
    checkpoints: join(dir, "ppo-checkpoint"),
    threads: 1,
  };
  writeFileSync(prompts, jsonl(pairs.map(({ prompt }) => ({ prompt, split: "test" }))));
  await expect(trainPpo({ ...config, answerTokens: 8 }).next()).rejects.toThrow("has only lines that are held out");
  for (const [episodes, sentence] of [
    [20, "20 episodes are not made of whole batches of 8: take 16 or 24."],
    [5, "5 episodes are not made of whole batches of 8: take 8."],
  ] as const) {
    await expect(trainPpo({ ...config, episodes, batch: 8, minibatch: 4 }).next()).rejects.toThrow(sentence);
  }
  await expect(stat(config.out)).rejects.toThrow();
});

test("a score that is no number is an error, wherever it comes from", async () => {
  const { config, weights } = await readModel(reward);
  const damaged = join(dir, "damaged");
  // Finite in the file, but not when multiplied.
  weights.get("h.1.mlp.c_proj.weight")!.data.fill(3e38);
  await writeModel(damaged, { config, kind: "reward", weights, dtype: "F32", tokenizerFrom: reward });
  const sentence = /damaged gave an answer the score NaN: its weights are damaged, or far too large\.$/;
  const scorer = await RewardScorer.load(damaged);
  const scored = scorer.score([{ prompt: "Hi?", answer: "Yes." }]);
  await expect(scored).rejects.toThrow(ScoreError);
  await expect(scored).rejects.toThrow(sentence);
  await scorer.dispose();
  await expect(evaluateReward({ model: damaged, data: places.data })).rejects.toThrow(sentence);

  const prompts = join(dir, "some-prompts.jsonl");
  writeFileSync(prompts, jsonl(pairs.map(({ prompt }) => ({ prompt }))));
  const broken = { name: "broken", score: (items: readonly object[]) => items.map(() => Number.NaN) };
  const config2 = { ...places, prompts, reward: broken, value: reward, threads: 1, answerTokens: 4 };
  const ppo = trainPpo({ ...config2, out: join(dir, "nan"), checkpoints: join(dir, "nan-checkpoint"), episodes: 128 });
  await expect(finished(ppo)).rejects.toThrow("The scorer gave an answer the score NaN");
});

/** Held-out pairs that want the opposite: the longer it learns, the worse they are. */
const opposed = [
  ...politePairs.map((pair) => ({ ...pair, split: "train" })),
  ...politePairs.slice(0, 6).map(({ prompt, chosen, rejected }) => ({
    prompt: `${prompt} Now!`,
    chosen: rejected,
    rejected: chosen,
    split: "valid",
  })),
];

test.each([
  ["reward", trainReward],
  ["dpo", trainDpo],
] as const)("%s: the model that was best on held-out pairs is kept, and the run may end early", async (kind, train) => {
  const data = join(dir, `opposed-${kind}.jsonl`);
  writeFileSync(data, jsonl(opposed));
  const config = (name: string) => ({
    ...{ data, model: places.model, threads: 1, epochs: 4, rows: 8, learningRate: 3e-3 },
    ...{ out: join(dir, `${kind}-${name}`), checkpoints: join(dir, `${kind}-${name}-checkpoint`) },
  });
  const whole = await finished(train(config("whole")));
  const measured = whole.events.filter(({ metrics }) => metrics["eval/loss"] !== undefined);
  const best = measured.reduce((a, b) => (b.metrics["eval/loss"]! < a.metrics["eval/loss"]! ? b : a));
  expect(best).not.toBe(measured.at(-1));
  expect(whole.metrics["train/step"]).toBe(best.step);
  expect(whole.metrics["eval/loss"]).toBeCloseTo(best.metrics["eval/loss"]!, 5);
  expect(whole.metrics["eval/accuracy"]).toBe(best.metrics["eval/accuracy"]);

  const early = await finished(train({ ...config("early"), patience: 2 }));
  expect(early.metrics["train/step"]).toBe(best.step);
  const bestAt = measured.indexOf(best);
  const last = early.events.at(-1)!;
  expect(last.step).toBe(measured[bestAt + 2]!.step);
  expect(last.steps).toBe(last.step);
  // What has ended stays ended, and its model is the same.
  const again = await finished(train({ ...config("early"), patience: 2 }));
  expect(again.events).toEqual([]);
  expect(again.metrics).toEqual(early.metrics);
  expect((await readModel(config("early").out)).weights).toEqual((await readModel(config("whole").out)).weights);
});
