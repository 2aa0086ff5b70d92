import { expect, test } from "vitest";
import { bootstrap, mean } from "./interval.ts";
import { Random } from "./random.ts";

test("the interval of a mean is that of the normal approximation, for many items", () => {
  const random = new Random(3);
  const values = Array.from({ length: 2_000 }, () => 5 + 2 * random.normal());
  const { value, low, high } = bootstrap(values, mean);
  expect(value).toBeCloseTo(mean(values), 12);
  const half = (1.96 * 2) / Math.sqrt(2_000);
  expect(Math.abs(high - value - half)).toBeLessThan(0.15 * half);
  expect(Math.abs(value - low - half)).toBeLessThan(0.15 * half);
});

test("it covers the truth about 95 times in a hundred", () => {
  const random = new Random(4);
  let covered = 0;
  for (let i = 0; i < 200; i++) {
    const { low, high } = bootstrap(
      Array.from({ length: 60 }, () => random.normal()),
      mean,
      400,
    );
    if (low <= 0 && 0 <= high) covered++;
  }
  expect(covered).toBeGreaterThan(178);
  expect(covered).toBeLessThan(199);
});

test("one item has no width, none is an error", () => {
  expect(bootstrap([7], mean)).toEqual({ value: 7, low: 7, high: 7 });
  expect(() => bootstrap([], mean)).toThrow("nothing to resample");
});
