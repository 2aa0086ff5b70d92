// Packed prompts and answers must be what rows of their own are: same numbers, same loss, same gradients.
import { expect, test } from "vitest";
import { padId } from "../gpt/architecture.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { rewardHead, scores } from "../gpt/heads.ts";
import { mean } from "../interval.ts";
import { gradients } from "../onnx/grad.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { answerFeatures, answerLogProbabilities, answerRewards, ForwardPass, type Reading } from "./forward-pass.ts";
import { likelihoodPower } from "./likelihood-head.ts";
import { tinyConfig as config, likelihoodRewardHead, tinyPacks, tinyWeights } from "./models.fixture.ts";
import {
  atLast,
  batching,
  type Pack,
  type PackedShape,
  packedFeeds,
  packedLayout,
  packedTokens,
  packOf,
} from "./packed.ts";
import { pairFeeds, pairwise } from "./pairwise.ts";

const packs = tinyPacks([
  { prompt: 11, answers: [5, 9, 1, 7] },
  { prompt: 4, answers: [8, 3, 6] },
]);
/** Best first, every pair once. */
const compared = packs.map(({ answers }) => ({
  answers,
  pairs: answers.flatMap((_, i) => answers.slice(i + 1).map((_, j): [number, number] => [i, i + 1 + j])),
  ties: [],
}));

/** Loss and gradients of a graph into which the tiny reward model's weights are fed. */
async function differentiated(
  build: (graph: Graph, parameters: (name: string) => Value) => Value,
  feeds: Record<string, Int32Array | Float32Array>,
) {
  const weights = tinyWeights(rewardHead);
  const graph = new Graph();
  const inputs = new Map([...weights].map(([name, { shape }]) => [name, graph.input(name, "float32", shape)]));
  const loss = build(graph, (name) => inputs.get(name)!);
  graph.output("loss", loss);
  for (const [i, d] of gradients(loss, [...inputs.values()]).entries()) graph.output(`d/${[...weights.keys()][i]}`, d);
  const session = await Session.create(graph, { threads: 1 });
  const all: Tensors = {};
  for (const { name, dtype, shape } of graph.inputs) {
    all[name] = tensor(dtype, weights.get(name)?.data ?? feeds[name]!, shape as number[]);
  }
  const results = Object.entries(await session.run(all)).map(
    ([name, { data }]) => [name, data as Float32Array] as const,
  );
  await session.dispose();
  return new Map(results);
}

test("two prompts with seven answers in one batch have the loss and gradients of seven separate rows, to 1e-5", async () => {
  const R = 7;
  const T = 20;
  const rows = packs.flatMap(({ prompt, answers }) => answers.map((answer) => [...prompt, ...answer]));
  const ids = new Int32Array(R * T);
  for (const [r, row] of rows.entries()) ids.set(row, r * T);
  const last = Int32Array.from(rows, (row, r) => r * T + row.length - 1);
  const weights = pairFeeds(compared, compared, R, "drop");
  const separate = await differentiated(
    (graph, parameters) => {
      const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [R, T]));
      return pairwise(graph, scores(parameters, op.gather(hidden, graph.input("last", "int32", [R])))).loss;
    },
    { ids, last, ...weights },
  );
  // Few answers in a row, more of them, both prompts in one; with room to spare, too: padding changes nothing.
  for (const [widen, spare, shape] of [
    [1, 0, [2, 11, 5, 9, 7]],
    [2, 0, [1, 22, 3, 18, 7]],
    [2, 2, [3, 24, 5, 20, 9]],
  ] as const) {
    const [batch] = batching(packs, (length) => widen * length)([0, 1], 1_000);
    const roomy = batch!.shape.map((size) => size + spare) as unknown as PackedShape;
    expect(roomy).toEqual(shape);
    const groups = batch!.members.map((i) => compared[i]!);
    const packed = await differentiated(
      (graph, parameters) => {
        const hidden = hiddenStates(config, parameters, packedLayout(graph, shape));
        return pairwise(graph, scores(parameters, atLast(hidden, shape))).loss;
      },
      { ...packedFeeds(batch!, shape, padId(config)), ...pairFeeds(groups, groups, shape[4], "drop") },
    );
    expect([...packed.keys()]).toEqual([...separate.keys()]);
    for (const [name, expected] of separate) {
      const got = packed.get(name)!;
      const worst = expected.reduce((most, e, i) => Math.max(most, Math.abs(e - got[i]!)), 0);
      expect(worst, name).toBeLessThan(1e-5);
    }
  }
});

const each = async (reading: Reading, list: readonly Pack[], tokens = 2048) => {
  const forward = new ForwardPass(config, reading, { threads: 1, tokens });
  const numbers = await forward.run(tinyWeights(reading.head), list);
  await forward.dispose();
  return numbers.map((answers) => answers.map((read) => [...read]));
};

