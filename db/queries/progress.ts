// How far the project is, in counts.
import { sql } from "drizzle-orm";
import { type Database, ormOf } from "../client.ts";

export interface Overview {
  prompts: number;
  demonstrations: number;
  comparisonsReady: number;
  comparisonsRanked: number;
  rankings: number;
  pairs: number;
  waitingForMe: number;
  myRankings: number;
}

/** `waitingForMe`: ready, not skipped by this person, not held by someone else under a running lease. */
export async function overview(db: Database, input: { personId: string; now: number }): Promise<Overview> {
  const { personId, now } = input;
  return ormOf(db).get<Overview>(sql`
    select
      (select count(*) from prompt) as prompts,
      (select count(*) from demonstration) as demonstrations,
      (select count(*) from comparison where state = 'ready') as comparisonsReady,
      (select count(*) from comparison where state = 'ranked') as comparisonsRanked,
      (select count(*) from ranking) as rankings,
      (select coalesce(sum(strict + tied), 0) from ranking) as pairs,
      (select count(*) from ranking where labeler_id = ${personId}) as myRankings,
      (select count(*) from comparison where state = 'ready'
        and not exists (select 1 from assignment where comparison_id = comparison.id
          and state = 'held' and lease_until > ${now} and labeler_id <> ${personId})
        and not exists (select 1 from assignment where labeler_id = ${personId}
          and comparison_id = comparison.id and state = 'skipped')) as waitingForMe
  `);
}
