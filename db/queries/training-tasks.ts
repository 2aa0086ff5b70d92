// Training runs for the worker: what one is to do, how far it is, and its end.
import { and, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { TrainingDataset, TrainingKind } from "../../lib/vocabulary/labeling.ts";
import { byWorker, change } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { model, modelMetric, trainingData, trainingPoint, trainingRun } from "../schema/index.ts";
import { claimedJob, countStartsAnew, endJob } from "../steps/jobs.ts";
import { type ModelPlace, place, placeOf, type WriteOutcome } from "./candidates.ts";
import type { Watermark } from "./exports.ts";
import type { JobClaim } from "./jobs.ts";
import { settingsIn, type TrainingDataRow, type TrainingSettings } from "./training-runs.ts";

export interface TrainingTask {
  id: string;
  /** The project whose data it reads. */
  projectId: string;
  name: string;
  kind: TrainingKind;
  baseModel: ModelPlace;
  rewardModel: ModelPlace | null;
  settings: TrainingSettings;
  /** When it was started: the data are those of then. */
  at: Watermark;
  data: TrainingDataRow[];
}

const rewardModel = alias(model, "reward_model");

export async function trainingTask(db: Database, runId: string): Promise<TrainingTask | null> {
  const orm = ormOf(db);
  const row = await orm
    .select({
      id: trainingRun.id,
      projectId: trainingRun.projectId,
      name: trainingRun.name,
      kind: trainingRun.kind,
      settings: trainingRun.settings,
      at: {
        ranking: trainingRun.throughRanking,
        demonstration: trainingRun.throughDemonstration,
        review: trainingRun.throughReview,
        prompt: trainingRun.throughPrompt,
      },
      baseModel: place,
      rewardModel: placeOf(rewardModel),
    })
    .from(trainingRun)
    .innerJoin(model, eq(model.id, trainingRun.baseModelId))
    .leftJoin(rewardModel, eq(rewardModel.id, trainingRun.rewardModelId))
    .where(eq(trainingRun.id, runId))
    .get();
  if (!row) return null;
  const { dataset, source, items, lines, hash } = trainingData;
  const data = await orm
    .select({ dataset, source, items, lines, hash })
    .from(trainingData)
    .where(eq(trainingData.runId, runId))
    .all();
  return { ...row, settings: settingsIn(row.settings), data };
}

/**
 * A file of the run is written. Answers the hash that is on record: of the same file written again, the first one's.
 * Lines of texts are texts; of anything else they were counted at the start.
 */
export async function noteTrainingData(
  db: Database,
  claim: JobClaim,
  input: { runId: string; dataset: TrainingDataset; lines: number; hash: string },
): Promise<string> {
  const { runId, dataset, lines, hash } = input;
  return change(byWorker(db, claim), async (orm, tell) => {
    const one = and(eq(trainingData.runId, runId), eq(trainingData.dataset, dataset));
    const known = (await orm.select({ hash: trainingData.hash }).from(trainingData).where(one).get())?.hash;
    if (known) return known;
    await orm
      .update(trainingData)
      .set(dataset === "texts" ? { hash, lines, items: lines } : { hash, lines })
      .where(one)
      .run();
    const project = (await orm.select().from(trainingRun).where(eq(trainingRun.id, runId)).get())?.projectId;
    await tell({
      verb: "run.noteData",
      subject: runId,
      ...(project && { project }),
      before: { dataset },
      after: { dataset, lines, hash },
    });
    return hash;
  });
}

/** One step: how far the run is, and the points of its curves. Non-finite values are left out. */
export async function writeTrainingProgress(
  db: Database,
  claim: JobClaim,
  input: { runId: string; step: number; steps: number; secondsLeft: number | null; metrics: Record<string, number> },
): Promise<WriteOutcome> {
  return change(byWorker(db, claim), async (orm) => {
    const row = await claimedJob(orm, claim);
    if (!row) return { lost: true, cancelRequested: false };
    const { runId, step, steps, secondsLeft } = input;
    if (row.attempts > 1 && step > (await furthestStep(orm, runId))) await countStartsAnew(orm, row);
    await orm
      .update(trainingRun)
      .set({ step, steps, secondsLeft, phase: null, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, runId))
      .run();
    for (const [name, value] of Object.entries(input.metrics)) {
      if (!Number.isFinite(value)) continue;
      // A step done again after a resume gets a new seq, so that watchers see it.
      const same = and(eq(trainingPoint.runId, runId), eq(trainingPoint.name, name), eq(trainingPoint.step, step));
      await orm.delete(trainingPoint).where(same).run();
      await orm.insert(trainingPoint).values({ runId, step, name, value }).run();
    }
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

/** What the run does until its next step. */
export async function writeTrainingPhase(
  db: Database,
  claim: JobClaim,
  { runId, phase }: { runId: string; phase: string },
): Promise<void> {
  await change(byWorker(db, claim), async (orm) => {
    if (!(await claimedJob(orm, claim))) return;
    await orm
      .update(trainingRun)
      .set({ phase, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, runId))
      .run();
  });
}

/** From the points: the run's own `step` goes back with it to a checkpoint, and steps done again are no progress. */
async function furthestStep(orm: Orm, runId: string): Promise<number> {
  const furthest = sql<number>`coalesce(max(${trainingPoint.step}), 0)`;
  return (
    (await orm.select({ furthest }).from(trainingPoint).where(eq(trainingPoint.runId, runId)).get())?.furthest ?? 0
  );
}

/** The run is done: its model stands in the list (under <data>/models/<id>), and the job ends. False when lost. */
export async function finishTraining(
  db: Database,
  claim: JobClaim,
  input: {
    runId: string;
    model: { id: string; name: string; kind: "lm" | "reward"; directory: string; parameters: number; context: number };
    metrics: Record<string, number>;
    now?: number;
  },
): Promise<boolean> {
  const now = input.now ?? Date.now();
  return change(byWorker(db, claim, now), async (orm, tell) => {
    const row = await claimedJob(orm, claim);
    if (!row) return false;
    // It may have been renamed while it trained.
    const name =
      (await orm.select().from(trainingRun).where(eq(trainingRun.id, input.runId)).get())?.name ?? input.model.name;
    await orm
      .insert(model)
      .values({ ...input.model, projectId: row.projectId, name, origin: "trained", createdAt: now })
      .run();
    for (const [name, value] of Object.entries(input.metrics)) {
      if (Number.isFinite(value)) await orm.insert(modelMetric).values({ modelId: input.model.id, name, value }).run();
    }
    await orm.update(trainingRun).set({ outputModelId: input.model.id }).where(eq(trainingRun.id, input.runId)).run();
    const { id: subject, kind, parameters } = input.model;
    const after = { name, kind, parameters };
    await tell({ verb: "model.create", subject, project: row.projectId, partOf: input.runId, before: null, after });
    await endJob(orm, tell, row, { state: "done" }, now);
    return true;
  });
}
