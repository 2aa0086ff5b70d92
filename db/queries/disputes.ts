// Rankings beside the reward model's order: those it disagrees with most, and what reviewers say of them.
import { isDeepStrictEqual } from "node:util";
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, not, or, sql } from "drizzle-orm";
import type { RankingVerdict, Split } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type PersonScope, textHash } from "../change.ts";
import { type Orm, ormOf } from "../client.ts";
import { comparison, dataSource, prompt, ranking, rankingAgreement, review, user } from "../schema/index.ts";
import { isLatestReview, latestVersion, rankedBy, tiersOf } from "../steps/rankings.ts";
import { currentScores, type ModelScores } from "../steps/scores.ts";
import { isBegunBy, isComplete } from "../steps/wanted.ts";

export interface Dispute extends ModelScores {
  /** Of the ranking. */
  id: string;
  comparisonId: string;
  promptText: string;
  useCase: string;
  split: Split;
  /** User name, or what the data source calls them; null where it does not say. */
  labeler: string | null;
  /** The name of the data source that the ranking came in from; null of one that was made here. */
  source: string | null;
  version: number;
  submittedAt: number;
  tiers: number[][];
  strict: number;
  agreed: number;
  loss: number;
  /** The latest, and those before it, newest first. */
  review: RankingReview | null;
  earlierReviews: RankingReview[];
}

export interface RankingReview {
  verdict: RankingVerdict;
  comment: string;
  reviewer: string;
  createdAt: number;
  /** The labeler has looked again and left it as it was. */
  answeredAt: number | null;
}

/**
 * The rankings that count, those this model disagrees with most first: by its loss, so that being sure and wrong weighs
 * most. Those that agree in every pair, or are all ties, are in no list.
 * Those of a comparison of which rankings are still wanted are left out: whoever looks may be the one who gets it.
 * @param page.viewerId who looks: what they have begun to rank themselves is left out as well, and the rankings that they are asked to look at again are left out until they have
 * @param page.reviewed those a reviewer has let stand or asked the labeler about; else those that nobody has looked at, or
 *   whose labeler has looked again and left them
 * @param page.cursor the id of the last one of the page before
 */
export async function listDisputes(
  { db, project }: InProject,
  page: { modelId: string; viewerId: string; reviewed: boolean; cursor?: string; limit: number },
): Promise<Dispute[]> {
  const orm = ormOf(db);
  const { modelId, cursor = "" } = page;
  const last = await orm
    .select({ loss: rankingAgreement.loss })
    .from(rankingAgreement)
    .where(and(eq(rankingAgreement.rankingId, cursor), eq(rankingAgreement.modelId, modelId)))
    .get();
  const { loss } = rankingAgreement;
  const after = last && or(lt(loss, last.loss), and(eq(loss, last.loss), sql`${ranking.id} > ${cursor}`));
  const { seq, answeredAt } = review;
  const rows = await orm
    .select({
      id: ranking.id,
      comparisonId: ranking.comparisonId,
      promptText: prompt.text,
      useCase: prompt.useCase,
      split: prompt.split,
      labeler: rankedBy,
      source: dataSource.name,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
      strict: ranking.strict,
      agreed: rankingAgreement.agreed,
      loss,
      reviewed: seq,
    })
    .from(rankingAgreement)
    .innerJoin(ranking, eq(ranking.id, rankingAgreement.rankingId))
    .innerJoin(comparison, and(eq(comparison.id, ranking.comparisonId), eq(comparison.judgedBy, modelId)))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .leftJoin(user, eq(user.id, ranking.labelerId))
    .leftJoin(dataSource, eq(dataSource.id, ranking.sourceId))
    .leftJoin(review, and(eq(review.rankingId, ranking.id), isLatestReview))
    .where(
      and(
        eq(rankingAgreement.modelId, modelId),
        eq(ranking.projectId, project),
        latestVersion(),
        lt(rankingAgreement.agreed, ranking.strict),
        isComplete,
        not(isBegunBy(page.viewerId)),
        page.reviewed ? and(isNotNull(seq), isNull(answeredAt)) : or(isNull(seq), isNotNull(answeredAt)),
        or(
          sql`${ranking.labelerId} is distinct from ${page.viewerId}`,
          isNull(seq),
          eq(review.returned, false),
          isNotNull(answeredAt),
        ),
        after,
      ),
    )
    .orderBy(desc(loss), asc(ranking.id))
    .limit(page.limit)
    .all();
  const tiers = await tiersOf(
    orm,
    rows.map(({ id }) => id),
  );
  const modelScores = await currentScores(
    orm,
    rows.map(({ comparisonId }) => comparisonId),
  );
  const reviews = await reviewsOf(
    orm,
    rows.map(({ id }) => id),
  );
  return rows.flatMap((row) => {
    const scored = modelScores.get(row.comparisonId);
    const [latest = null, ...earlierReviews] = reviews.get(row.id) ?? [];
    return scored ? { ...row, ...scored, tiers: tiers.get(row.id) ?? [], review: latest, earlierReviews } : [];
  });
}

