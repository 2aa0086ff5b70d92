// How benchmarks measure on a machine that others use too: rounds that take turns, medians, ratios within a round.

export function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Time of one call, ms. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The shortest of several calls, ms: what the machine can do when nobody disturbs it. */
export async function best(calls: number, run: () => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < calls; i++) shortest = Math.min(shortest, await timed(run));
  return shortest;
}

/** Resident memory of this process now, MB. */
export const residentMb = (): number => Math.round(process.memoryUsage.rss() / 1e6);

/** The most it ever was, MB. */
export const peakMb = (): number => Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);

/** A line of a report: what, figure, and what it is measured against. */
export function report(what: string, figure: string, beside = ""): void {
  console.log(`${what.padEnd(44)}${figure.padStart(18)}   ${beside}`.trimEnd());
}
