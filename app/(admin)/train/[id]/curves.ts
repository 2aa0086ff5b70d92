// From metric points, as they come in any order and sometimes twice, to the columns a plot and a table draw.
import type { MetricPoint } from "../../../../lib/api/contract.ts";

export interface Curve {
  name: string;
  /** One value for each step of `Curves.steps`; null where this metric was not measured. */
  values: (number | null)[];
}

export interface Curves {
  /** Ascending, each once. */
  steps: number[];
  curves: Curve[];
}

/** Training curves first, held-out ones after them. Points of the same name and step are one: a stream that was opened again sends the earlier ones once more. */
export function curvesOf(points: readonly MetricPoint[], isWanted: (name: string) => boolean): Curves {
  const byName = new Map<string, Map<number, number>>();
  for (const { name, step, value } of points) {
    if (!isWanted(name)) continue;
    const values = byName.get(name) ?? new Map<number, number>();
    byName.set(name, values.set(step, value));
  }
  const steps = [...new Set([...byName.values()].flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
  const isHeldOut = (name: string) => Number(name.startsWith("eval/"));
  const names = [...byName.keys()].sort((a, b) => isHeldOut(a) - isHeldOut(b) || a.localeCompare(b));
  const curves = names.map((name) => ({ name, values: steps.map((step) => byName.get(name)?.get(step) ?? null) }));
  return { steps, curves };
}

/** At most `most` rows of a long run, evenly spaced, the first and the last among them. */
export function thinned(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)));
}
