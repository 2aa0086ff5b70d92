// Steps of a change: which models a project may use, whether a name is free, and adding one to the list.
import { and, eq, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { ProjectScope } from "../change.ts";
import type { Orm } from "../client.ts";
import { newId } from "../id.ts";
import { model, trainingRun } from "../schema/index.ts";

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

export type NewModel = Pick<
  typeof model.$inferInsert,
  "name" | "kind" | "origin" | "directory" | "parameters" | "context"
>;

/** A model of the project that was not trained in it, within a change. @returns its id; null where the name is taken */
export async function addModel(
  orm: Orm,
  { project: projectId, now }: ProjectScope,
  row: NewModel,
): Promise<string | null> {
  if (await isNameTaken(orm, projectId, row.name)) return null;
  const id = newId();
  await orm
    .insert(model)
    .values({ ...row, id, directory: row.origin === "hub" ? id : row.directory, projectId, createdAt: now })
    .run();
  return id;
}
