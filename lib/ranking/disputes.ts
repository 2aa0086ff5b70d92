// Disputes: the rankings that the project's judge disagrees with most, and reviews of them.
import * as queries from "../../db/queries/disputes.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase, type RankingVerdict } from "../vocabulary/labeling.ts";
import type { Dispute } from "../vocabulary/shapes.ts";
import { notationOf } from "./labels.ts";
import { modelOrderOf } from "./model-order.ts";
import { projectRewardModel } from "./project-model.ts";

/** The disputes, most disagreed with first; `next` is the cursor of the page after this one, null on the last. */
export async function listDisputes(
  ctx: Context,
  input: { state: "open" | "reviewed"; cursor?: string; limit: number },
): Promise<{ items: Dispute[]; next: string | null }> {
  const { actor } = allowed(ctx, "train", "see which rankings the reward model disagrees with");
  const { model } = await projectRewardModel(ctx);
  if (!model) return { items: [], next: null };
  const { cursor, limit, state } = input;
  const page = { modelId: model.id, viewerId: actor.id, reviewed: state === "reviewed", cursor, limit: limit + 1 };
  const rows = await queries.listDisputes(ctx, page);
  const shown = rows.slice(0, limit);
  return {
    items: shown.map(({ tiers, scores, modelName, useCase, ...row }) => ({
      ...row,
      useCase: knownUseCase(useCase),
      notation: notationOf(tiers),
      modelOrder: modelOrderOf(tiers, { modelName, scores }),
    })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

const refusals = {
  "not found": ["NOT_FOUND", "There is no such ranking."],
  own: ["FORBIDDEN", "This ranking is your own: someone else reviews it."],
  imported: ["CONFLICT", "This ranking came in from a file: nobody here can look at it again. Let it stand."],
  revised: ["CONFLICT", "The labeler has changed this ranking since you opened it: look at the new version."],
} as const satisfies Record<Exclude<queries.Reviewed, "done">, readonly [string, string]>;

/**
 * Lets a ranking stand, or asks its labeler to look again.
 * @throws DomainError NOT_FOUND, FORBIDDEN for one's own, CONFLICT for a version that counts no more or
 *   a labeler who is not here, BAD_REQUEST when the
 *   labeler is asked without a reason
 */
export async function reviewRanking(
  ctx: Context,
  input: { id: string; verdict: RankingVerdict; comment: string },
): Promise<{ ok: true }> {
  const scope = allowed(ctx, "review", "review rankings");
  const { id: rankingId, verdict, comment } = input;
  if (verdict === "again" && comment.trim() === "") {
    throw new DomainError("BAD_REQUEST", "Say in the comment what the labeler should look at again.");
  }
  const outcome = await queries.reviewRanking(scope, { rankingId, verdict, comment });
  if (outcome === "done") return { ok: true };
  const [code, sentence] = refusals[outcome];
  throw new DomainError(code, sentence);
}
