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
 * A condition on `demonstration`: it is the latest version.
 * @param through a seq: what counted when this one was the last to come in
 */
export function latestDemonstration(through?: number): SQL {
  const until = (seq: string) => (through === undefined ? sql`` : sql`${sql.raw(seq)} <= ${through} and`);
  return sql`(${until("demonstration.seq")} not exists (select 1 from demonstration as newer
    where ${until("newer.seq")} newer.revises = demonstration.id))`;
}

/** The state of a demonstration by its latest review. */
export const demonstrationState = stateAt();

/** A condition on `demonstration`: it is the latest version and was not sent back, now or as of a watermark. */
export const demonstrationInUse = (at?: Watermark): SQL =>
  sql`(${latestDemonstration(at?.demonstration)} and ${stateAt(at)} <> 'returned')`;

/** Inserts the first version of a demonstration. @returns its id */
export async function addDemonstration(
  orm: Orm,
  { now: createdAt, ...row }: { projectId: string; promptId: string; text: string; authorId: string; now: number },
): Promise<string> {
  const id = newId();
  await orm
    .insert(demonstration)
    .values({ id, ...row, createdAt })
    .run();
  return id;
}
