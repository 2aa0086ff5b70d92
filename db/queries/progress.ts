// How far the project is, in counts.
import { sql } from "drizzle-orm";
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
  return ormOf(db).get<Overview>(sql`
    select
      (select count(*) from prompt where archived_at is null) as prompts,
      (select count(*) from demonstration where revises is null) as demonstrations,
      (select count(*) from demonstration where author_id <> ${personId}
        and not exists (select 1 from demonstration_review where demonstration_id = demonstration.id)
        and ${latestDemonstration()}) as demonstrationsToReview,
      (select count(*) from demonstration where ${latestDemonstration()}
        and author_id = ${personId} and ${demonstrationState} = 'returned') as demonstrationsReturned,
      (select count(*) from ranking_review join ranking on ranking.id = ranking_id
        where verdict = 'again' and answered_at is null and labeler_id = ${personId}
        and ${latestVersion()}) as rankingsAskedAgain,
      (select count(*) from comparison where state = 'ready' and not ${isArchived} and not ${isSetAside}) as comparisonsReady,
      (select count(*) from comparison where state = 'ready' and not ${isArchived} and ${isSetAside}) as setAside,
      (select count(*) from comparison where state = 'ranked') as comparisonsRanked,
      (select count(*) from ranking where version = 1) as rankings,
      (select coalesce(sum(strict + tied), 0) from ranking where version = 1) as pairs,
      (select coalesce(sum(strict + tied), 0) from ranking where version = 1 and seq > (select coalesce(max(through_ranking), 0)
        from training_run join job on job.id = training_run.job_id
        where training_run.kind in ('reward', 'dpo') and job.state in ('waiting', 'running', 'done'))) as newPairs,
      (select count(*) from ranking where labeler_id = ${personId} and version = 1) as myRankings,
      (select count(*) from demonstration where author_id = ${personId} and version = 1) as myDemonstrations,
      (select count(distinct comparison_id) from ranking
        where version = 1 and submitted_at > ${now - weekMs}) as rankedLastWeek,
      (select min(7.0, max(1.0, (${now} - coalesce(min(submitted_at), ${now})) * 1.0 / ${dayMs})) from ranking) as daysRanked,
      (select count(*) from comparison where state = 'ready' and not ${isArchived} and not ${isSetAside}
        and not ${heldByOthers} and not ${isSkippedBy(personId)}) as waitingForMe,
      (select count(*) from comparison where state = 'ready' and not ${isArchived} and not ${isSetAside}
        and ${heldByOthers} and not ${isSkippedBy(personId)}) as rankedByOthers
  `);
}
