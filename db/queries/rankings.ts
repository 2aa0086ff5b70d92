// Rankings: one change from the labeler's tiers to stored rows, safe to repeat.
import { and, eq, ne } from "drizzle-orm";
import { change, type Database, type Orm } from "../client.ts";
import { newId } from "../id.ts";
import { assignment, comparison, ranking, rankingTier } from "../schema/index.ts";
import { touchComparison } from "../steps/comparisons.ts";

export type Submission =
  | { outcome: "stored" | "repeated"; rankingId: string }
  /**
   * `different`: this labeler has submitted another ranking before. `taken`: the lease ran out and someone else has it.
   * `released`: given back, or an answer was written anew since it was shown.
   */
  | { outcome: "different" | "taken" | "skipped" | "released" | "not ready" };

/**
 * Stores a ranking, ends its assignment and marks the comparison ranked.
 * A lease that ran out does no harm as long as nobody else took the comparison meanwhile.
 * @param input.tiers every candidate of the comparison with its tier, 1 = best
 */
export async function submitRanking(
  db: Database,
  input: {
    assignmentId: string;
    labelerId: string;
    tiers: { candidateId: string; tier: number }[];
    strict: number;
    tied: number;
    spentMs: number | null;
    now: number;
  },
): Promise<Submission> {
  const { assignmentId, labelerId, tiers, strict, tied, spentMs, now } = input;
  return change(db, (orm) => {
    const held = orm
      .select({ state: assignment.state, comparisonId: comparison.id, comparisonState: comparison.state })
      .from(assignment)
      .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
      .where(and(eq(assignment.id, assignmentId), eq(assignment.labelerId, labelerId)))
      .get();
    if (!held) return { outcome: "taken" };
    if (held.state === "submitted") return repeated(orm, assignmentId, tiers);
    if (held.state === "skipped") return { outcome: "skipped" };
    if (held.state === "released") {
      return { outcome: held.comparisonState === "generating" ? "not ready" : "released" };
    }
    if (held.comparisonState === "ranked" || heldByAnother(orm, held.comparisonId, assignmentId)) {
      return { outcome: "taken" };
    }
    if (held.comparisonState !== "ready") return { outcome: "not ready" };

    const { comparisonId } = held;
    const rankingId = newId();
    orm
      .insert(ranking)
      .values({
        id: rankingId,
        assignmentId,
        comparisonId,
        labelerId,
        k: tiers.length,
        strict,
        tied,
        spentMs,
        submittedAt: now,
      })
      .run();
    orm
      .insert(rankingTier)
      .values(tiers.map((one) => ({ ...one, rankingId })))
      .run();
    orm.update(assignment).set({ state: "submitted", endedAt: now }).where(eq(assignment.id, assignmentId)).run();
    orm.update(comparison).set({ state: "ranked" }).where(eq(comparison.id, comparisonId)).run();
    touchComparison(orm, comparisonId);
    return { outcome: "stored", rankingId };
  });
}

function heldByAnother(orm: Orm, comparisonId: string, assignmentId: string): boolean {
  const other = orm
    .select({ id: assignment.id })
    .from(assignment)
    .where(
      and(eq(assignment.comparisonId, comparisonId), eq(assignment.state, "held"), ne(assignment.id, assignmentId)),
    )
    .get();
  return other !== undefined;
}

function repeated(orm: Orm, assignmentId: string, tiers: { candidateId: string; tier: number }[]): Submission {
  const stored = orm
    .select({ rankingId: ranking.id, candidateId: rankingTier.candidateId, tier: rankingTier.tier })
    .from(ranking)
    .innerJoin(rankingTier, eq(rankingTier.rankingId, ranking.id))
    .where(eq(ranking.assignmentId, assignmentId))
    .all();
  const rankingId = stored[0]?.rankingId;
  const tierOf = new Map(stored.map((row) => [row.candidateId, row.tier]));
  const same = tiers.every((one) => tierOf.get(one.candidateId) === one.tier);
  return same && rankingId ? { outcome: "repeated", rankingId } : { outcome: "different" };
}
