// Skipped comparisons and the reasons, for leads, who mend the prompt or its answers and hand them out again.
import * as assignments from "../../db/queries/assignments.ts";
import { allowed, type Context } from "../context.ts";
import { labelsOf } from "../preference/ranking.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase } from "../vocabulary/labeling.ts";
import type { SkippedComparison } from "../vocabulary/shapes.ts";
import { namesItsModel } from "./names-its-model.ts";

/** The skipped comparisons, newest first; `next` is the cursor of the page after this one, null on the last. */
export async function listSkipped(
  ctx: Context,
  input: { setAside: boolean; cursor?: string; limit: number },
): Promise<{ items: SkippedComparison[]; next: string | null }> {
  allowed(ctx, "review", "see what was skipped");
  const rows = await assignments.listSkipped(ctx, { ...input, limit: input.limit + 1 });
  const shown = rows.slice(0, input.limit);
  return {
    items: shown.map(({ useCase, ...row }) => ({ ...row, useCase: knownUseCase(useCase) })),
    next: rows.length > input.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** How many comparisons one call looks through: some megabytes of text. */
const looked = 500;

/** Comparisons that wait to be ranked and of which answers name their model, by their labels; newest first. */
export async function listNaming(ctx: Context): Promise<{ id: string; promptText: string; labels: string[] }[]> {
  allowed(ctx, "review", "see which answers name their model");
  const answers = await assignments.waitingAnswers(ctx, looked);
  const naming = answers.filter(({ modelName, text }) => namesItsModel(modelName, text));
  return [...Map.groupBy(naming, ({ comparisonId }) => comparisonId)].map(([id, group]) => ({
    id,
    promptText: group[0]?.promptText ?? "",
    labels: group.map(({ position }) => labelsOf(position + 1).at(-1) ?? "?"),
  }));
}

/**
 * Hands a comparison out again, also to those who skipped it.
 * @throws DomainError CONFLICT when it does not wait to be ranked
 */
export async function handOutAgain(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = allowed(ctx, "review", "hand answers out again");
  if (await assignments.handOutAgain(scope, { comparisonId: input.id })) return { ok: true };
  throw new DomainError("CONFLICT", "These answers do not wait to be ranked any more.");
}