/** The reviews of each of these rankings, the latest first. */
async function reviewsOf(orm: Orm, rankingIds: readonly string[]): Promise<Map<string, RankingReview[]>> {
  const { rankingId, returned, comment, createdAt, answeredAt } = review;
  const rows = await orm
    .select({ rankingId, returned, comment, reviewer: user.username, createdAt, answeredAt })
    .from(review)
    .innerJoin(user, eq(user.id, review.reviewerId))
    .where(inArray(rankingId, [...rankingIds]))
    .orderBy(desc(review.seq))
    .all();
  const shown = rows.map(({ returned, ...row }) => ({ ...row, verdict: verdictOf(returned) }));
  const byRanking = Map.groupBy(shown, (row) => row.rankingId ?? "");
  return new Map([...byRanking].map(([id, list]) => [id, list.map(({ rankingId: _, ...one }) => one)]));
}

const verdictOf = (returned: boolean): RankingVerdict => (returned ? "again" : "stands");

/**
 * `own`: nobody reviews their own ranking. `revised`: another version has taken its place. `imported`: its labeler is not here
 * to look again.
 */
export type Reviewed = "done" | "not found" | "own" | "revised" | "imported";

/** Inserts a review of a ranking. The latest review counts; earlier ones are kept. */
export async function reviewRanking(
  scope: PersonScope,
  { rankingId, verdict, comment }: { rankingId: string; verdict: RankingVerdict; comment: string },
): Promise<Reviewed> {
  const reviewerId = scope.actor.id;
  return change(scope, async (orm, tell): Promise<Reviewed> => {
    const row = await orm
      .select({
        labelerId: ranking.labelerId,
        comparisonId: ranking.comparisonId,
        counts: sql<number>`${latestVersion()}`,
      })
      .from(ranking)
      .where(eq(ranking.id, rankingId))
      .get();
    if (!row) return "not found";
    if (row.labelerId === reviewerId) return "own";
    if (row.labelerId === null && verdict === "again") return "imported";
    if (!row.counts) return "revised";
    const [known] = (await reviewsOf(orm, [rankingId])).get(rankingId) ?? [];
    const latest = await orm
      .select({
        reviewerId: review.reviewerId,
        returned: review.returned,
        comment: review.comment,
        answeredAt: review.answeredAt,
      })
      .from(review)
      .where(eq(review.rankingId, rankingId))
      .orderBy(desc(review.seq))
      .limit(1)
      .get();
    // It was sent again, because its answer was lost.
    if (isDeepStrictEqual(latest, { reviewerId, returned: verdict === "again", comment, answeredAt: null }))
      return "done";
    const said = { comment, createdAt: scope.now };
    await orm
      .insert(review)
      .values({ rankingId, reviewerId, returned: verdict === "again", ...said })
      .run();
    const facts = (of: Pick<RankingReview, "verdict" | "comment" | "createdAt">) => ({
      verdict: of.verdict,
      comment: textHash(of.comment),
      at: of.createdAt,
    });
    const before = known ? facts(known) : { verdict: null };
    const after = facts({ verdict, ...said });
    await tell({ verb: "ranking.review", subject: rankingId, partOf: row.comparisonId, before, after });
    return "done";
  });
}
