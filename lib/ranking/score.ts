// Having a reward model score the answers of a comparison that is ranked.
import { insertScoring } from "../../db/queries/comparisons.ts";
import { allowed, type Context } from "../context.ts";
import { usableModel } from "../training/models.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { viewComparison } from "./view.ts";

/** Starts a score job. @throws DomainError NOT_FOUND, BAD_REQUEST for a model that cannot score, CONFLICT before all rankings are in */
export async function scoreComparison(ctx: Context, input: { id: string; modelId: string }): Promise<{ ok: true }> {
  const scope = allowed(ctx, "train", "score answers");
  const { wanted, rankingCount } = await viewComparison(ctx, input);
  // A score seen before the ranking would lead the labeler.
  if (rankingCount < wanted) {
    const are = wanted === 1 ? "are not ranked yet" : `have ${rankingCount} of ${wanted} rankings`;
    throw new DomainError("CONFLICT", `These answers ${are}: rank them first.`);
  }
  await usableModel(ctx, input.modelId, "reward");
  await insertScoring(scope, { comparisonId: input.id, modelId: input.modelId });
  return { ok: true };
}
