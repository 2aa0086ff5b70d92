import { expect, test } from "vitest";
import { fitted, heightOf } from "./over-optimisation.ts";

test.each([
  ["best of n", 1.2, 0.3, 2],
  ["ppo", 0.9, 0.4, Math.exp(0.9 / 0.4 - 1)],
  ["ppo", -0.1, 0.3, Math.exp(-0.1 / 0.3 - 1)],
] as const)("a curve of %s is found again from its points, with its top", (kind, alpha, beta, top) => {
  const points = [0, 0.5, 1, 2, 3, 5].map((d) => ({ d, gold: heightOf(kind, { alpha, beta }, d) }));
  const fit = fitted(kind, points);
  expect(fit.alpha).toBeCloseTo(alpha, 9);
  expect(fit.beta).toBeCloseTo(beta, 9);
  expect(fit.top?.d).toBeCloseTo(top, 9);
  // It is the top: both sides are lower.
  for (const step of [-0.1, 0.1]) {
    expect(heightOf(kind, fit, top + step)).toBeLessThan(fit.top?.gold ?? 0);
  }
});

test("the formulas are Gao's", () => {
  expect(heightOf("best of n", { alpha: 2, beta: 0.5 }, 3)).toBeCloseTo(3 * (2 - 0.5 * 3), 12);
  expect(heightOf("ppo", { alpha: 2, beta: 0.5 }, 3)).toBeCloseTo(3 * (2 - 0.5 * Math.log(3)), 12);
  expect(heightOf("ppo", { alpha: 2, beta: 0.5 }, 0)).toBe(0);
});

test("what only rises has no top, and one distance makes no curve", () => {
  const rising = [1, 2, 3].map((d) => ({ d, gold: d + 0.2 * d * d }));
  expect(fitted("best of n", rising).top).toBeNull();
  expect(() => fitted("ppo", [{ d: 0, gold: 0 }])).toThrow("two distances");
  expect(() =>
    fitted(
      "ppo",
      [0.5, 0.7].map((gold) => ({ d: 2, gold })),
    ),
  ).toThrow("two distances");
});
