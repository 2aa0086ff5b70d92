// One model with how it came about: the runs and models behind it, up to the shipped ones, and what was made from it.

import type * as z from "zod";
import type { InProject } from "../../db/change.ts";
import { type ModelDependents, modelDependents } from "../../db/queries/model-changes.ts";
import { type ModelRow, modelsOf } from "../../db/queries/models.ts";
import { trainingRunsFrom, trainingRunsOf } from "../../db/queries/training-runs.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { AnsweringBits } from "../vocabulary/labeling.ts";
import type { Model, shownAddress } from "../vocabulary/shapes.ts";
import { addressShown } from "./addresses.ts";
import { shownModel } from "./models.ts";
import { shownRun } from "./runs.ts";
import type { Ancestor, TrainingRun } from "./shapes.ts";

/** @throws DomainError UNAUTHORIZED, FORBIDDEN or NOT_FOUND */
export async function getModel(
  ctx: Context,
  { id }: { id: string },
): Promise<
  Model & {
    deletedAt: number | null;
    bits: AnsweringBits;
    address: z.infer<typeof shownAddress> | null;
    source: string | null;
    dependents: ModelDependents;
    lineage: Ancestor[];
    children: TrainingRun[];
  }
> {
  allowed(ctx, "train", "look into models");
  const [found] = await modelsOf(ctx, [id]);
  if (!found) throw new DomainError("NOT_FOUND", "There is no such model.");
  return {
    ...(await (
      await shownModel(ctx)
    )(found)),
    deletedAt: found.deletedAt,
    bits: found.bits as AnsweringBits,
    address: found.address && addressShown(found.address),
    source: sourceOf(found, ctx.actor?.isAdmin ?? false),
    dependents: await modelDependents(ctx.db, id),
    lineage: await lineageOf(ctx, found),
    children: (await trainingRunsFrom(ctx, id)).map(shownRun),
  };
}

/** Where its files come from: a hub's name and commit; for admins of the installation the folder, too. */
function sourceOf({ origin, directory, download }: ModelRow, isAdmin: boolean): string | null {
  if (download) return `${download.repository}@${(download.commit ?? download.revision).slice(0, 12)}`;
  return origin === "folder" && isAdmin ? directory : null;
}

/** The ancestors of a model, generation by generation, each once: a reward model and its policy often have the same base. */
async function lineageOf(of: InProject, model: ModelRow): Promise<Ancestor[]> {
  const lineage: Ancestor[] = [];
  for (let generation = [model]; generation.length > 0; ) {
    const runs = await trainingRunsOf(
      of.db,
      generation.map(({ id }) => id),
    );
    for (const { id, name, kind, origin } of generation) {
      const run = runs.find(({ outputModelId }) => outputModelId === id);
      lineage.push({ id, name, kind, origin, run: run ? shownRun(run) : null });
    }
    const known = new Set(lineage.map(({ id }) => id));
    const parents = runs.flatMap(({ baseModelId, rewardModelId }) => [
      baseModelId,
      ...(rewardModelId === null ? [] : [rewardModelId]),
    ]);
    generation = await modelsOf(
      of,
      [...new Set(parents)].filter((id) => !known.has(id)),
    );
  }
  return lineage;
}
