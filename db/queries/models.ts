// The model list: shipped models are registered at start, trained ones by finishTraining, others are added by admins.
import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { TrainingKind } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type Scope } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import { job, model, modelAddress, modelDownload, modelMetric, trainingRun } from "../schema/index.ts";
import { isOf } from "../steps/models.ts";
import { type AddressRow, type ModelPlace, place } from "./candidates.ts";
import type { JobState } from "./jobs.ts";

export interface ModelRow extends ModelPlace {
  parameters: number | null;
  context: number | null;
  createdAt: number;
  /** Not offered any more since then. */
  archivedAt: number | null;
  /** Of one at an address: how it is asked. */
  address: AddressRow | null;
  /** Of one from a hub: what is fetched, and how far that is. */
  download: DownloadRow | null;
  metrics: Record<string, number>;
  trainingRunId: string | null;
  /** How it was trained; null for one that was not trained here. */
  trainedBy: TrainingKind | null;
}

/** What is fetched from a hub, and by which job. */
export type DownloadRow = typeof modelDownload.$inferSelect & {
  /** Of the newest job that fetches it. */
  state: JobState;
  /** Why that job, or its last try, failed. */
  error: string | null;
};

const newestDownload = sql`${job.seq} = (select max(seq) from job where kind = 'download' and subject_id = ${model.id})`;

const modelFields = {
  ...place,
  parameters: model.parameters,
  context: model.context,
  createdAt: model.createdAt,
  archivedAt: model.archivedAt,
  address: modelAddress,
  downloaded: modelDownload,
  downloadState: job.state,
  downloadError: job.error,
  trainingRunId: trainingRun.id,
  trainedBy: trainingRun.kind,
};

const models = (db: Database) =>
  ormOf(db)
    .select(modelFields)
    .from(model)
    .leftJoin(trainingRun, eq(trainingRun.outputModelId, model.id))
    .leftJoin(modelAddress, eq(modelAddress.modelId, model.id))
    .leftJoin(modelDownload, eq(modelDownload.modelId, model.id))
    .leftJoin(job, newestDownload)
    .$dynamic();

/** Those of the project and of the installation: the project's own, newest first; after them the shipped, largest first. */
export async function listModels({ db, project }: InProject): Promise<ModelRow[]> {
  const size = sql`case ${model.origin} when 'shipped' then ${model.parameters} end`;
  return withMetrics(
    db,
    await models(db)
      .where(and(isOf(project), isNull(model.deletedAt)))
      .orderBy(asc(eq(model.origin, "shipped")), desc(size), desc(model.createdAt), asc(model.id))
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

type Selected = Awaited<ReturnType<ReturnType<typeof models>["all"]>>;

async function withMetrics(db: Database, rows: Selected): Promise<ModelRow[]> {
  const ids = rows.map(({ id }) => id);
  const all = await ormOf(db).select().from(modelMetric).where(inArray(modelMetric.modelId, ids)).all();
  const metrics = Map.groupBy(all, (row) => row.modelId);
  return rows.map(({ downloaded, downloadState: state, downloadError: error, ...row }) => ({
    ...row,
    download: downloaded && { ...downloaded, state: state ?? "done", error },
    metrics: Object.fromEntries((metrics.get(row.id) ?? []).map(({ name, value }) => [name, value])),
  }));
}

/** A model that is on the list. */
export async function getModel(of: InProject, id: string): Promise<ModelRow | null> {
  const [row] = await modelsOf(of, [id]);
  return row && row.deletedAt === null ? row : null;
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
