// The model list: shipped models are registered at start, trained ones by finishTraining.
import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { TrainingKind } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type Scope } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import { model, modelMetric, trainingRun } from "../schema/index.ts";
import type { ModelPlace } from "./candidates.ts";
import { isOf } from "./model-changes.ts";

export interface ModelRow extends ModelPlace {
  parameters: number;
  context: number;
  createdAt: number;
  metrics: Record<string, number>;
  trainingRunId: string | null;
  /** How it was trained; null for a shipped model. */
  trainedBy: TrainingKind | null;
  deletedAt: number | null;
}

const modelFields = {
  id: model.id,
  name: model.name,
  kind: model.kind,
  origin: model.origin,
  directory: model.directory,
  parameters: model.parameters,
  context: model.context,
  createdAt: model.createdAt,
  deletedAt: model.deletedAt,
  trainingRunId: trainingRun.id,
  trainedBy: trainingRun.kind,
};

const models = (db: Database) =>
  ormOf(db).select(modelFields).from(model).leftJoin(trainingRun, eq(trainingRun.outputModelId, model.id)).$dynamic();

/** Those of the project and of the installation: the trained ones, newest first; after them the shipped, largest first. */
export async function listModels({ db, project }: InProject): Promise<ModelRow[]> {
  const size = sql`case ${model.origin} when 'shipped' then ${model.parameters} end`;
  return withMetrics(
    db,
    await models(db)
      .where(and(isOf(project), isNull(model.deletedAt)))
      .orderBy(desc(model.origin), desc(size), desc(model.createdAt), asc(model.id))
      .all(),
  );
}

/** The models with these ids that the project may use, deleted ones included. */
export async function modelsOf({ db, project }: InProject, ids: readonly string[]): Promise<ModelRow[]> {
  return withMetrics(
    db,
    await models(db)
      .where(and(inArray(model.id, [...ids]), isOf(project)))
      .all(),
  );
}

async function withMetrics(db: Database, rows: Omit<ModelRow, "metrics">[]): Promise<ModelRow[]> {
  const ids = rows.map(({ id }) => id);
  const all = await ormOf(db).select().from(modelMetric).where(inArray(modelMetric.modelId, ids)).all();
  const metrics = Map.groupBy(all, (row) => row.modelId);
  return rows.map((row) => ({
    ...row,
    metrics: Object.fromEntries((metrics.get(row.id) ?? []).map(({ name, value }) => [name, value])),
  }));
}

export interface ModelHead extends ModelPlace {
  /** Tokens of prompt and answer together. */
  context: number;
}

export async function getModel({ db, project }: InProject, id: string): Promise<ModelHead | null> {
  const row = await ormOf(db)
    .select({
      id: model.id,
      name: model.name,
      kind: model.kind,
      origin: model.origin,
      directory: model.directory,
      context: model.context,
    })
    .from(model)
    .where(and(eq(model.id, id), isOf(project), isNull(model.deletedAt)))
    .get();
  return row ?? null;
}

/** Registers a shipped model under the name of its directory, or updates it: a newer version may ship it changed. */
export async function registerShipped(
  scope: Scope,
  {
    directory,
    ...now
  }: { directory: string; name: string; kind: "lm" | "reward"; parameters: number; context: number },
): Promise<void> {
  await change(scope, async (orm, tell) => {
    const { name, kind, parameters, context } = model;
    const shipped = orm.select({ name, kind, parameters, context }).from(model).where(eq(model.id, directory));
    const before = (await shipped.get()) ?? null;
    await orm
      .insert(model)
      .values({ id: directory, origin: "shipped", directory, ...now, createdAt: scope.now })
      .onConflictDoUpdate({ target: model.id, set: now })
      .run();
    await tell({ verb: "model.ship", subject: directory, before, after: (await shipped.get()) ?? null });
  });
}
