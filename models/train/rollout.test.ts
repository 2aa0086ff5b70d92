import { expect, test } from "vitest";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { Random } from "../random.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import { tinyConfig, tinyWeights } from "./models.fixture.ts";
import { episodeText, rollout } from "./rollout.ts";

const weights = tinyWeights();
const eosId = tinyConfig.eosTokenIds[0]!;
const tokenizer = {
  vocabSize: tinyConfig.vocabSize,
  eosId,
  decode: (ids: readonly number[]) => ids.join(" "),
} as Tokenizer;
const random = new Random(2);
// More than are decoded at once, so that several batches are made.
const prompts = Array.from({ length: 80 }, () => Array.from({ length: random.int(1, 20) }, () => random.int(0, 38)));
const seeds = prompts.map((_, i) => 100 + i);
const config = { config: tinyConfig, weights, tokenizer, answerTokens: 24, temperature: 0.8, threads: 1 };

test("answers end at the first end token or are cut, and carry the model's own log-probabilities", async () => {
  const episodes = await rollout(config, prompts, seeds);
  expect(episodes.map(({ prompt }) => prompt)).toEqual(prompts);
  for (const { answer, ended, logProbs } of episodes) {
    expect(logProbs).toHaveLength(answer.length);
    expect(answer.slice(0, -1)).not.toContain(eosId);
    expect(ended).toBe(answer.at(-1) === eosId);
    if (!ended) expect(answer).toHaveLength(24);
  }
  expect(episodes.some(({ ended }) => ended)).toBe(true);
  expect(episodes.some(({ ended }) => !ended)).toBe(true);
  const ended = episodes.find((episode) => episode.ended)!;
  expect(episodeText(tokenizer, ended)).toBe(ended.answer.slice(0, -1).join(" "));

  const forward = new ForwardPass(tinyConfig, answerLogProbabilities(0.8), { threads: 1, tokens: 192 });
  const packs = episodes.map(({ prompt, answer }) => ({ prompt, answers: [answer] }));
  for (const [i, [expected]] of (await forward.run(weights, packs)).entries()) {
    for (const [t, logProb] of episodes[i]!.logProbs.entries()) expect(logProb).toBeCloseTo(expected![t]!, 4);
  }
  await forward.dispose();
});

test("an answer depends on its prompt and seed, not on its company", async () => {
  const all = await rollout(config, prompts, seeds);
  const [alone] = await rollout(config, [prompts[7]!], [seeds[7]!]);
  expect(alone!.answer).toEqual(all[7]!.answer);
  const [other] = await rollout(config, [prompts[7]!], [seeds[8]!]);
  expect(other!.answer).not.toEqual(all[7]!.answer);
});

test("tokens are as frequent as their probabilities", async () => {
  const samples = 2000;
  const same = Array.from({ length: samples }, () => [5, 6]);
  const first = await rollout({ ...config, answerTokens: 1 }, same, [...same.keys()]);
  const counts = new Map<number, { count: number; p: number }>();
  for (const { answer, logProbs } of first) {
    const seen = counts.get(answer[0]!) ?? { count: 0, p: Math.exp(logProbs[0]!) };
    seen.count++;
    counts.set(answer[0]!, seen);
  }
  for (const { count, p } of counts.values()) {
    expect(Math.abs(count / samples - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / samples) + 1 / samples);
  }
});
