// A train job: writes the run's data into files, trains on these, and puts the model into the list.
// Everything of a run is under <data>/runs/<id>, its curves also as TensorBoard reads them; a run that was stopped or killed goes on from its checkpoint there.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import type { Database } from "../../db/client.ts";
import { dataDirectory } from "../../db/data-directory.ts";
import { heartbeatJob } from "../../db/queries/jobs.ts";
import {
  finishTraining,
  type TrainingTask,
  trainingTask,
  writeTrainingPhase,
  writeTrainingProgress,
} from "../../db/queries/training-tasks.ts";
import { describeModel, ModelDirectoryError } from "../../models/gpt/checkpoint.ts";
import { SamplingError } from "../../models/gpt/sampling.ts";
import { PromptError, TokenizerError } from "../../models/gpt/tokenizer.ts";
import { MemoryError } from "../../models/memory.ts";
import { ConfigError } from "../../models/train/config.ts";
import { DataError } from "../../models/train/data.ts";
import { allSteps, type TrainEvent, type TrainResult } from "../../models/train/loop.ts";
import { NonFiniteError } from "../../models/train/optimizer.ts";
import { RunStateError } from "../../models/train/run-state.ts";
import { ScoreError } from "../../models/train/score.ts";
import { EventLog } from "../../models/train/tensorboard.ts";
import { JsonlError } from "../preference/jsonl.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { Halt, type JobContext, leaseMs, PermanentError, type RunJob } from "./loop.ts";
import { ownCheckpoints, ownModel, removeCheckpoint, removeCheckpoints } from "./own-place.ts";
import { snapshot } from "./snapshot.ts";
import { trainerOf } from "./trainer-of.ts";

/** Errors that would come again at another try. */
const hopeless = [
  ConfigError,
  DataError,
  JsonlError,
  MemoryError,
  ModelDirectoryError,
  NonFiniteError,
  PromptError,
  RunStateError,
  SamplingError,
  ScoreError,
  TokenizerError,
];

export function trainJob(db: Database): RunJob {
  return async (job, context) => {
    const task = await trainingTask(db, job.subjectId);
    if (!task) throw new PermanentError("The training run is not there any more.");
    const run = join(dataDirectory(), "runs", task.id);
    const models = join(dataDirectory(), "models");
    const checkpoints = await ownCheckpoints(run, context.claim.workerId);
    const directory = await ownModel(models, task.id);
    const out = join(models, directory);
    try {
      const tell = (phase: string) => {
        // For people to read only: an error of this write comes again, and is handled, at the next step.
        writeTrainingPhase(db, context.claim, { runId: task.id, phase }).catch(() => {});
      };
      tell("writing the data into files");
      const files = await snapshot(db, task, run, context);
      tell("reading the model and the data");
      const steps = trainerOf(task, files, { out, checkpoints }, context.signal, tell);
      const metrics = await train(db, task, steps, new EventLog(join(run, "tensorboard")), context);
      const { kind, parameters, config } = await describeModel(out);
      const model = { id: task.id, name: task.name, kind, directory, parameters, context: config.nCtx };
      const kept = await finishTraining(db, context.claim, { runId: task.id, model, metrics });
      if (!kept) throw new Halt("lost");
      await removeCheckpoints(run);
    } catch (error) {
      if (await isLost(db, context)) {
        // Another worker has the run now, and has gone on from the checkpoint there was.
        await removeCheckpoint(checkpoints);
        await rm(out, { recursive: true, force: true });
      }
      throw PermanentError.of(inWords(error, task, run), hopeless);
    }
    return "ended";
  };
}

/** Has this worker lost the job? Asked of the job table, because a worker told to stop may not have heard that it lost it. */
const isLost = (db: Database, { claim }: JobContext): Promise<boolean> =>
  heartbeatJob(db, { ...claim, leaseMs }).then(
    ({ lost }) => lost,
    () => false,
  );

/** Takes all steps, storing the progress of each. @returns the finished model's figures */
async function train(
  db: Database,
  task: TrainingTask,
  steps: AsyncGenerator<TrainEvent, TrainResult>,
  log: EventLog,
  context: JobContext,
): Promise<Record<string, number>> {
  try {
    // The loop is not left when halted: the trainer saves a checkpoint first and then throws the reason.
    const { metrics } = await allSteps(steps, async (event) => {
      context.stopIfAsked(await writeTrainingProgress(db, context.claim, { runId: task.id, ...event }));
      log.add(event.step, event.metrics);
      await letOthersRun();
    });
    return metrics;
  } finally {
    log.close();
  }
}

/** The error for people: with the names of models and files in place of their paths on this machine. */
function inWords(error: unknown, { baseModel, rewardModel, data }: TrainingTask, run: string): unknown {
  if (!(error instanceof Error)) return error;
  const names = new Map(data.map(({ dataset }) => [join(run, `${dataset}.jsonl`), `${dataset}.jsonl`]));
  for (const model of [baseModel, rewardModel]) if (model) names.set(modelDirectory(model), model.name);
  for (const [path, name] of names) error.message = error.message.replaceAll(path, name);
  return error;
}
