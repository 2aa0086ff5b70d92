// How far the project is, in counts.
import { type SQL, sql } from "drizzle-orm";
import { type Database, ormOf } from "../client.ts";
import { demonstrationState, latestDemonstration } from "../steps/demonstrations.ts";
import { isArchived } from "../steps/prompts.ts";
import { latestVersion } from "../steps/rankings.ts";
import { isSetAside, isSkippedBy } from "../steps/skips.ts";

export interface Overview {
  prompts: number;
  demonstrations: number;
  demonstrationsToReview: number;
  demonstrationsReturned: number;
  rankingsAskedAgain: number;
  comparisonsReady: number;
  comparisonsRanked: number;
  rankings: number;
  pairs: number;
  /** Those that no training run has read or is reading. */
  newPairs: number;
  waitingForMe: number;
  rankedByOthers: number;
  setAside: number;
  myRankings: number;
  myDemonstrations: number;
  rankedLastWeek: number;
  daysRanked: number;
}

const dayMs = 24 * 60 * 60 * 1_000;
const weekMs = 7 * dayMs;

/**
 * A demonstration or ranking counts once, whatever its versions: by the first, which is found most quickly (screens ask
 * again and again); all versions of a ranking have as many pairs. `comparisonsReady` are left to rank, those set aside not
 * among them. `waitingForMe`: of those, not skipped by this person, and not held by someone else under a running lease;
 * `rankedByOthers`: held so. `demonstrationsToReview`: nobody has, and this person did not write them.
 */
export async function overview(db: Database, input: { personId: string; now: number }): Promise<Overview> {
  const { personId, now } = input;
  const heldByOthers = sql`exists (select 1 from assignment where comparison_id = comparison.id
    and state = 'held' and lease_until > ${now} and labeler_id <> ${personId})`;
  const isLeft = sql`state = 'ready' and not ${isArchived} and not ${isSetAside}`;
  const row = await ormOf(db)
    .select({
      prompts: count(sql`prompt where archived_at is null`),
      demonstrations: count(sql`demonstration where revises is null`),
      demonstrationsToReview: count(sql`demonstration where author_id <> ${personId}
        and not exists (select 1 from demonstration_review where demonstration_id = demonstration.id)
        and ${latestDemonstration()}`),
      demonstrationsReturned: count(sql`demonstration where ${latestDemonstration()}
        and author_id = ${personId} and ${demonstrationState} = 'returned'`),
      rankingsAskedAgain: count(sql`ranking_review join ranking on ranking.id = ranking_id
        where verdict = 'again' and answered_at is null and labeler_id = ${personId} and ${latestVersion()}`),
      comparisonsReady: count(sql`comparison where ${isLeft}`),
      setAside: count(sql`comparison where state = 'ready' and not ${isArchived} and ${isSetAside}`),
      comparisonsRanked: count(sql`comparison where state = 'ranked'`),
      rankings: count(sql`ranking where version = 1`),
      pairs: sql<number>`(select coalesce(sum(strict + tied), 0) from ranking where version = 1)`,
      newPairs: sql<number>`(select coalesce(sum(strict + tied), 0) from ranking where version = 1
        and seq > (select coalesce(max(through_ranking), 0) from training_run join job on job.id = training_run.job_id
          where training_run.kind in ('reward', 'dpo') and job.state in ('waiting', 'running', 'done')))`,
      myRankings: count(sql`ranking where labeler_id = ${personId} and version = 1`),
      myDemonstrations: count(sql`demonstration where author_id = ${personId} and version = 1`),
      rankedLastWeek: sql<number>`(select count(distinct comparison_id) from ranking
        where version = 1 and submitted_at > ${now - weekMs})`,
      firstRankingAt: sql<number | null>`(select min(submitted_at) from ranking)`,
      waitingForMe: count(sql`comparison where ${isLeft} and not ${heldByOthers} and not ${isSkippedBy(personId)}`),
      rankedByOthers: count(sql`comparison where ${isLeft} and ${heldByOthers} and not ${isSkippedBy(personId)}`),
    })
    .from(sql`(select 1) as one`)
    .get();
  if (!row) throw new Error("A row of counts is always there.");
  const { firstRankingAt, ...counts } = row;
  return { ...counts, daysRanked: Math.min(7, Math.max(1, (now - (firstRankingAt ?? now)) / dayMs)) };
}

/** The number of rows of `from`: a table, with a condition or not. */
const count = (from: SQL) => sql<number>`(select count(*) from ${from})`;
