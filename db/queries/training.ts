// Training runs: their rows for the screens, and what the training worker reads and writes.
import { and, asc, desc, eq, gt, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { change, type Database, type Orm, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { job, model, modelMetric, ranking, trainingPoint, trainingRun, user } from "../schema/index.ts";
import { addJob, countStartsAnew, endJob, heldJob } from "../steps/jobs.ts";
import { latestVersion } from "../steps/rankings.ts";
import type { Kept, ModelPlace } from "./candidates.ts";
import type { Held, JobState } from "./jobs.ts";

export interface RewardSettings {
  learningRate: number;
  epochs: number;
  rows: number;
  weightDecay: number;
  seed: number;
}

export interface TrainingRunRow {
  id: string;
  name: string;
  kind: "reward";
  baseModelId: string;
  baseModelName: string;
  outputModelId: string | null;
  jobId: string;
  state: JobState;
  error: string | null;
  startedBy: string;
  createdAt: number;
  finishedAt: number | null;
  settings: RewardSettings;
  comparisons: number;
  pairs: number;
  step: number;
  steps: number;
  secondsLeft: number | null;
}

const settings = {
  learningRate: trainingRun.learningRate,
  epochs: trainingRun.epochs,
  rows: trainingRun.rows,
  weightDecay: trainingRun.weightDecay,
  seed: trainingRun.seed,
};
const baseModel = alias(model, "base_model");
const runFields = {
  id: trainingRun.id,
  name: trainingRun.name,
  kind: trainingRun.kind,
  baseModelId: trainingRun.baseModelId,
  baseModelName: baseModel.name,
  outputModelId: trainingRun.outputModelId,
  jobId: trainingRun.jobId,
  state: job.state,
  error: job.error,
  startedBy: user.username,
  createdAt: trainingRun.createdAt,
  finishedAt: trainingRun.finishedAt,
  settings,
  comparisons: trainingRun.comparisons,
  pairs: trainingRun.pairs,
  step: trainingRun.step,
  steps: trainingRun.steps,
  secondsLeft: trainingRun.secondsLeft,
};

const runs = (db: Database) =>
  ormOf(db)
    .select(runFields)
    .from(trainingRun)
    .innerJoin(job, eq(job.id, trainingRun.jobId))
    .innerJoin(baseModel, eq(baseModel.id, trainingRun.baseModelId))
    .innerJoin(user, eq(user.id, trainingRun.startedBy))
    .$dynamic();

/** Newest first. */
export async function listTrainingRuns(db: Database, limit = 100): Promise<TrainingRunRow[]> {
  return runs(db).orderBy(desc(trainingRun.seq)).limit(limit).all();
}

export async function getTrainingRun(db: Database, id: string): Promise<TrainingRunRow | null> {
  return runs(db).where(eq(trainingRun.id, id)).get() ?? null;
}

/** What changes when anything of the run changes, cheap enough to ask for ten times a second. */
export async function trainingRevision(db: Database, id: string): Promise<{ revision: string; ended: boolean } | null> {
  const row = revisionOf(db).get({ id });
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

/** A run on the rankings as they are now, with its job. */
export async function insertTrainingRun(
  db: Database,
  input: { name: string; baseModelId: string; settings: RewardSettings; startedBy: string; now: number },
): Promise<{ id: string; comparisons: number; pairs: number }> {
  return change(db, (orm) => {
    const data = orm
      .select({
        through: sql<number>`coalesce(max(${ranking.seq}), 0)`,
        comparisons: sql<number>`count(distinct ${ranking.comparisonId})`,
        pairs: sql<number>`coalesce(sum(${ranking.strict}), 0)`,
      })
      .from(ranking)
      .where(latestVersion())
      .get() ?? { through: 0, comparisons: 0, pairs: 0 };
    const id = newId();
    const { id: jobId } = addJob(orm, { kind: "train-reward", subjectId: id }, input.now);
    orm
      .insert(trainingRun)
      .values({
        id,
        name: input.name,
        kind: "reward",
        baseModelId: input.baseModelId,
        jobId,
        startedBy: input.startedBy,
        ...input.settings,
        throughRanking: data.through,
        comparisons: data.comparisons,
        pairs: data.pairs,
        createdAt: input.now,
      })
      .run();
    return { id, comparisons: data.comparisons, pairs: data.pairs };
  });
}

/** A new job for a run that was stopped or failed; false when it is under way or done. */
export async function resumeTrainingRun(db: Database, id: string, now: number): Promise<boolean> {
  return change(db, (orm) => {
    const row = orm
      .select({ id: trainingRun.id })
      .from(trainingRun)
      .innerJoin(job, eq(job.id, trainingRun.jobId))
      .where(and(eq(trainingRun.id, id), inArray(job.state, ["cancelled", "failed"])))
      .get();
    if (!row) return false;
    const { id: jobId } = addJob(orm, { kind: "train-reward", subjectId: id }, now);
    orm
      .update(trainingRun)
      .set({ jobId, finishedAt: null, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, id))
      .run();
    return true;
  });
}

export interface TrainingTask {
  id: string;
  name: string;
  baseModel: ModelPlace;
  settings: RewardSettings;
  /** Export the rankings up to this one: those there were when the run was started. */
  throughRanking: number;
}

export async function trainingTask(db: Database, runId: string): Promise<TrainingTask | null> {
  const row = ormOf(db)
    .select({
      id: trainingRun.id,
      name: trainingRun.name,
      baseModel: {
        id: model.id,
        name: model.name,
        kind: model.kind,
        origin: model.origin,
        directory: model.directory,
      },
      settings,
      throughRanking: trainingRun.throughRanking,
    })
    .from(trainingRun)
    .innerJoin(model, eq(model.id, trainingRun.baseModelId))
    .where(eq(trainingRun.id, runId))
    .get();
  return row ?? null;
}

/** One step: how far the run is, and the points of its curves. Non-finite values are left out. */
export async function writeTrainingProgress(
  db: Database,
  held: Held,
  input: { runId: string; step: number; steps: number; secondsLeft: number | null; metrics: Record<string, number> },
): Promise<Kept> {
  return change(db, (orm) => {
    const row = heldJob(orm, held);
    if (!row) return { lost: true, cancelRequested: false };
    const { runId, step, steps, secondsLeft } = input;
    if (row.attempts > 1 && step > furthestStep(orm, runId)) countStartsAnew(orm, row);
    orm
      .update(trainingRun)
      .set({ step, steps, secondsLeft, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, runId))
      .run();
    for (const [name, value] of Object.entries(input.metrics)) {
      if (!Number.isFinite(value)) continue;
      // A step done again after a resume gets a new seq, so that watchers see it.
      const same = and(eq(trainingPoint.runId, runId), eq(trainingPoint.name, name), eq(trainingPoint.step, step));
      orm.delete(trainingPoint).where(same).run();
      orm.insert(trainingPoint).values({ runId, step, name, value }).run();
    }
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

/** From the points: the run's own `step` goes back with it to a checkpoint, and steps done again are no progress. */
function furthestStep(orm: Orm, runId: string): number {
  const furthest = sql<number>`coalesce(max(${trainingPoint.step}), 0)`;
  return orm.select({ furthest }).from(trainingPoint).where(eq(trainingPoint.runId, runId)).get()?.furthest ?? 0;
}

/** The run is done: its model stands in the list (under <data>/models/<id>), and the job ends. False when lost. */
export async function finishTraining(
  db: Database,
  held: Held,
  input: {
    runId: string;
    model: { id: string; name: string; kind: "lm" | "reward"; directory: string; parameters: number; context: number };
    metrics: Record<string, number>;
    now?: number;
  },
): Promise<boolean> {
  const now = input.now ?? Date.now();
  return change(db, (orm) => {
    const row = heldJob(orm, held);
    if (!row) return false;
    orm
      .insert(model)
      .values({ ...input.model, origin: "trained", createdAt: now })
      .run();
    for (const [name, value] of Object.entries(input.metrics)) {
      if (Number.isFinite(value)) orm.insert(modelMetric).values({ modelId: input.model.id, name, value }).run();
    }
    orm.update(trainingRun).set({ outputModelId: input.model.id }).where(eq(trainingRun.id, input.runId)).run();
    endJob(orm, row, { state: "done" }, now);
    return true;
  });
}
