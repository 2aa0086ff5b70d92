import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeModel, readHeads } from "../gpt/checkpoint.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { Random } from "../random.ts";
import { disagreement, headsObjective, trainHeads } from "./ensemble.ts";
import { colours, difference, finished, politePairs, politeRun } from "./models.fixture.ts";
import { trainReward } from "./reward.ts";
import { rewardDefaults } from "./reward-config.ts";
import { RewardScorer } from "./score.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-ensemble-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("disagreement, by hand: the variance of σ(r_i − r_j) over the heads, a mean over the pairs", () => {
  const logit = Math.log(3); // σ(ln 3) = 3/4
  const [a, b, c] = [
    [logit, 0],
    [0, logit],
    [0, 0],
  ] as const;
  // One head says 3/4, the other 1/4.
  expect(disagreement([a, b])).toBeCloseTo(1 / 16, 12);
  expect(disagreement([b, a])).toBeCloseTo(1 / 16, 12);
  // A against C: 3/4 and 1/2; B against C: 1/2 and 3/4.
  const three = (1 / 16 + 1 / 64 + 1 / 64) / 3;
  expect(disagreement([a, b, c])).toBeCloseTo(three, 12);
  // What a head adds to all answers says nothing of their order.
  expect(disagreement([a, b, c].map(([one, other]) => [one, other + 7]))).toBeCloseTo(three, 12);
  const far = [1e4, 0];
  expect(disagreement([far, far])).toBe(0);
  expect(disagreement([far, far.toReversed()])).toBe(0.25);
  expect(disagreement([far])).toBe(0);
});

test("heads that read the likelihood begin with the model's own weight of it, so that few comparisons do not lose it", async () => {
  const random = new Random(5);
  // Twelve comparisons of three answers, which the last number alone orders; sixty others say nothing.
  const features = Array.from({ length: 12 }, () =>
    [2, 1, 0].map((likelihood) =>
      Float32Array.from([...Array.from({ length: 60 }, () => random.normal()), likelihood]),
    ),
  );
  const pairs: [number, number][] = [
    [0, 1],
    [0, 2],
    [1, 2],
  ];
  const groups = features.map((_, i) => ({ promptKey: String(i), pairs }));
  const weights = async (likelihoodWeight?: number) => {
    const { data } = await trainHeads(groups, features, { seed: 1, likelihoodWeight });
    return Array.from({ length: 8 }, (_, m) => data[m * 61 + 60]!);
  };
  for (const weight of await weights(2)) expect(weight).toBeGreaterThan(1.5);
  for (const weight of await weights()) expect(weight).toBeLessThan(1);
});

test("comparisons with nothing but ties leave the heads where they begin", async () => {
  const features = [[Float32Array.of(1, 2), Float32Array.of(3, 4)]];
  const heads = await trainHeads([{ promptKey: "a", pairs: [] }], features, { seed: 1 });
  expect(heads.shape).toEqual([8, 2]);
  expect(new Set(heads.data).size).toBe(16);
});

test("the loss and its gradient, by hand and by numeric differences; a pair that weighs nothing counts for nothing", async () => {
  const heads = { shape: [2, 2], data: Float32Array.of(0.5, -1, 0.25, 2) };
  const feeds = {
    difference: Float32Array.of(1, 2, -1, 0.5, 9, 9),
    weight: Float32Array.of(0.5, 0, 0.25, 1, 0, 0),
  };
  const start = { shape: [2, 2], data: Float32Array.of(0, 0, 1, 1) };
  const nll = (x: number) => Math.log1p(Math.exp(-x));
  const loss = (w: ArrayLike<number>) =>
    0.5 * nll(w[0]! + 2 * w[1]!) +
    0.25 * nll(-w[0]! + 0.5 * w[1]!) +
    nll(-w[2]! + 0.5 * w[3]!) +
    w[0]! ** 2 +
    w[1]! ** 2 +
    (w[2]! - 1) ** 2 +
    (w[3]! - 1) ** 2;
  const both = await bothGradients(
    { "heads.weight": heads },
    (graph, p) => headsObjective(graph, p, { P: 3, start, pull: 2 }).loss,
    feeds,
  );
  expect(both).toHaveLength(4);
  for (const { index, graph, numeric } of both) {
    const h = 1e-4;
    const moved = (by: number) => loss([...heads.data].map((x, i) => (i === index ? x + by : x)));
    expect(graph).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 4);
    expect(graph).toBeCloseTo(numeric, 3);
  }
});

