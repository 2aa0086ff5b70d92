// The model list: shipped models are registered at start, trained ones by finishTraining.
import { asc, desc, eq } from "drizzle-orm";
import { change, type Database, ormOf } from "../client.ts";
import { model, modelMetric, trainingRun } from "../schema/index.ts";
import type { ModelPlace } from "./candidates.ts";

export interface ModelRow extends ModelPlace {
  parameters: number;
  context: number;
  createdAt: number;
  metrics: Record<string, number>;
  trainingRunId: string | null;
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
  trainingRunId: trainingRun.id,
};

/** Newest first, the shipped ones after the trained. */
export async function listModels(db: Database): Promise<ModelRow[]> {
  const orm = ormOf(db);
  const rows = orm
    .select(modelFields)
    .from(model)
    .leftJoin(trainingRun, eq(trainingRun.outputModelId, model.id))
    .orderBy(desc(model.origin), desc(model.createdAt), asc(model.id))
    .all();
  const metrics = Map.groupBy(orm.select().from(modelMetric).all(), (row) => row.modelId);
  return rows.map((row) => ({
    ...row,
    metrics: Object.fromEntries((metrics.get(row.id) ?? []).map(({ name, value }) => [name, value])),
  }));
}

export interface ModelHead extends ModelPlace {
  /** Tokens of prompt and answer together. */
  context: number;
}

export async function getModel(db: Database, id: string): Promise<ModelHead | null> {
  const row = ormOf(db)
    .select({
      id: model.id,
      name: model.name,
      kind: model.kind,
      origin: model.origin,
      directory: model.directory,
      context: model.context,
    })
    .from(model)
    .where(eq(model.id, id))
    .get();
  return row ?? null;
}

/** A shipped model under the id of its directory; a newer version of Rankloop may ship it changed. */
export async function registerShipped(
  db: Database,
  input: { directory: string; name: string; kind: "lm" | "reward"; parameters: number; context: number; now: number },
): Promise<void> {
  const { directory, name, kind, parameters, context, now: createdAt } = input;
  change(db, (orm) => {
    orm
      .insert(model)
      .values({ id: directory, origin: "shipped", directory, name, kind, parameters, context, createdAt })
      .onConflictDoUpdate({ target: model.id, set: { name, kind, parameters, context } })
      .run();
  });
}
