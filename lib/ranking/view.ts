// A comparison as people may see it. Blind until ranked: nobody sees which model wrote what, with which seed, or what a
// reward model thinks of it, as long as somebody still has to rank it (anyone may be the one who gets it).
import { type ComparisonRow, comparisonRevision, getComparison } from "../../db/queries/comparisons.ts";
import { type Context, signedIn } from "../context.ts";
import { labelsOf } from "../preference/ranking.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Comparison } from "../vocabulary/shapes.ts";
import { watch } from "../watch.ts";
import { knownUseCase } from "../writing/use-case.ts";
import { notationOf, spokenOf } from "./said.ts";

/** @throws DomainError NOT_FOUND */
export async function viewComparison(ctx: Context, input: { id: string }): Promise<Comparison> {
  signedIn(ctx);
  const row = await getComparison(ctx.db, input.id);
  if (!row) throw new DomainError("NOT_FOUND", "There is no such comparison.");
  return shown(row);
}

/**
 * The comparison at once, then after every change, until no job works on it any more.
 * @throws DomainError UNAUTHORIZED or NOT_FOUND, before the first event
 */
export async function watchComparison(
  ctx: Context,
  input: { id: string },
  signal?: AbortSignal,
): Promise<AsyncGenerator<Comparison, void, undefined>> {
  await viewComparison(ctx, input);
  return watch({
    revision: () => comparisonRevision(ctx.db, input.id),
    read: () => viewComparison(ctx, input),
    signal,
  });
}

function shown(row: ComparisonRow): Comparison {
  const open = row.state === "ranked";
  const labels = labelsOf(row.candidates.length);
  return {
    id: row.id,
    prompt: { ...row.prompt, useCase: knownUseCase(row.prompt.useCase) },
    state: row.state,
    createdAt: row.createdAt,
    candidates: row.candidates.map(({ position, ...candidate }) => ({
      ...candidate,
      label: labels[position] ?? "?",
      modelName: open ? candidate.modelName : null,
      seed: open ? candidate.seed : null,
      scores: open ? candidate.scores : [],
    })),
    rankings: open
      ? row.rankings.map(({ id, labeler, version, submittedAt, earlier, ...said }) => ({
          id,
          labeler,
          version,
          submittedAt,
          ...spokenOf(said),
          earlier: earlier.map(({ tiers, ...before }) => ({ ...before, notation: notationOf(tiers) })),
        }))
      : [],
  };
}
