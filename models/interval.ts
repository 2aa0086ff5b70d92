// Many numbers as one figure, and how sure it is: percentile bootstrap (Efron 1979).
import { Random } from "./random.ts";

export interface Interval {
  /** The figure itself. */
  value: number;
  /** Its 95 % interval. */
  low: number;
  high: number;
}

/**
 * A statistic of some items with its 95 % interval: that of samples as large, drawn from them with replacement.
 * @param items what is independent of each other, e.g. prompts and not the pairs of a prompt; at least one
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  resamples = 1_000,
): Interval {
  if (items.length === 0) throw new RangeError("nothing to resample");
  const random = new Random(1);
  const seen = Array.from({ length: resamples }, () => statistic(items.map(() => random.pick(items)))).sort(
    (a, b) => a - b,
  );
  return {
    value: statistic(items),
    low: seen[Math.floor(0.025 * resamples)]!,
    high: seen[Math.ceil(0.975 * resamples) - 1]!,
  };
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Mean and population variance. */
export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const middle = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - middle) ** 2;
  return { mean: middle, variance: squares / values.length };
}
