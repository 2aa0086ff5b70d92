// A train-reward job: exports the run's snapshot, trains on that file, and puts the model into the list.
// Everything of a run is under <data>/runs/<id>; a run that was stopped or killed goes on from its checkpoint there.
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../db/client.ts";
import { dataDirectory } from "../../db/data-directory.ts";
import { finishTraining, type TrainingTask, trainingTask, writeTrainingProgress } from "../../db/queries/training.ts";
import { describeModel } from "../../models/gpt/checkpoint.ts";
import { ConfigError } from "../../models/train/config.ts";
import { DataError } from "../../models/train/data.ts";
import { NonFiniteError } from "../../models/train/optimizer.ts";
import { trainReward } from "../../models/train/reward.ts";
import { rewardDefaults } from "../../models/train/reward-config.ts";
import { RunStateError } from "../../models/train/run-state.ts";
import { comparisonLines } from "../datasets/export.ts";
import { modelDirectory } from "../models/directory.ts";
import { turn } from "../turn.ts";
import { type JobContext, PermanentError, type RunJob } from "./loop.ts";
import { writeLines } from "./write-lines.ts";

export function trainingRun(db: Database): RunJob {
  return async (job, context) => {
    const task = await trainingTask(db, job.subjectId);
    if (!task) throw new PermanentError("The training run is not there any more.");
    const run = join(dataDirectory(), "runs", task.id);
    const data = await snapshot(db, task, join(run, "data.jsonl"), context.signal);
    // The run's own id: a run that is killed between writing the model and listing it writes the same one again.
    const out = join(dataDirectory(), "models", task.id);
    const checkpoints = join(run, "checkpoint");
    const metrics = await train(db, task, { data, out, checkpoints }, context).catch((error: unknown) => {
      throw PermanentError.of(error, [ConfigError, DataError, NonFiniteError, RunStateError]);
    });
    const { kind, parameters, config } = await describeModel(out);
    const model = { id: task.id, name: task.name, kind, directory: task.id, parameters, context: config.nCtx };
    const kept = await finishTraining(db, context.held, { runId: task.id, model, metrics });
    if (kept) await rm(checkpoints, { recursive: true, force: true });
    return "ended";
  };
}

/** The comparisons as they were when the run was started, exported once, as turns: what the model was asked. */
async function snapshot(db: Database, task: TrainingTask, file: string, signal: AbortSignal): Promise<string> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  const { throughRanking } = task;
  if (!there) await writeLines(file, comparisonLines(db, { throughRanking, format: "conversational" }), signal);
  return file;
}

async function train(
  db: Database,
  task: TrainingTask,
  paths: { data: string; out: string; checkpoints: string },
  context: JobContext,
): Promise<Record<string, number>> {
  const config = { ...rewardDefaults, ...task.settings, ...paths, model: modelDirectory(task.baseModel) };
  const steps = trainReward(config, context.signal);
  // Not left early when halted: the trainer itself saves a checkpoint and then throws the reason.
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value.metrics;
    context.heed(await writeTrainingProgress(db, context.held, { runId: task.id, ...value }));
    await turn();
  }
}
