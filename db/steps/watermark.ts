// The project's data as of one time, named by the last row of each table then: a training run repeats on it.
import { sql } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { demonstration, prompt, ranking, review } from "../schema/index.ts";

/** A Watermark is the highest seq of each table: rows beyond it came later. 0 where there was no row yet. */
export interface Watermark {
  ranking: number;
  demonstration: number;
  review: number;
  prompt: number;
}

export async function currentWatermark(orm: Orm): Promise<Watermark> {
  const last = async (table: typeof ranking | typeof demonstration | typeof review | typeof prompt): Promise<number> =>
    (
      await orm
        .select({ seq: sql<number>`coalesce(max(${table.seq}), 0)` })
        .from(table)
        .get()
    )?.seq ?? 0;
  return {
    ranking: await last(ranking),
    demonstration: await last(demonstration),
    review: await last(review),
    prompt: await last(prompt),
  };
}
