import { expect, test } from "vitest";
import { fedParameters, hiddenStates } from "../gpt/forward.ts";
import { languageModelHead, logProbabilities, rewardHead, scores } from "../gpt/heads.ts";
import { Graph } from "../onnx/graph.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { answerLogProbabilities, answerValues, ForwardPass } from "./forward-pass.ts";
import { tinyConfig, tinyWeights } from "./models.fixture.ts";
import { updateShapes } from "./ppo-batches.ts";
import type { Episode } from "./rollout.ts";
import { perToken, rowsFeeds, sizeOf } from "./rows.ts";

const random = new Random(11);
const ids = (length: number) => Array.from({ length }, () => random.int(0, tinyConfig.vocabSize - 1));
const episodeOf = (prompt: number, answer: number): Episode => ({
  prompt: ids(prompt),
  answer: ids(answer),
  logProbs: new Float32Array(answer),
  ended: true,
});
const episodes = Array.from({ length: 23 }, () => episodeOf(random.int(1, 20), random.int(1, 12)));
const rows = updateShapes(
  episodes.map(({ prompt }) => prompt.length),
  { answerTokens: 12, tokens: 96, context: 48 },
);

test("every episode is in one row of one batch, and nothing exceeds its shape", () => {
  const batches = rows.batches(episodes, sizeOf);
  expect(new Set(batches.flatMap((batch) => batch.rows.flat()))).toEqual(new Set(episodes));
  expect(batches.flatMap((batch) => batch.rows.flat())).toHaveLength(episodes.length);
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  for (const { rows, shape } of batches) {
    const [R, W, N] = shape;
    expect(rows.length).toBeLessThanOrEqual(R);
    for (const row of rows) expect(sum(row.map((e) => e.prompt.length + e.answer.length))).toBeLessThanOrEqual(W);
    expect(sum(rows.flat().map((e) => e.answer.length))).toBeLessThanOrEqual(N);
  }
  expect(new Set(batches.map(({ shape }) => shape.join())).size).toBeLessThanOrEqual(4);
  // 23 episodes of 17 tokens, of which a batch of 96 holds five at best.
  expect(batches.length).toBeLessThanOrEqual(6);
});

test("texts that fit half of a long row stand in rows of half the width, with little padding", () => {
  const lengths = [120, 20, 30, 40, 50, 20, 30, 60, 25, 35, 45, 20, 12, 60, 30, 20].map((length) => 3 * length);
  const texts = lengths.map((length) => episodeOf(length - 30, 30));
  const wide = updateShapes(
    texts.map(({ prompt }) => prompt.length),
    { answerTokens: 60, tokens: 1_536, context: 1_024 },
  );
  const batches = wide.batches(texts, sizeOf);
  expect(batches.flatMap((batch) => batch.rows.flat())).toHaveLength(texts.length);
  // The long one's row has room for a short one.
  const [first, ...others] = batches;
  expect([first!.shape[1], first!.rows.length, first!.rows[0]!.length]).toEqual([400, 1, 2]);
  expect(new Set(others.map(({ shape }) => shape[1]))).toEqual(new Set([208]));
  const slots = batches.reduce((sum, { shape: [R, W] }) => sum + R * W, 0);
  expect(lengths.reduce((a, b) => a + b) / slots).toBeGreaterThan(0.75);
});

test("feeds, by hand: two episodes in a row, one in the next", () => {
  const episode = (prompt: number[], answer: number[]): Episode => ({
    prompt,
    answer,
    logProbs: new Float32Array(answer.length),
    ended: true,
  });
  const [a, b, c] = [episode([1, 2], [3]), episode([4], [5, 6]), episode([7], [8])];
  const feeds = rowsFeeds([[a, b], [c]], [2, 8, 6], 39);
  expect([...feeds.ids]).toEqual([1, 2, 3, 4, 5, 6, 39, 39, 7, 8, 39, 39, 39, 39, 39, 39]);
  expect([...feeds.positions]).toEqual([0, 1, 2, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect([...feeds.texts]).toEqual([1, 1, 1, 2, 2, 2, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0]);
  expect([...feeds.before]).toEqual([1, 3, 4, 8, 0, 0]);
  expect([...feeds.targets]).toEqual([3, 5, 6, 8, 0, 0]);
  expect([...perToken([[0.5], [1, 2], [3]], [2, 8, 6])]).toEqual([0.5, 1, 2, 3, 0, 0]);
});

test("an episode among others has the numbers of a row of its own", async () => {
  const weights = new Map([...tinyWeights(rewardHead), ...tinyWeights()]);
  const graph = new Graph();
  const parameters = { lm: fedParameters(graph, tinyConfig, languageModelHead) };
  const head = ["score.weight", "score.bias"].map((name) => graph.input(name, "float32", weights.get(name)!.shape));
  const T = 32;
  const input = graph.input("ids", "int32", [1, T]);
  const targets = graph.input("targets", "int32", [T, 1]);
  const hidden = hiddenStates(tinyConfig, parameters.lm, input);
  graph.output("log_probs", logProbabilities(tinyConfig, parameters.lm, hidden, targets, 0.7));
  graph.output(
    "values",
    scores((name) => (name === "score.weight" ? head[0]! : head[1]!), hidden),
  );
  const session = await Session.create(graph, { threads: 1 });
  const feeds: Tensors = {};
  for (const [name, { shape, data }] of weights) feeds[name] = tensor("float32", data, shape);

  const options = { threads: 1, tokens: 96 };
  const policy = new ForwardPass(tinyConfig, answerLogProbabilities(0.7), options);
  const value = new ForwardPass(tinyConfig, answerValues, options);
  const packs = episodes.map(({ prompt, answer }) => ({ prompt, answers: [answer] }));
  const logProbs = (await policy.run(weights, packs)).map(([numbers]) => numbers!);
  const values = (await value.run(weights, packs)).map(([numbers]) => numbers!);
  for (const [i, { prompt, answer }] of episodes.entries()) {
    const all = Int32Array.from({ length: T + 1 }, (_, t) => [...prompt, ...answer][t] ?? 0);
    feeds.ids = tensor("int32", all.slice(0, T), [1, T]);
    feeds.targets = tensor("int32", all.slice(1), [T, 1]);
    const own = await session.run(feeds);
    const read = (name: string) =>
      [...(own[name]!.data as Float32Array)].slice(prompt.length - 1).slice(0, answer.length);
    expect(logProbs[i]).toHaveLength(answer.length);
    for (const [t, x] of read("log_probs").entries()) expect(logProbs[i]![t]).toBeCloseTo(x, 4);
    for (const [t, x] of read("values").entries()) expect(values[i]![t]).toBeCloseTo(x, 4);
  }
  for (const part of [session, policy, value]) await part.dispose();
});

test("rows wider than the model's context are refused", () => {
  const forward = new ForwardPass(tinyConfig, answerLogProbabilities(), { threads: 1 });
  const { prompt, answer } = episodeOf(60, 12);
  return expect(forward.run(tinyWeights(), [{ prompt, answers: [answer] }])).rejects.toThrow(
    "96 tokens do not fit the model's context of 48",
  );
});