test("a head that reads the likelihood reads the state at the last token, and the tokens' log p by length", async () => {
  const states = await each(answerFeatures(rewardHead), packs);
  const logProbs = await each(answerLogProbabilities(), packs);
  const features = await each(answerFeatures(likelihoodRewardHead), packs);
  for (const [p, answers] of features.entries()) {
    for (const [a, [...state]] of answers.entries()) {
      expect(state).toHaveLength(config.nEmbd + 1);
      const read = logProbs[p]![a]!;
      expect(state.pop()).toBeCloseTo(mean(read) * read.length ** (1 - likelihoodPower), 4);
      for (const [c, x] of state.entries()) expect(x).toBeCloseTo(states[p]![a]![c]!, 5);
    }
  }
});

test.each([
  ["rewards", answerRewards()],
  ["rewards by likelihood", answerRewards(likelihoodRewardHead)],
  ["log-probabilities", answerLogProbabilities()],
])("%s do not depend on the company, nor on how the work is divided", async (_, reading) => {
  const together = await each(reading, packs);
  const divided = await each(reading, packs, 30);
  for (const [p, { prompt, answers }] of packs.entries()) {
    for (const [a, answer] of answers.entries()) {
      const [[alone]] = (await each(reading, [{ prompt, answers: [answer], cut: [false] }])) as [[number[]]];
      expect(alone).toHaveLength(reading.at === "tokens" ? answer.length : 1);
      for (const [i, number] of alone.entries()) {
        expect(together[p]![a]![i]).toBeCloseTo(number, 4);
        expect(divided[p]![a]![i]).toBeCloseTo(number, 4);
      }
    }
  }
});

test("log-probabilities are those of a softmax over the plain row's logits, at the temperature asked for", async () => {
  const { prompt, answers } = packs[0]!;
  const weights = tinyWeights();
  const row = [...prompt, ...answers[1]!];
  const graph = new Graph();
  const constants = new Map(
    [...weights].map(([name, { shape, data }]) => [name, graph.constant(name, "float32", shape, data)]),
  );
  const parameters = (name: string) => constants.get(name)!;
  const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [1, row.length]));
  graph.output("logits", op.matMul(hidden, parameters("wte.weight"), { transB: true }));
  const session = await Session.create(graph, { threads: 1 });
  const { logits } = await session.run({ ids: tensor("int32", Int32Array.from(row), [1, row.length]) });
  const V = config.vocabSize;
  for (const temperature of [1, 0.7]) {
    const [[, got]] = (await each(answerLogProbabilities(temperature), packs)) as [[number[], number[]]];
    const expected = answers[1]!.map((token, i) => {
      const at = (prompt.length + i - 1) * V;
      const scaled = [...(logits!.data as Float32Array).subarray(at, at + V)].map((x) => x / temperature);
      return scaled[token]! - Math.log(scaled.reduce((sum, x) => sum + Math.exp(x), 0));
    });
    for (const [i, e] of expected.entries()) expect(got[i]).toBeCloseTo(e, 4);
  }
  await session.dispose();
});

test("a text longer than the context loses its prompt's beginning, down to half, then its answer's end", () => {
  const tokenizer = {
    eosId: 99,
    longestToken: 1,
    encodePrompt: (text: string) => [...text].map(Number),
    encodeAnswer: (text: string) => [...[...text].map(Number), 99],
  } as unknown as Parameters<typeof packOf>[0];
  expect(packOf(tokenizer, "123", ["4"], 8)).toEqual({ prompt: [1, 2, 3], answers: [[4, 99]], cut: [false] });
  expect(packOf(tokenizer, "", ["4"], 8).prompt).toEqual([99]);
  const long = packOf(tokenizer, "12345678", ["1", "123456"], 8);
  expect(long).toEqual({
    prompt: [5, 6, 7, 8],
    answers: [
      [1, 99],
      [1, 2, 3, 4],
    ],
    cut: [true, true],
  });
});

const many = tinyPacks(
  Array.from({ length: 40 }, (_, i) => ({ prompt: 1 + ((i * 5) % 70), answers: [1 + ((i * 11) % 70), 3, 5] })),
);

test("batches hold every pack once and keep to the tokens; a larger pack is alone", () => {
  for (const tokens of [20, 100, 400, 2_000]) {
    const batches = batching(many)([...many.keys()], tokens);
    expect(batches.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...many.keys()]);
    for (const { shape, members } of batches) {
      expect(packedTokens(shape) <= tokens || members.length === 1).toBe(true);
    }
  }
});

test("answers share rows, and so do prompts: little is padding", () => {
  const batches = batching(many)([...many.keys()], 2_000);
  const real = many.flatMap(({ prompt, answers }) => [prompt, ...answers]).reduce((sum, { length }) => sum + length, 0);
  expect(real / batches.reduce((sum, { shape }) => sum + packedTokens(shape), 0)).toBeGreaterThan(0.6);
});

test("batches that do not fit a shape are refused", () => {
  const [batch] = batching(packs)([0, 1], 1_000);
  expect(() => packedFeeds(batch!, [1, 11, 5, 9, 7], 0)).toThrow("shape 2×11×5×9×7 does not fit 1×11×5×9×7");
});
