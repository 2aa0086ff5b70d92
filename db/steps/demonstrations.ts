// Which demonstrations count, as SQL over a row of `demonstration` in the query around it.
import { sql } from "drizzle-orm";
import type { DemonstrationState } from "../../lib/preference/labeling.ts";

/** No later version takes its place. */
export const latestDemonstration = sql`not exists (
  select 1 from demonstration as newer where newer.revises = demonstration.id)`;

/** What its latest review says. */
export const demonstrationState = sql<DemonstrationState>`coalesce((
  select case when review.returned then 'returned' else 'accepted' end from demonstration_review as review
  where review.demonstration_id = demonstration.id order by review.seq desc limit 1), 'unreviewed')`;
