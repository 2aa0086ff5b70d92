// From metric points, as they come in any order and sometimes twice, to the columns a plot and a table draw.
import type { MetricPoint } from "../../../../../../lib/training/shapes.ts";
import { metricName } from "../../metrics.ts";

export interface Curve {
  /** The metric. */
  name: string;
  /** Name of the run; null where there is only one. */
  run: string | null;
  /** One value for each step of `Curves.steps`; null where this metric was not measured. */
  values: (number | null)[];
}

export interface Curves {
  /** Ascending, each once. */
  steps: number[];
  curves: Curve[];
}

/** The points of a run. Those of the same name and step are one: a stream that was opened again sends the earlier ones once more. */
export interface RunPoints {
  run: string | null;
  points: readonly MetricPoint[];
}

/** The curves of these metrics on common steps: in the order of `names`, and of each the runs in theirs. */
export function curvesOf(runs: readonly RunPoints[], names: readonly string[]): Curves {
  const measured = names.flatMap((name) =>
    runs.flatMap(({ run, points }) => {
      const values = new Map(points.filter((point) => point.name === name).map(({ step, value }) => [step, value]));
      return values.size > 0 ? [{ name, run, values }] : [];
    }),
  );
  const steps = [...new Set(measured.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  const curves = measured.map((curve) => ({
    ...curve,
    values: steps.map((step) => curve.values.get(step) ?? null),
  }));
  return { steps, curves };
}

/** At most `most` rows of a long run, evenly spaced, the first and the last among them. */
export function thinned(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)));
}

/** Has it one value only? */
export const isAlone = ({ values }: Curve): boolean => values.filter((value) => value !== null).length === 1;

/** Of a vertical axis: a little more than its values; around a single value as much as it is large. */
export function rangeAround(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = high > low ? (high - low) * 0.1 : Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}

/** As few digits as tell the ticks apart: [0.50012, 0.50016] → ["0.50012", "0.50016"], not one number twice. */
export function tickTexts(ticks: readonly number[]): string[] {
  for (let digits = 4; digits < 12; digits++) {
    const texts = ticks.map((tick) =>
      Number(tick.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits }),
    );
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map(String);
}

/** "Held-out loss", of several runs "Held-out loss · First" */
export const curveName = ({ name, run }: Pick<Curve, "name" | "run">): string =>
  run === null ? metricName(name) : `${metricName(name)} · ${run}`;
