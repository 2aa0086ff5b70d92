// The generator of choices: repeatable, even, and fair to weights.
import { expect, test } from "vitest";
import { Random } from "../random.ts";

const draw = (seed: number, n = 20) => {
  const r = new Random(seed);
  return Array.from({ length: n }, () => r.next());
};

test("equal seeds repeat, neighbouring and large seeds differ", () => {
  expect(draw(5)).toEqual(draw(5));
  const firsts = new Set([0, 1, 2, 3, 0x5eed, 2 ** 32, 2 ** 32 + 1, 2 ** 45].map((seed) => draw(seed, 1)[0]));
  expect(firsts.size).toBe(8);
});

test("stays in [0, 1) and is even in ten bins", () => {
  const values = draw(9, 100_000);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  const bins = new Array<number>(10).fill(0);
  for (const value of values) bins[Math.floor(value * 10)]!++;
  // Five standard deviations of a binomial(100,000, 0.1) are 474.
  for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(474);
});

test("int reaches both ends, sample repeats nothing, weights count", () => {
  const r = new Random(1);
  expect(new Set(Array.from({ length: 200 }, () => r.int(2, 5)))).toEqual(new Set([2, 3, 4, 5]));
  for (let i = 0; i < 100; i++) expect(new Set(r.sample([1, 2, 3, 4, 5], 4)).size).toBe(4);
  expect(r.sample([1, 2], 5)).toHaveLength(2);
  const heads = Array.from({ length: 10_000 }, () =>
    r.weighted([
      [3, "a"],
      [1, "b"],
    ]),
  ).filter((side) => side === "a");
  expect(Math.abs(heads.length - 7_500)).toBeLessThan(220);
  expect(r.pickOther(["x", "y"], "x")).toBe("y");
});
