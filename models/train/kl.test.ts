import { expect, test } from "vitest";
import { k1, k3, nextBeta, sumOver, tokenRewards } from "./kl.ts";

test("k1 and k3 of one token, worked by hand", () => {
  const [p, q] = [0.5, 0.25];
  expect(k1(Math.log(p), Math.log(q))).toBeCloseTo(Math.LN2, 12);
  // r = q/p = 1/2: (1/2 − 1) + ln 2.
  expect(k3(Math.log(p), Math.log(q))).toBeCloseTo(Math.LN2 - 0.5, 12);
  expect(k3(Math.log(q), Math.log(p))).toBeCloseTo(1 - Math.LN2, 12);
  expect(k3(-1.25, -1.25)).toBe(0);
});

test("the means of both over the policy's own samples are the KL", () => {
  const policy = [0.7, 0.2, 0.1];
  const reference = [0.3, 0.3, 0.4];
  const exact = policy.reduce((sum, p, i) => sum + p * Math.log(p / reference[i]!), 0);
  for (const estimator of [k1, k3]) {
    const mean = policy.reduce((sum, p, i) => sum + p * estimator(Math.log(p), Math.log(reference[i]!)), 0);
    expect(mean).toBeCloseTo(exact, 12);
  }
});

test("every token pays for its KL, the last one also gets the score", () => {
  const tokens = { logProbs: [-1, -2, -0.5], referenceLogProbs: [-1.5, -1, -0.5] };
  // k1 = 0.5, −1, 0; β = 0.2.
  const expected = [-0.1, 0.2, 3];
  for (const [t, r] of tokenRewards(tokens, 3, 0.2).entries()) expect(r).toBeCloseTo(expected[t]!, 12);
  expect(sumOver(tokens, k1)).toBeCloseTo(-0.5, 12);
});

test("β rises where KL is above its target, falls where it is below, by at most 20 % a horizon", () => {
  const target = { target: 6, horizon: 10_000 };
  expect(nextBeta(0.2, 6.6, 500, target)).toBe(Math.fround(0.2 * (1 + 0.1 * 0.05)));
  expect(nextBeta(0.2, 60, 500, target)).toBe(Math.fround(0.2 * 1.01));
  expect(nextBeta(0.2, 0, 500, target)).toBe(Math.fround(0.2 * 0.99));
  expect(nextBeta(Math.fround(0.2), 6, 500, target)).toBe(Math.fround(0.2));
});