/** 24 prompts of three answers with random features, of which only the first counts: the most of it is best. */
function toy() {
  const random = new Random(5);
  const features = Array.from({ length: 24 }, () =>
    Array.from({ length: 3 }, () => Float32Array.from({ length: 4 }, (_, c) => (c === 3 ? 0 : random.normal()))),
  );
  const groups = features.map((answers, i) => {
    const order = [0, 1, 2].sort((a, b) => answers[b]![0]! - answers[a]![0]!) as [number, number, number];
    const [a, b, c] = order;
    const pairs: [number, number][] = [
      [a, b],
      [a, c],
      [b, c],
    ];
    return { promptKey: `p${i}`, pairs };
  });
  return { features, groups };
}

test("trained heads are the same as ever, order answers as people did, and differ in what the data do not say", async () => {
  const { features, groups } = toy();
  const { shape, data } = await trainHeads(groups, features, { seed: 1 });
  expect(shape).toEqual([8, 4]);
  const of = (m: number) => [...data.subarray(4 * m, 4 * m + 4)];
  expect(difference(of(0), [1.2343593, -0.3343852, -0.5972883, -0.5001948])).toBeLessThan(1e-4);
  expect((await trainHeads(groups, features, { seed: 1 })).data).toEqual(data);
  for (let m = 0; m < 8; m++) expect(of(m)[0]).toBeGreaterThan(Math.abs(of(m)[1]!) + Math.abs(of(m)[2]!));
  // The last feature is 0 in all answers: there each head is what it began as.
  expect(new Set(data.filter((_, i) => i % 4 === 3)).size).toBe(8);
  const scores = (answers: Float32Array[]) =>
    answers.map((x) => Array.from({ length: 8 }, (_, m) => of(m).reduce((sum, w, c) => sum + w * x[c]!, 0)));
  const known = disagreement(scores([Float32Array.of(1, 0, 0, 0), Float32Array.of(-1, 0, 0, 0)]));
  const unknown = disagreement(scores([Float32Array.of(0, 0, 0, 1), Float32Array.of(0, 0, 0, -1)]));
  expect(unknown).toBeGreaterThan(5 * known);
});

test("a reward model is written with heads, which disagree less on what it was trained on than on anything else", async () => {
  const places = await politeRun(dir, "polite");
  const settings = { ...rewardDefaults, rows: 8, threads: 1, epochs: 20, learningRate: 1e-3, validFraction: 0 };
  await finished(trainReward({ ...settings, ...places }));
  expect(await describeModel(places.out)).toMatchObject({ kind: "reward", heads: 8 });
  expect((await readHeads(places.out))?.shape).toEqual([8, 32]);
  const scorer = await RewardScorer.load(places.out, { threads: 1 });
  const trained = colours.map((colour) => {
    const { prompt, chosen, rejected } = politePairs.find((pair) => pair.prompt.includes(` ${colour}.`))!;
    return { prompt, answers: [chosen, rejected] };
  });
  const unlike = colours.map((colour, i) => ({
    prompt: `Is ${colour} wet?`,
    answers: [`${colours[(i + 3) % 8]} ${colour} ${colour}`, `you you It, ${colours[(i + 1) % 8]} go`],
  }));
  const [seen, unseen] = [await scorer.scoreWithHeads(trained), await scorer.scoreWithHeads(unlike)];
  const mean = (all: typeof seen) => all.reduce((sum, one) => sum + one.disagreement!, 0) / all.length;
  expect(mean(unseen)).toBeGreaterThan(3 * mean(seen));
  for (const { scores, heads, disagreement: far } of seen) {
    expect(scores[0]).toBeGreaterThan(scores[1]!);
    for (const m of heads[0]!.keys()) expect(heads[0]![m]).toBeGreaterThan(heads[1]![m]!);
    expect(far).toBeCloseTo(disagreement(heads), 12);
  }
  // The heads take nothing from the score: it is that of the model without them.
  expect((await scorer.scoreGroups(trained)).flat()).toEqual(seen.flatMap(({ scores }) => scores));
  await scorer.dispose();
});
