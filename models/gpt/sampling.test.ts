import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { likeliest, SamplingError, sample } from "./sampling.ts";

/** The definition, slowly: sort, cut by top-k, then by top-p of what is left; lay the kept side by side by id. */
function slowSample(probabilities: Float32Array, u: number, topP: number, topK = probabilities.length): number {
  let kept = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]! || a - b).slice(0, topK);
  const sum = (ids: number[]) => ids.reduce((total, id) => total + probabilities[id]!, 0);
  if (topP < 1) {
    const total = sum(kept);
    const enough = kept.findIndex((_, i) => sum(kept.slice(0, i + 1)) >= topP * total);
    if (enough >= 0) kept = kept.slice(0, enough + 1);
  }
  kept = kept.filter((id) => probabilities[id]! > 0).sort((a, b) => a - b);
  const cut = topP < 1 || topK < probabilities.length;
  // Uncut, their sum is 1; a u behind it (rounding, unknown tokens) starts again from where it lies there.
  const total = sum(kept);
  let left = cut ? u * total : u < total ? u : ((u - total) / (1 - total)) * total;
  for (const id of kept) {
    left -= probabilities[id]!;
    if (left < 0) return id;
  }
  return kept.at(-1)!;
}

const normalised = (weights: number[]) => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (w) => w / sum);
};

// Sixteenths make equal probabilities and exact sums common: the edges of top-k and top-p are where mistakes live.
const distributions = fc
  .oneof(
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 }),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
    fc.array(
      fc.double({ min: -30, max: 0, noNaN: true }).map((x) => Math.exp(x)),
      { minLength: 1, maxLength: 60 },
    ),
  )
  .filter((weights) => weights.some((w) => w > 1e-20));

test("every cut agrees with the definition", () => {
  fc.assert(
    fc.property(
      distributions,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.oneof(fc.constantFrom(1, 0.5, 0.25, 0.75), fc.double({ min: 0.01, max: 1, noNaN: true })),
      fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      fc.constantFrom(1, 1, 0.3), // of a vocabulary of which the tokenizer knows a part
      (weights, u, topP, topK, share) => {
        const probabilities = normalised(weights).map((p) => p * share);
        expect(sample(probabilities, u, { topP, topK })).toBe(slowSample(probabilities, u, topP, topK));
      },
    ),
    { numRuns: 5_000 },
  );
});

test("a row inside a batch's buffer is read, not its neighbours", () => {
  const buffer = Float32Array.of(1, 0, 0, 0, 0.25, 0.75, 1, 0, 0);
  const row = buffer.subarray(3, 6);
  expect(sample(row, 0.2, { topP: 1 })).toBe(1);
  expect(sample(row, 0.2, { topP: 0.7 })).toBe(2);
  expect(sample(row, 0.999, { topP: 1, topK: 1 })).toBe(2);
});

test("tokens come as often as their probabilities say", () => {
  const probabilities = Float32Array.of(0.05, 0.5, 0, 0.15, 0.3);
  const random = new Random(7);
  const n = 40_000;
  const frequency = (topP: number, topK?: number) => {
    const count = new Array<number>(5).fill(0);
    for (let i = 0; i < n; i++) count[sample(probabilities, random.next(), { topP, topK })]!++;
    return count.map((c) => c / n);
  };
  const close = (got: number[], want: number[]) => {
    // Five standard deviations of a frequency.
    for (const [i, p] of want.entries())
      expect(Math.abs(got[i]! - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n) + 1e-9);
  };
  close(frequency(1), [0.05, 0.5, 0, 0.15, 0.3]);
  close(frequency(0.9), [0, 0.5 / 0.95, 0, 0.15 / 0.95, 0.3 / 0.95]);
  close(frequency(1, 2), [0, 0.625, 0, 0, 0.375]);
  close(frequency(0.6, 2), [0, 1, 0, 0, 0]); // 0.6 of what the two likeliest leave
});

test("where the tokenizer knows but a part of the tokens, it is that part's distribution", () => {
  const known = Float32Array.of(0.05, 0.2, 0, 0.15); // 0.6 belongs to tokens without a name
  const random = new Random(8);
  const n = 20_000;
  const count = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) count[sample(known, random.next(), { topP: 1 })]!++;
  for (const [i, p] of [0.125, 0.5, 0, 0.375].entries()) expect(Math.abs(count[i]! / n - p)).toBeLessThan(0.02);
});

test("the greedy token is the lowest id among equals", () => {
  expect(likeliest(Float32Array.of(-1, 3, 2, 3))).toBe(1);
  expect(likeliest(Float32Array.of(-5, -4, Number.NEGATIVE_INFINITY))).toBe(1);
});

test("a model that gives no distribution is refused, not sampled from", () => {
  // A softmax with one NaN is NaN throughout.
  const nan = new Float32Array(3).fill(Number.NaN);
  for (const topP of [1, 0.9]) expect(() => sample(nan, 0.1, { topP })).toThrow(SamplingError);
  expect(() => likeliest(Float32Array.of(Number.NaN, Number.NaN))).toThrow(SamplingError);
  expect(() => likeliest(Float32Array.of(0, Number.POSITIVE_INFINITY))).toThrow(/not finite/);
});
