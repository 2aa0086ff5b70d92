import { expect, test } from "vitest";
import { Decoder, type Decoding } from "./decoder.ts";
import { gpt2 } from "./families/gpt2.ts";
import { initialWeights } from "./init.ts";

const config = gpt2({
  vocabSize: 40,
  nCtx: 64,
  nEmbd: 16,
  nLayer: 2,
  nHead: 2,
  eosTokenId: 39,
});
const weights = initialWeights(config, 3);
// Larger than at initialisation, so that what a token sees makes a difference.
for (const { data } of weights.values()) for (let i = 0; i < data.length; i++) data[i]! *= 8;

const prompts = [[1], [7, 3, 9, 30, 2, 2, 11], [5, 6, 7, 8]];
const answers = [
  [4, 8, 15, 16],
  [23, 0, 1, 2],
  [9, 9, 9, 12],
];

/** Distributions of one prompt on its own, after each token of its answer. */
async function alone(decoder: Decoder, prompt: number[], answer: number[]): Promise<Float32Array[]> {
  const { first, decoding } = await decoder.readPrompt(prompt, 1, 1);
  const seen = [first.slice()];
  for (const token of answer) seen.push((await decoder.step(decoding, [token]))[0]!.slice());
  return seen;
}

const expectSame = (got: Float32Array, expected: Float32Array) => {
  for (const [i, p] of expected.entries()) expect(got[i]).toBeCloseTo(p, 5);
};

test("answers to prompts of different lengths, in one batch, are what each is alone; leaving changes nothing", async () => {
  const one = await Decoder.load(config, weights, { threads: 1 });
  const expected: Float32Array[][] = [];
  for (const [r, prompt] of prompts.entries()) expected.push(await alone(one, prompt, answers[r]!));
  await one.dispose();

  const several = await Decoder.load(config, weights, { threads: 1, prompts: "own" });
  const { first, decoding }: { first: Float32Array[]; decoding: Decoding } = await several.readPrompts(prompts, 1);
  for (const [r, got] of first.entries()) expectSame(got, expected[r]![0]!);
  let rows = [0, 1, 2];
  for (let made = 0; made < 4; made++) {
    const tokens = rows.map((r) => answers[r]![made]!);
    for (const [i, got] of (await several.step(decoding, tokens)).entries()) {
      expectSame(got, expected[rows[i]!]![made + 1]!);
    }
    // The one with the longest prompt leaves first, then the first row.
    const kept = made === 1 ? [0, 2] : made === 2 ? [1] : undefined;
    if (!kept) continue;
    several.keep(decoding, kept);
    rows = kept.map((i) => rows[i]!);
  }
  expect(rows).toEqual([2]);
  await several.dispose();
});
