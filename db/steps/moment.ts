// A moment of the project, told by the rows that were the last to come in then: what a run of training repeats on.
import { sql } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { demonstration, demonstrationReview, prompt, ranking } from "../schema/index.ts";

/** Their seqs; 0 where there was none yet. */
export interface Moment {
  ranking: number;
  demonstration: number;
  review: number;
  prompt: number;
}

export function presentMoment(orm: Orm): Moment {
  const last = (table: typeof ranking | typeof demonstration | typeof demonstrationReview | typeof prompt): number =>
    orm
      .select({ seq: sql<number>`coalesce(max(${table.seq}), 0)` })
      .from(table)
      .get()?.seq ?? 0;
  return {
    ranking: last(ranking),
    demonstration: last(demonstration),
    review: last(demonstrationReview),
    prompt: last(prompt),
  };
}
