// One model with how it came about: the runs and models behind it, up to the shipped ones, and what was made from it.
import type { InProject } from "../../db/change.ts";
import { type ModelRow, modelsOf } from "../../db/queries/models.ts";
import { trainingRunsFrom, trainingRunsOf } from "../../db/queries/training-runs.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Model } from "../vocabulary/shapes.ts";
import { shownModel } from "./models.ts";
import { shownRun } from "./runs.ts";
import type { Ancestor, TrainingRun } from "./shapes.ts";

/** @throws DomainError UNAUTHORIZED, FORBIDDEN or NOT_FOUND */
export async function getModel(
  ctx: Context,
  { id }: { id: string },
): Promise<
  Model & { origin: Ancestor["origin"]; deletedAt: number | null; lineage: Ancestor[]; children: TrainingRun[] }
> {
  allowed(ctx, "train", "look into models");
  const [found] = await modelsOf(ctx, [id]);
  if (!found) throw new DomainError("NOT_FOUND", "There is no such model.");
  return {
    ...(await (
      await shownModel(ctx)
    )(found)),
    origin: found.origin,
    deletedAt: found.deletedAt,
    lineage: await lineageOf(ctx, found),
    children: (await trainingRunsFrom(ctx, id)).map(shownRun),
  };
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
