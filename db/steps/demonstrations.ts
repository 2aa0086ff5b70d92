// Demonstrations: adding one, and which of them count, as SQL over a row of `demonstration` in the query around it.
import { type SQL, sql } from "drizzle-orm";
import type { DemonstrationState } from "../../lib/vocabulary/labeling.ts";
import type { Orm } from "../client.ts";
import { newId } from "../id.ts";
import { demonstration } from "../schema/index.ts";
import type { Watermark } from "./watermark.ts";

const stateAt = (at?: Watermark) => sql<DemonstrationState>`coalesce((
  select case when review.returned = 1 then 'returned' else 'accepted' end from review
  where review.demonstration_id = demonstration.id
  ${at === undefined ? sql`` : sql`and review.seq <= ${at.review}`}
  order by review.seq desc limit 1), 'unreviewed')`;

/**
 * No later version takes its place.
 * @param through a seq: what counted when this one was the last to come in
 */
export function latestDemonstration(through?: number): SQL {
  const until = (seq: string) => (through === undefined ? sql`` : sql`${sql.raw(seq)} <= ${through} and`);
  return sql`(${until("demonstration.seq")} not exists (select 1 from demonstration as newer
    where ${until("newer.seq")} newer.revises = demonstration.id))`;
}

/** What its latest review says. */
export const demonstrationState = stateAt();

/** The latest version, which no reviewer has sent back: now, or as it was at an earlier moment. */
export const demonstrationInUse = (at?: Watermark): SQL =>
  sql`(${latestDemonstration(at?.demonstration)} and ${stateAt(at)} <> 'returned')`;

/** A demonstration's first version. @returns its id */
export async function addDemonstration(
  orm: Orm,
  { now: createdAt, ...row }: { promptId: string; text: string; authorId: string; now: number },
): Promise<string> {
  const id = newId();
  await orm
    .insert(demonstration)
    .values({ id, ...row, createdAt })
    .run();
  return id;
}
