// A labeler's own rankings, to look back at and to reopen.
import { rankingsOfLabeler } from "../../db/queries/rankings.ts";
import { allowed, type Context } from "../context.ts";
import { knownUseCase } from "../vocabulary/labeling.ts";
import type { SubmittedRanking } from "../vocabulary/shapes.ts";
import { notationOf } from "./labels.ts";
import { modelOrderOf } from "./model-order.ts";
import { shownJudge } from "./project-model.ts";

/** The latest version of each, newest first; `next` is the cursor of the page after this one, null on the last. */
export async function listOwnRankings(
  ctx: Context,
  page: { cursor?: string; limit: number },
): Promise<{ items: SubmittedRanking[]; next: string | null }> {
  const labelerId = allowed(ctx, "rank", "rank answers").actor.id;
  const rows = await rankingsOfLabeler(ctx, { ...page, labelerId, limit: page.limit + 1 });
  const shown = rows.slice(0, page.limit);
  const judge = await shownJudge(ctx);
  return {
    items: shown.map(({ id: _, tiers, useCase, modelScores, ...row }) => ({
      ...row,
      useCase: knownUseCase(useCase),
      notation: notationOf(tiers),
      // Whoever has to look again must not be led, and nobody by a judge that may be no better than a coin.
      modelOrder: modelScores?.modelId === judge && row.askedAgain === null ? modelOrderOf(tiers, modelScores) : null,
    })),
    next: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}
