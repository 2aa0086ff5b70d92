// How sure a figure is: percentile bootstrap (Efron 1979).
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

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
