// Training runs: watching their curves, stopping and resuming them. Starting one is start.ts.
import { cancelJob } from "../../db/queries/jobs.ts";
import * as training from "../../db/queries/training-runs.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { watch } from "../watch.ts";
import type { MetricPoint, TrainingRun } from "./shapes.ts";

const mayTrain = (ctx: Context) => allowed(ctx, "train", "train models");

/** All runs, newest first. */
export async function listTrainingRuns(ctx: Context): Promise<TrainingRun[]> {
  mayTrain(ctx);
  return (await training.listTrainingRuns(ctx)).map(shownRun);
}

/** A run with its curves. @throws DomainError NOT_FOUND */
export async function getTrainingRun(
  ctx: Context,
  input: { id: string },
): Promise<TrainingRun & { points: MetricPoint[] }> {
  mayTrain(ctx);
  const run = await found(ctx, input.id);
  const points = await training.trainingPoints(ctx.db, input.id);
  return { ...shownRun(run), points: points.map(point) };
}

export interface TrainingEvent {
  run: TrainingRun;
  /** All points so far in the first event; in each later one those written since the event before. */
  points: MetricPoint[];
}

/** @throws DomainError UNAUTHORIZED, FORBIDDEN or NOT_FOUND, before the first event */
export async function watchTraining(
  ctx: Context,
  input: { id: string },
  signal?: AbortSignal,
): Promise<AsyncGenerator<TrainingEvent, void, undefined>> {
  mayTrain(ctx);
  await found(ctx, input.id);
  let last = 0;
  return watch({
    db: ctx.db,
    id: input.id,
    revision: () => training.trainingRevision(ctx.db, input.id),
    read: async () => {
      const fresh = await training.trainingPoints(ctx.db, input.id, last);
      last = fresh.at(-1)?.seq ?? last;
      return { run: shownRun(await found(ctx, input.id)), points: fresh.map(point) };
    },
    signal,
  });
}

/** Asks the run to end at a checkpoint. Stopping what has ended changes nothing. @throws DomainError NOT_FOUND */
export async function stopTraining(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = mayTrain(ctx);
  const run = await found(ctx, input.id);
  await cancelJob(scope, run.jobId);
  return { ok: true };
}

/** Resumes a run from its last checkpoint. @throws DomainError NOT_FOUND, or CONFLICT while it runs or after it is done */
export async function resumeTraining(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = mayTrain(ctx);
  const run = await found(ctx, input.id);
  if (await training.resumeTrainingRun(scope, input)) return { ok: true };
  const why = run.state === "done" ? "This run is done." : "This run is under way already.";
  throw new DomainError("CONFLICT", why);
}

async function found(ctx: Context, id: string): Promise<training.TrainingRunRow> {
  const run = await training.getTrainingRun(ctx.db, id);
  if (!run) throw new DomainError("NOT_FOUND", "There is no such training run.");
  return run;
}

/** The run as the contract has it. */
export const shownRun = ({ jobId: _, ...run }: training.TrainingRunRow): TrainingRun => run;
const point = ({ step, name, value }: training.TrainingPoint): MetricPoint => ({ step, name, value });
