// The project's progress, in counts.
import { type SQL, sql } from "drizzle-orm";
import type { InProject } from "../change.ts";
import { ormOf } from "../client.ts";
import { demonstrationState, latestDemonstration } from "../steps/demonstrations.ts";
import { isArchived } from "../steps/prompts.ts";
import { isLatestReview, latestVersion } from "../steps/rankings.ts";
import { isSetAside, isSkippedBy } from "../steps/skips.ts";
import { holders, isComplete, isWanting } from "../steps/wanted.ts";

export interface Overview {
  prompts: number;
  demonstrations: number;
  demonstrationsToReview: number;
  demonstrationsReturned: number;
  rankingsAskedAgain: number;
  comparisonsLeft: number;
  comparisonsComplete: number;
  rankingsLeft: number;
  rankings: number;
  pairs: number;
  /** Pairs that no training run has read or is reading. */
  newPairs: number;
  waitingForMe: number;
  rankedByOthers: number;
  setAside: number;
  myRankings: number;
  myDemonstrations: number;
  rankingsLastWeek: number;
  daysRanked: number;
}

const dayMs = 24 * 60 * 60 * 1_000;
const weekMs = 7 * dayMs;

/**
 * A demonstration or ranking counts once, whatever its versions: by the first, which is found most quickly (screens ask
 * again and again); all versions of a ranking have as many pairs. `comparisonsLeft` lack rankings that are wanted, those set
 * aside not among them; `rankingsLeft`: how many they lack in all. `waitingForMe`: of those, neither ranked nor skipped by
 * this person, and held by fewer others than rankings are wanted, under running leases; `rankedByOthers`: held by as many.
 * `demonstrationsToReview`: nobody has, and this person did not write them.
 */
export async function overview(
  { db, project }: InProject,
  input: { personId: string; now: number },
): Promise<Overview> {
  const { personId, now } = input;
  const ours = sql`project_id = ${project}`;
  const isLeft = sql`${ours} and ${isWanting} and not ${isArchived} and not ${isSetAside}`;
  const isLeftToMe = sql`${isLeft} and not ${isSkippedBy(personId)} and not exists (select 1 from ranking
    where comparison_id = comparison.id and labeler_id = ${personId})`;
  const isHeldByOthers = sql`${holders(now, personId)} >= comparison.still_wanted`;
  const row = await ormOf(db)
    .select({
      prompts: count(sql`prompt where ${ours} and archived_at is null`),
      demonstrations: count(sql`demonstration where ${ours} and revises is null`),
      demonstrationsToReview: count(sql`demonstration where ${ours} and author_id is distinct from ${personId}
        and not exists (select 1 from review where demonstration_id = demonstration.id)
        and ${latestDemonstration()}`),
      demonstrationsReturned: count(sql`demonstration where ${ours} and ${latestDemonstration()}
        and author_id = ${personId} and ${demonstrationState} = 'returned'`),
      rankingsAskedAgain: count(sql`review join ranking on ranking.id = review.ranking_id
        where ranking.project_id = ${project} and ${isLatestReview} and returned = 1 and answered_at is null and labeler_id = ${personId} and ${latestVersion()}`),
      comparisonsLeft: count(sql`comparison where ${isLeft}`),
      rankingsLeft: sql<number>`(select coalesce(sum(still_wanted), 0) from comparison where ${isLeft})`,
      setAside: count(sql`comparison where ${ours} and ${isWanting} and not ${isArchived} and ${isSetAside}`),
      comparisonsComplete: count(sql`comparison where ${ours} and ${isComplete}`),
      rankings: count(sql`ranking where ${ours} and version = 1`),
      pairs: sql<number>`(select coalesce(sum(strict + tied), 0) from ranking where ${ours} and version = 1)`,
      newPairs: sql<number>`(select coalesce(sum(strict + tied), 0) from ranking where ${ours} and version = 1
        and seq > (select coalesce(max(through_ranking), 0) from training_run join job on job.id = training_run.job_id
          where training_run.project_id = ${project} and training_run.kind in ('reward', 'dpo') and job.state in ('waiting', 'running', 'done')))`,
      myRankings: count(sql`ranking where ${ours} and labeler_id = ${personId} and version = 1`),
      myDemonstrations: count(sql`demonstration where ${ours} and author_id = ${personId} and version = 1`),
      rankingsLastWeek: count(
        sql`ranking where ${ours} and version = 1 and source_id is null and submitted_at > ${now - weekMs}`,
      ),
      firstRankingAt: sql<number | null>`(select min(submitted_at) from ranking where ${ours} and source_id is null)`,
      waitingForMe: count(sql`comparison where ${isLeftToMe} and not ${isHeldByOthers}`),
      rankedByOthers: count(sql`comparison where ${isLeftToMe} and ${isHeldByOthers}`),
    })
    .from(sql`(select 1) as one`)
    .get();
  if (!row) throw new Error("A row of counts is always there.");
  const { firstRankingAt, ...counts } = row;
  return { ...counts, daysRanked: Math.min(7, Math.max(1, (now - (firstRankingAt ?? now)) / dayMs)) };
}

/** The number of rows of `from`: a table, with a condition or not. */
const count = (from: SQL) => sql<number>`(select count(*) from ${from})`;
