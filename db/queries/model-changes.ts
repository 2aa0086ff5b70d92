// Renaming and deleting models and training runs. A deleted model keeps its row, because answers and runs refer to it.
import { and, eq, inArray, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import { change, changeOnce, type ProjectScope } from "../change.ts";
import type { Orm } from "../client.ts";
import { job, model, projectSetting, trainingRun } from "../schema/index.ts";
import { removeWithAll } from "../steps/remove.ts";

/** A condition on `model`: the project may use it, for it has trained it or it is the installation's. */
export const isOf = (projectId: string): SQL | undefined => or(isNull(model.projectId), eq(model.projectId, projectId));

/** Is a model or a run of the project called so, whatever the capitals? A run and its model are one. */
export async function isNameTaken(orm: Orm, projectId: string, name: string, except = ""): Promise<boolean> {
  const same = (column: typeof model.name | typeof trainingRun.name) => sql`lower(${column}) = lower(${name})`;
  const other = await orm
    .select({ id: model.id })
    .from(model)
    .where(and(same(model.name), isOf(projectId), isNull(model.deletedAt), ne(model.id, except)))
    .get();
  const run = await orm
    .select({ id: trainingRun.id })
    .from(trainingRun)
    .where(and(same(trainingRun.name), eq(trainingRun.projectId, projectId), ne(trainingRun.id, except)))
    .get();
  return other !== undefined || run !== undefined;
}

/** Renames a run and the model it made, which share a name and an id. @returns false where there is neither */
export async function renameModel(
  scope: ProjectScope,
  { id, name }: { id: string; name: string },
): Promise<"done" | "not found" | "shipped" | "taken"> {
  return change(scope, async (orm, tell) => {
    const row = await orm
      .select()
      .from(model)
      .where(and(eq(model.id, id), isOf(scope.project)))
      .get();
    const run = await orm
      .select({ name: trainingRun.name })
      .from(trainingRun)
      .where(and(eq(trainingRun.id, id), eq(trainingRun.projectId, scope.project)))
      .get();
    if (row?.origin === "shipped") return "shipped";
    if ((!row || row.deletedAt !== null) && !run) return "not found";
    if (await isNameTaken(orm, scope.project, name, id)) return "taken";
    await orm.update(model).set({ name }).where(eq(model.id, id)).run();
    await orm
      .update(trainingRun)
      .set({ name, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, id))
      .run();
    await tell({ verb: "model.rename", subject: id, before: { name: row?.name ?? run?.name }, after: { name } });
    return "done";
  });
}

/** Runs that have not ended. */
const isUnderWay = inArray(
  trainingRun.jobId,
  sql`(select id from job where state in ('waiting', 'running') and kind = 'train')`,
);

export type ModelRemoved = { directory: string } | "not found" | "shipped" | "in use" | "learned from";

/** Takes a model off the list. Its answers and scores stay, under its name. */
export async function removeModel(scope: ProjectScope, { id }: { id: string }): Promise<ModelRemoved> {
  return changeOnce(scope, async (orm, tell): Promise<ModelRemoved> => {
    const row = await orm
      .select()
      .from(model)
      .where(and(eq(model.id, id), isOf(scope.project)))
      .get();
    if (!row || row.deletedAt !== null) return "not found";
    if (row.origin === "shipped") return "shipped";
    const chosen = and(inArray(projectSetting.name, ["modelId", "rewardModelId"]), eq(projectSetting.value, id));
    if (await orm.select().from(projectSetting).where(chosen).get()) return "in use";
    const begins = or(eq(trainingRun.baseModelId, id), eq(trainingRun.rewardModelId, id));
    if (await orm.select().from(trainingRun).where(and(begins, isUnderWay)).get()) return "learned from";
    await orm.update(model).set({ deletedAt: scope.now }).where(eq(model.id, id)).run();
    await tell({ verb: "model.delete", subject: id, before: { name: row.name, kind: row.kind }, after: null });
    return { directory: row.directory };
  });
}

export type RunRemoved = { id: string } | "not found" | "under way";

/** Deletes a run with its curves, settings and jobs. The model it made stays. */
export async function removeRun(scope: ProjectScope, { id }: { id: string }): Promise<RunRemoved> {
  return changeOnce(scope, async (orm, tell): Promise<RunRemoved> => {
    const there = and(eq(trainingRun.id, id), eq(trainingRun.projectId, scope.project));
    const row = await orm.select().from(trainingRun).where(there).get();
    if (!row) return "not found";
    const isLive = await orm
      .select()
      .from(trainingRun)
      .where(and(eq(trainingRun.id, id), isUnderWay))
      .get();
    if (isLive) return "under way";
    await removeWithAll(orm, trainingRun, trainingRun.id, [id]);
    await orm
      .delete(job)
      .where(and(eq(job.kind, "train"), eq(job.subjectId, id)))
      .run();
    const { name, kind, step } = row;
    await tell({ verb: "run.delete", subject: id, before: { name, kind, step }, after: null });
    return { id };
  });
}
