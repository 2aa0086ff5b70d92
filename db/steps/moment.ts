// A moment of the project, told by the rows that were the last to come in then: what a run of training repeats on.
import { sql } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { demonstration, prompt, ranking, review } from "../schema/index.ts";

/** Their seqs; 0 where there was none yet. */
export interface Moment {
  ranking: number;
  demonstration: number;
  review: number;
  prompt: number;
}

export async function presentMoment(orm: Orm): Promise<Moment> {
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
