// Rankings wanted of a comparison, and still wanted: pieces of queries on `comparison` (under that name), the same for handing
// out, for counting and for what people see.
import { type SQL, sql } from "drizzle-orm";
import { limits } from "../../lib/vocabulary/limits.ts";
import type { Orm } from "../client.ts";
import { type assignmentStates, comparison } from "../schema/index.ts";

export type AssignmentState = (typeof assignmentStates)[number];

/** How many rankings a project wants of each comparison that has no number of its own. @param projectId an id, or a column */
export const wantedByProject = (projectId: unknown): SQL =>
  sql`coalesce((select cast(value as integer) from project_setting where project_id = ${projectId} and name = 'rankingsWanted'), ${sql.raw(String(limits.rankingsWanted.default))})`;

/** How many rankings count: one of each labeler, whatever its versions. */
export const rankingCount = sql<number>`(select count(*) from ranking where comparison_id = comparison.id and version = 1)`;

/** A condition: the answers are there and rankings of them still wanted. In the words of the index comparison_wanting. */
export const isWanting = sql`comparison.state = 'ready' and comparison.still_wanted > 0`;

/** A condition: it has as many rankings as were wanted, or more. */
export const isComplete = sql`comparison.state = 'ready' and comparison.still_wanted <= 0`;

/**
 * How many people hold the comparison under a lease that runs.
 * @param now a time, or the placeholder of one
 * @param except not counting this person
 */
export const holders = (now: unknown, except?: string): SQL<number> =>
  sql`(select count(*) from assignment where comparison_id = comparison.id and state = 'held' and lease_until > ${now}
    ${except === undefined ? sql`` : sql`and labeler_id <> ${except}`})`;

const isOf = (labelerId: unknown, ...states: AssignmentState[]): SQL =>
  sql`exists (select 1 from assignment where comparison_id = comparison.id and labeler_id = ${labelerId}
    and state in (${sql.raw(states.map((state) => `'${state}'`).join())}))`;

/** A condition: this person holds the comparison or has ranked it. @param labelerId an id, or the placeholder of one */
export const isTakenBy = (labelerId: unknown): SQL => isOf(labelerId, "held", "submitted");

/** A condition: this person has begun to rank it and may still finish, be it late. */
export const isBegunBy = (labelerId: unknown): SQL => isOf(labelerId, "held", "expired");

/** How many rankings a comparison is to get. */
export const wanted = sql<number>`coalesce(comparison.wanted, ${wantedByProject(sql`comparison.project_id`)})`;

/** Recounts how many rankings of some comparisons are still wanted, after a ranking or a change of the number. */
export async function countStillWanted(tx: Orm, which: SQL): Promise<void> {
  const stillWanted = sql`${wanted} - ${rankingCount}`;
  await tx.update(comparison).set({ stillWanted }).where(which).run();
}
