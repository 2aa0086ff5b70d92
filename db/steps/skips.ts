// Who has skipped a comparison: pieces of queries on `comparison` (under that name), the same for handing out, for counting
// and for the list of leads.
import { type SQL, sql } from "drizzle-orm";
import { duties } from "../../lib/vocabulary/labeling.ts";

/** A condition on `assignment`: a skip counts until a lead hands the comparison out again. In the index's own words. */
export const standingSkip = sql`state = 'skipped' and ended_at > coalesce(comparison.handed_out_at, -1)`;

const skips = sql`(select count(*) from assignment where comparison_id = comparison.id and ${standingSkip})`;
export const isSkipped = sql`${skips} > 0`;

/** A condition: this person has skipped the comparison. @param labelerId an id, or the placeholder of one */
export const isSkippedBy = (labelerId: unknown): SQL =>
  sql`exists (select 1 from assignment where comparison_id = comparison.id and labeler_id = ${labelerId} and ${standingSkip})`;

const rankers = sql`(select count(*) from member join "user" on "user".id = member.user_id
  where member.project_id = comparison.project_id and coalesce(banned, 0) = 0 and member.role in (${sql.join(
    duties.rank.map((role) => sql`${role}`),
    sql`, `,
  )}))`;

/** A condition: two people, or all who rank where they are fewer, have skipped it, so it is not handed out any more. */
export const isSetAside = sql`(${skips} >= 2 or (${skips} = 1 and ${rankers} <= 1))`;
