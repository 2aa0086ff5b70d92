// Steps of a change: reward models' scores of answers, and how far the rankings of these agree with them.
import { and, eq, inArray, sql } from "drizzle-orm";
import { modelAgreement } from "../../lib/preference/agreement.ts";
import type { Orm } from "../client.ts";
import { candidate, candidateScore, comparison, model, ranking, rankingAgreement } from "../schema/index.ts";
import { touchComparison } from "./comparisons.ts";
import { tiersOf } from "./rankings.ts";

/** Stores one reward model's scores of a comparison; a second scoring replaces the first. */
export async function storeScores(
  orm: Orm,
  { comparisonId, modelId, scores }: { comparisonId: string; modelId: string; scores: readonly CandidateScore[] },
  scoredAt: number,
): Promise<void> {
  for (const { candidateId, score } of scores) {
    await orm
      .insert(candidateScore)
      .values({ candidateId, modelId, score, scoredAt })
      .onConflictDoUpdate({ target: [candidateScore.candidateId, candidateScore.modelId], set: { score, scoredAt } })
      .run();
  }
  const rankings = await orm
    .select({ id: ranking.id })
    .from(ranking)
    .where(eq(ranking.comparisonId, comparisonId))
    .all();
  for (const { id } of rankings) await noteAgreements(orm, { rankingId: id, comparisonId, modelId });
  await touchComparison(orm, comparisonId);
}

export interface CandidateScore {
  candidateId: string;
  score: number;
}

/** Stores how far a ranking agrees with the scores of its answers, by one model or by each that has scored them. */
export async function noteAgreements(
  orm: Orm,
  { rankingId, comparisonId, modelId }: { rankingId: string; comparisonId: string; modelId?: string },
): Promise<void> {
  const rows = await orm
    .select({ modelId: candidateScore.modelId, position: candidate.position, score: candidateScore.score })
    .from(candidate)
    .innerJoin(candidateScore, eq(candidateScore.candidateId, candidate.id))
    .where(
      and(
        eq(candidate.comparisonId, comparisonId),
        modelId === undefined ? undefined : eq(candidateScore.modelId, modelId),
      ),
    )
    .all();
  if (rows.length === 0) return;
  const tiers = (await tiersOf(orm, [rankingId])).get(rankingId) ?? [];
  for (const [by, ofModel] of Map.groupBy(rows, (row) => row.modelId)) {
    const found = modelAgreement(tiers, new Map(ofModel.map(({ position, score }) => [position, score])));
    if (!found) continue;
    const { agreed, loss } = found;
    await orm
      .insert(rankingAgreement)
      .values({ rankingId, modelId: by, agreed, loss })
      .onConflictDoUpdate({ target: [rankingAgreement.rankingId, rankingAgreement.modelId], set: { agreed, loss } })
      .run();
  }
}

export interface ModelScores {
  modelId: string;
  modelName: string;
  /** By place in the order shown. */
  scores: Map<number, number>;
}

/** The scores that count, by comparison. Comparisons without scores are left out. */
export async function currentScores(orm: Orm, comparisonIds: readonly string[]): Promise<Map<string, ModelScores>> {
  const rows = await orm
    .select({
      comparisonId: comparison.id,
      modelId: model.id,
      modelName: model.name,
      position: candidate.position,
      score: candidateScore.score,
    })
    .from(comparison)
    .innerJoin(candidate, eq(candidate.comparisonId, comparison.id))
    .innerJoin(
      candidateScore,
      and(eq(candidateScore.candidateId, candidate.id), eq(candidateScore.modelId, comparison.judgedBy)),
    )
    .innerJoin(model, eq(model.id, comparison.judgedBy))
    .where(inArray(comparison.id, [...comparisonIds]))
    .all();
  return new Map(
    [...Map.groupBy(rows, (row) => row.comparisonId)].map(([id, ofThis]) => [
      id,
      {
        modelId: ofThis[0]?.modelId ?? "",
        modelName: ofThis[0]?.modelName ?? "",
        scores: new Map(ofThis.map(({ position, score }) => [position, score])),
      },
    ]),
  );
}

/** Deletes the scores of a comparison, one of whose answers is regenerated. */
export async function deleteScores(orm: Orm, comparisonId: string): Promise<void> {
  const answers = orm.select({ id: candidate.id }).from(candidate).where(eq(candidate.comparisonId, comparisonId));
  await orm.delete(candidateScore).where(inArray(candidateScore.candidateId, answers)).run();
  await orm.update(comparison).set({ disagreement: null, judgedBy: null }).where(eq(comparison.id, comparisonId)).run();
}

/** A condition on `comparison`: all answers are generated, and this model has not scored them. */
export const isUnscored = (modelId: string) =>
  and(eq(comparison.state, "ready"), sql`${comparison.judgedBy} is distinct from ${modelId}`);
