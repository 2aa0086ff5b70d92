// Which rankings and which reviews count, and what rankings contain: pieces of queries, the same for all of them.
import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type AnswerFlag, answerFlagNames, type PromptFlag, promptFlagNames } from "../../lib/vocabulary/labeling.ts";
import type { Orm } from "../client.ts";
import { ranking, rankingPromptFlag, rankingTier, rating, ratingFlag, user } from "../schema/index.ts";

/** Whose ranking it is, over `ranking` with its `user` left-joined: null where a data source does not say. */
export const rankedBy = sql<string | null>`coalesce(${user.username}, ${ranking.externalLabeler})`;

/**
 * A condition on `ranking` (under that name): it is the latest version, which alone counts.
 * @param through a seq: as of the time when this was the last ranking
 */
export function latestVersion(through?: number): SQL {
  const until = (seq: string) => (through === undefined ? sql`` : sql`${sql.raw(seq)} <= ${through} and`);
  // In the names of the tables, so that it fits into handwritten SQL as well.
  return sql`(${until("ranking.seq")} not exists (select 1 from ranking as later where ${until("later.seq")}
    later.assignment_id = ranking.assignment_id and later.version > ranking.version))`;
}

/** A rating is a person's opinion of one answer alone. `position` is its place in the order shown, from 0. */
export interface Rating {
  position: number;
  likert: number;
  /** In the order of answerFlagNames, each once. */
  flags: AnswerFlag[];
  note: string;
  spentMs: number;
}

/** RankingContent is all that a labeler says of the answers to one prompt. */
export interface RankingContent {
  /** Positions by tier, best first; ascending within a tier. */
  tiers: number[][];
  /** By position. */
  ratings: Rating[];
  /** In the order of promptFlagNames, each once. */
  promptFlags: PromptFlag[];
}

/** The tiers of these rankings, by id. */
export async function tiersOf(orm: Orm, rankingIds: readonly string[]): Promise<Map<string, number[][]>> {
  const rows = await orm
    .select({ rankingId: rankingTier.rankingId, position: rankingTier.position, tier: rankingTier.tier })
    .from(rankingTier)
    .where(inArray(rankingTier.rankingId, [...rankingIds]))
    .orderBy(asc(rankingTier.position))
    .all();
  const byRanking = new Map<string, number[][]>();
  for (const { rankingId, position, tier } of rows) {
    const tiers = byRanking.get(rankingId) ?? [];
    byRanking.set(rankingId, tiers);
    tiers[tier - 1] ??= [];
    tiers[tier - 1]?.push(position);
  }
  return byRanking;
}

/** The contents of these rankings, by id. */
export async function rankingContents(orm: Orm, rankingIds: readonly string[]): Promise<Map<string, RankingContent>> {
  const ids = [...rankingIds];
  const rated = await orm
    .select({
      rankingId: rating.rankingId,
      candidateId: rating.candidateId,
      position: rankingTier.position,
      likert: rating.likert,
      note: rating.note,
      spentMs: rating.spentMs,
    })
    .from(rating)
    .innerJoin(
      rankingTier,
      and(eq(rankingTier.rankingId, rating.rankingId), eq(rankingTier.candidateId, rating.candidateId)),
    )
    .where(inArray(rating.rankingId, ids))
    .orderBy(asc(rankingTier.position))
    .all();
  const flags = await orm.select().from(ratingFlag).where(inArray(ratingFlag.rankingId, ids)).all();
  const promptFlags = await orm.select().from(rankingPromptFlag).where(inArray(rankingPromptFlag.rankingId, ids)).all();
  return new Map(
    [...(await tiersOf(orm, ids))].map(([id, tiers]) => [
      id,
      {
        tiers,
        ratings: rated
          .filter((one) => one.rankingId === id)
          .map(({ rankingId, candidateId, ...one }) => ({
            ...one,
            flags: inOrder(
              answerFlagNames,
              flags.filter((row) => row.rankingId === id && row.candidateId === candidateId),
            ),
          })),
        promptFlags: inOrder(
          promptFlagNames,
          promptFlags.filter((row) => row.rankingId === id),
        ),
      },
    ]),
  );
}

const inOrder = <T>(names: readonly T[], rows: readonly { flag: T }[]): T[] =>
  names.filter((name) => rows.some(({ flag }) => flag === name));

/** A condition on `review`: it is the latest of its demonstration or of its ranking. */
export const isLatestReview = sql`review.seq = (select max(later.seq) from review as later
  where later.demonstration_id = review.demonstration_id or later.ranking_id = review.ranking_id)`;
