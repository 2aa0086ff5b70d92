import { expect, test } from "vitest";
import { fallsOf, fitted, heightOf, pointsIn } from "./over-optimisation.ts";

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

const points = (seed: number, gold: (d: number) => number, proxy: (d: number) => number = (d) => d) =>
  Array.from({ length: 20 }, (_, i) => ({ seed, d: i / 10, proxy: proxy(i / 10), gold: gold(i / 10) }));
const hill = (d: number) => d * (1 - 0.6 * d);
const overOptimised = (all: Parameters<typeof fallsOf>[0]) => fallsOf(all).map((fall) => fall.overOptimised);

test("over-optimised is what falls while the proxy rises, and neither what rises nor what both say is worse", () => {
  expect(overOptimised(points(1, hill))).toEqual([true]);
  expect(fallsOf(points(1, hill))[0]!.top.d).toBeCloseTo(0.95, 9);
  expect(overOptimised(points(1, (d) => -d))).toEqual([true]);
  expect(overOptimised(points(1, (d) => d))).toEqual([false]);
  expect(overOptimised(points(1, hill, (d) => -d))).toEqual([false]);
  expect(overOptimised(points(1, () => 0.3))).toEqual([false]);
});

test("where a seed's top is, the other seeds say", () => {
  // The first one's luck lies at a distance of about 0.55: it would choose that, and fall. The others have risen all along.
  const lucky = points(1, (d) => (d > 0.35 && d < 0.8 ? 5 : d));
  expect(overOptimised(lucky)).toEqual([true]);
  const all = [...lucky, ...points(2, (d) => d), ...points(3, (d) => d)];
  expect(overOptimised(all)).toEqual([false, false, false]);
  expect(fallsOf(all).map(({ seed, top }) => [seed, top.d.toFixed(2)])).toEqual([
    [1, "1.75"],
    [2, "0.55"],
    [3, "0.55"],
  ]);
});
