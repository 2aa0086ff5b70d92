import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { GptGenerator } from "../gpt/generate.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { Random } from "../random.ts";
import { bestOfN, expectedBestOfN, klBestOfN } from "./best-of-n.ts";
import { randomModel } from "./models.fixture.ts";
import { RewardScorer } from "./score.ts";

test("KL is 0 for the best of one, ln 2 − 1/2 for the best of two", () => {
  expect(klBestOfN(1)).toBe(0);
  expect(klBestOfN(2)).toBeCloseTo(Math.LN2 - 0.5, 12);
  expect(klBestOfN(64)).toBeCloseTo(Math.log(64) - 63 / 64, 12);
});

test("what the best of n is worth on average is that of all subsets of the samples", () => {
  const random = new Random(3);
  const scores = Array.from({ length: 6 }, () => random.normal());
  const values = scores.map((score) => score + random.normal());
  for (let n = 1; n <= 6; n++) {
    const best: number[] = [];
    for (let subset = 0; subset < 64; subset++) {
      const members = scores
        .keys()
        .filter((i) => subset & (1 << i))
        .toArray();
      if (members.length !== n) continue;
      best.push(values[members.reduce((a, b) => (scores[a]! > scores[b]! ? a : b))]!);
    }
    const mean = best.reduce((a, b) => a + b, 0) / best.length;
    expect(expectedBestOfN(scores, values, n)).toBeCloseTo(mean, 10);
  }
  expect(() => expectedBestOfN(scores, values, 7)).toThrow("the best of 7 is not known from 6 samples");
});

test("n answers, the reward model's favourite first; the same seed gives the same", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rankloop-best-"));
  const model = await randomModel(join(dir, "lm"), ["The owl sees the fox.", "What does the owl see?"]);
  const { config, weights } = await readModel(model);
  const judge = new Map([...weights, ...initialRewardHead(config.nEmbd, 2)]);
  const reward = join(dir, "reward");
  await writeModel(reward, { config, kind: "reward", weights: judge, dtype: "F32", tokenizerFrom: model });
  const generator = await GptGenerator.load(model, { threads: 1 });
  const scorer = await RewardScorer.load(reward, { threads: 1 });
  const options = { prompt: "What does the owl see?", n: 5, maxTokens: 8, temperature: 1, topP: 1, seed: 4 };
  const answers = await bestOfN(generator, scorer, options);
  expect(answers).toHaveLength(5);
  const scores = answers.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const again = await scorer.score(answers.map(({ text }) => ({ prompt: options.prompt, answer: text })));
  for (const [i, score] of scores.entries()) expect(again[i]).toBeCloseTo(score, 4);
  expect((await bestOfN(generator, scorer, options)).map(({ text }) => text)).toEqual(answers.map(({ text }) => text));
  await generator.dispose();
  await scorer.dispose();
  await rm(dir, { recursive: true, force: true });
});
