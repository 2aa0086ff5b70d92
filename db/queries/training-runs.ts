// Training runs for the screens: their rows and curves, starting and resuming them. The worker's side is training-tasks.ts.
import { and, asc, desc, eq, gt, inArray, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import type { TrainingDataset, TrainingKind } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type PersonScope, type ProjectScope } from "../change.ts";
import { type Database, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { job, model, trainingData, trainingPoint, trainingRun, user } from "../schema/index.ts";
import { addJob } from "../steps/jobs.ts";
import { isNameTaken } from "../steps/models.ts";
import { type CountedDataset, counted, countOf, type DataCount } from "../steps/training-data.ts";
import { currentWatermark } from "../steps/watermark.ts";
import type { JobState } from "./jobs.ts";

export type { CountedDataset } from "../steps/training-data.ts";

const settingsOfRun = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

/** The settings in a row of `training_run`. */
export const settingsIn = (json: string): TrainingSettings => settingsOfRun.parse(JSON.parse(json));

/** A trainer's settings by name, as they were sent to it. */
export type TrainingSettings = z.infer<typeof settingsOfRun>;

export interface TrainingDataRow {
  dataset: TrainingDataset;
  /** Of texts: which ones. */
  source: string | null;
  items: number;
  lines: number;
  hash: string | null;
}

export interface TrainingRunRow {
  id: string;
  name: string;
  kind: TrainingKind;
  baseModelId: string;
  baseModelName: string;
  rewardModelId: string | null;
  rewardModelName: string | null;
  outputModelId: string | null;
  jobId: string;
  state: JobState;
  error: string | null;
  startedBy: string;
  createdAt: number;
  finishedAt: number | null;
  settings: TrainingSettings;
  data: TrainingDataRow[];
  step: number;
  steps: number;
  secondsLeft: number | null;
  phase: string | null;
}

const baseModel = alias(model, "base_model");
const rewardModel = alias(model, "reward_model");
const runFields = {
  id: trainingRun.id,
  name: trainingRun.name,
  kind: trainingRun.kind,
  baseModelId: trainingRun.baseModelId,
  baseModelName: baseModel.name,
  rewardModelId: trainingRun.rewardModelId,
  rewardModelName: rewardModel.name,
  outputModelId: trainingRun.outputModelId,
  jobId: trainingRun.jobId,
  state: job.state,
  error: job.error,
  startedBy: user.username,
  createdAt: trainingRun.createdAt,
  finishedAt: trainingRun.finishedAt,
  settings: trainingRun.settings,
  step: trainingRun.step,
  steps: trainingRun.steps,
  secondsLeft: trainingRun.secondsLeft,
  phase: trainingRun.phase,
};

const runs = (db: Database) =>
  ormOf(db)
    .select(runFields)
    .from(trainingRun)
    .innerJoin(job, eq(job.id, trainingRun.jobId))
    .innerJoin(baseModel, eq(baseModel.id, trainingRun.baseModelId))
    .leftJoin(rewardModel, eq(rewardModel.id, trainingRun.rewardModelId))
    .innerJoin(user, eq(user.id, trainingRun.startedBy))
    .$dynamic();

/** Newest first. */
export async function listTrainingRuns({ db, project }: InProject, limit = 100): Promise<TrainingRunRow[]> {
  const ours = eq(trainingRun.projectId, project);
  return withData(db, await runs(db).where(ours).orderBy(desc(trainingRun.seq)).limit(limit).all());
}

export async function getTrainingRun(db: Database, id: string): Promise<TrainingRunRow | null> {
  return (await withData(db, await runs(db).where(eq(trainingRun.id, id)).all()))[0] ?? null;
}

/** The runs whose models these are. */
export async function trainingRunsOf(db: Database, modelIds: readonly string[]): Promise<TrainingRunRow[]> {
  return withData(
    db,
    await runs(db)
      .where(inArray(trainingRun.outputModelId, [...modelIds]))
      .all(),
  );
}

/** The runs that started from this model, or were rewarded by it, oldest first. */
export async function trainingRunsFrom({ db, project }: InProject, modelId: string): Promise<TrainingRunRow[]> {
  const from = and(
    eq(trainingRun.projectId, project),
    or(eq(trainingRun.baseModelId, modelId), eq(trainingRun.rewardModelId, modelId)),
  );
  return withData(db, await runs(db).where(from).orderBy(asc(trainingRun.seq)).all());
}

type Row = Omit<TrainingRunRow, "settings" | "data"> & { settings: string };

async function withData(db: Database, rows: Row[]): Promise<TrainingRunRow[]> {
  const ids = rows.map(({ id }) => id);
  const data = await ormOf(db)
    .select()
    .from(trainingData)
    .where(inArray(trainingData.runId, ids))
    .orderBy(asc(trainingData.dataset))
    .all();
  const byRun = Map.groupBy(data, ({ runId }) => runId);
  return rows.map((row) => ({
    ...row,
    settings: settingsIn(row.settings),
    data: (byRun.get(row.id) ?? []).map(({ runId: _, ...one }) => one),
  }));
}

/** What changes when anything of the run changes, cheap enough to ask for ten times a second. */
export async function trainingRevision(db: Database, id: string): Promise<{ revision: string; ended: boolean } | null> {
  const row = await revisionOf(ormOf(db)).get({ id });
  if (!row) return null;
  const ended = row.state !== "waiting" && row.state !== "running";
  return { revision: `${row.revision} ${row.jobId} ${row.state}`, ended };
}

const revisionOf = prepared((orm) =>
  orm
    .select({ revision: trainingRun.revision, state: job.state, jobId: job.id })
    .from(trainingRun)
    .innerJoin(job, eq(job.id, trainingRun.jobId))
    .where(eq(trainingRun.id, sql.placeholder("id")))
    .prepare(),
);

export interface TrainingPoint {
  seq: number;
  step: number;
  name: string;
  value: number;
}

/** The points written after `afterSeq`, in the order of writing. */
export async function trainingPoints(db: Database, runId: string, afterSeq = 0): Promise<TrainingPoint[]> {
  return ormOf(db)
    .select({
      seq: trainingPoint.seq,
      step: trainingPoint.step,
      name: trainingPoint.name,
      value: trainingPoint.value,
    })
    .from(trainingPoint)
    .where(and(eq(trainingPoint.runId, runId), gt(trainingPoint.seq, afterSeq)))
    .orderBy(asc(trainingPoint.seq))
    .all();
}

/** How much there is to learn from just now. */
export async function countTrainingData({
  db,
  project,
}: InProject): Promise<({ dataset: CountedDataset } & DataCount)[]> {
  const orm = ormOf(db);
  return Array.fromAsync(counted, async (dataset) => ({ dataset, ...(await countOf(orm, project, dataset)) }));
}

export interface NewTrainingRun {
  name: string;
  kind: TrainingKind;
  baseModelId: string;
  rewardModelId: string | null;
  settings: TrainingSettings;
  /** What it is to read; the counts are those of now. */
  datasets: readonly CountedDataset[];
  /** Which texts it reads beside that, if any. */
  texts: string | null;
}

/** A run on the data as they are now, with its job; "taken" where a model or a run has its name. */
export async function insertTrainingRun(scope: PersonScope, input: NewTrainingRun): Promise<{ id: string } | "taken"> {
  const { name, kind, baseModelId, rewardModelId, settings, datasets, texts } = input;
  const { actor, project: projectId, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    if (await isNameTaken(orm, projectId, name)) return "taken";
    const id = newId();
    const { id: jobId } = await addJob(orm, { kind: "train", projectId, subjectId: id }, now);
    const at = await currentWatermark(orm);
    await orm
      .insert(trainingRun)
      .values({
        id,
        projectId,
        name,
        kind,
        baseModelId,
        rewardModelId,
        jobId,
        startedBy: actor.id,
        settings: JSON.stringify(settings),
        throughRanking: at.ranking,
        throughDemonstration: at.demonstration,
        throughReview: at.review,
        throughPrompt: at.prompt,
        createdAt: now,
      })
      .run();
    for (const dataset of datasets) {
      await orm
        .insert(trainingData)
        .values({ runId: id, dataset, ...(await countOf(orm, projectId, dataset)) })
        .run();
    }
    // How many there are is known when they are written.
    if (texts !== null) {
      await orm.insert(trainingData).values({ runId: id, dataset: "texts", source: texts, items: 0, lines: 0 }).run();
    }
    const after = { name, kind, baseModelId, rewardModelId, settings: { ...settings }, datasets, texts };
    await tell({ verb: "run.start", subject: id, before: null, after });
    return { id };
  });
}

/** A new job for a run that was stopped or failed; null when it is under way or done. */
export async function resumeTrainingRun(
  scope: ProjectScope,
  { id }: { id: string },
): Promise<{ jobId: string } | null> {
  return changeOnce(scope, async (orm, tell) => {
    const before = await orm
      .select({ jobId: trainingRun.jobId, state: job.state, step: trainingRun.step })
      .from(trainingRun)
      .innerJoin(job, eq(job.id, trainingRun.jobId))
      .where(
        and(
          eq(trainingRun.id, id),
          eq(trainingRun.projectId, scope.project),
          inArray(job.state, ["cancelled", "failed"]),
        ),
      )
      .get();
    if (!before) return null;
    const { id: jobId } = await addJob(orm, { kind: "train", projectId: scope.project, subjectId: id }, scope.now);
    await tell({ verb: "run.resume", subject: id, before, after: { ...before, jobId, state: "waiting" } });
    await orm
      .update(trainingRun)
      .set({ jobId, finishedAt: null, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, id))
      .run();
    return { jobId };
  });
}
