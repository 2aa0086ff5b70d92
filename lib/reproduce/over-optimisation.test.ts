import { expect, test } from "vitest";
import { fitted, heightOf, isOverOptimised, pointsIn, rise } from "./over-optimisation.ts";

test.each([
  ["best of n", 1.2, 0.3, 2],
  ["ppo", 0.9, 0.4, Math.exp(0.9 / 0.4 - 1)],
  ["ppo", -0.1, 0.3, Math.exp(-0.1 / 0.3 - 1)],
] as const)("a curve of %s is found again from its points, with its top", (kind, alpha, beta, top) => {
  const points = [0, 0.5, 1, 2, 3, 5].map((d) => ({ d, gold: heightOf(kind, { alpha, beta }, d) }));
  const fit = fitted(kind, points);
  expect(fit.alpha).toBeCloseTo(alpha, 9);
  expect(fit.beta).toBeCloseTo(beta, 9);
  // Both sides of its top are lower.
  for (const step of [-0.1, 0.1]) {
    expect(heightOf(kind, fit, top + step)).toBeLessThan(heightOf(kind, fit, top));
  }
});

test("the formulas are Gao's", () => {
  expect(heightOf("best of n", { alpha: 2, beta: 0.5 }, 3)).toBeCloseTo(3 * (2 - 0.5 * 3), 12);
  expect(heightOf("ppo", { alpha: 2, beta: 0.5 }, 3)).toBeCloseTo(3 * (2 - 0.5 * Math.log(3)), 12);
  expect(heightOf("ppo", { alpha: 2, beta: 0.5 }, 0)).toBe(0);
});

test("what rises faster and faster has a β below 0, and one distance makes no curve", () => {
  const rising = [1, 2, 3].map((d) => ({ d, gold: d + 0.2 * d * d }));
  expect(fitted("best of n", rising).beta).toBeCloseTo(-0.2, 9);
  expect(() => fitted("ppo", [{ d: 0, gold: 0 }])).toThrow("two distances");
  expect(() =>
    fitted(
      "ppo",
      [0.5, 0.7].map((gold) => ({ d: 2, gold })),
    ),
  ).toThrow("two distances");
});

test("of an iteration taken again the last point counts, and a line that a kill cut off is none", () => {
  const line = (number: number, gold: number) => JSON.stringify({ number, seed: 1, d: number / 10, proxy: 0.5, gold });
  const file = `\n${line(1, 0.1)}\n\n${line(2, 0.9)}\n\n${line(2, 0.2).slice(0, 30)}\n${line(2, 0.2)}\n\n${line(3, 0.3)}\n`;
  expect(pointsIn(file)).toEqual([
    { seed: 1, d: 0.1, proxy: 0.5, gold: 0.1 },
    { seed: 1, d: 0.2, proxy: 0.5, gold: 0.2 },
    { seed: 1, d: 0.3, proxy: 0.5, gold: 0.3 },
  ]);
  expect(pointsIn(`\n${line(1, 0.1)}\n\n{"number":2,"seed":1,"d":0.`)).toHaveLength(1);
});

test("over-optimised is what falls while the proxy rises, and neither what rises nor what both say is worse", () => {
  const points = (gold: (d: number) => number, proxy: (d: number) => number) =>
    Array.from({ length: 20 }, (_, i) => ({ seed: 1, d: i / 10, proxy: proxy(i / 10), gold: gold(i / 10) }));
  const hill = (d: number) => d * (1 - 0.6 * d);
  expect(isOverOptimised(points(hill, (d) => d))).toBe(true);
  expect(rise(points(hill, (d) => d)).top.d).toBeCloseTo(0.95, 9);
  expect(
    isOverOptimised(
      points(
        (d) => -d,
        (d) => d,
      ),
    ),
  ).toBe(true);
  expect(
    isOverOptimised(
      points(
        (d) => d,
        (d) => 2 * d,
      ),
    ),
  ).toBe(false);
  expect(isOverOptimised(points(hill, (d) => -d))).toBe(false);
  expect(
    isOverOptimised(
      points(
        () => 0.3,
        (d) => d,
      ),
    ),
  ).toBe(false);
});
