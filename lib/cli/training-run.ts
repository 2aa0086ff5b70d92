// What `train …` and `pretrain` share: what there is to learn from, a line as the steps go by, and Ctrl-C that leaves a
// checkpoint.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { duration, note, Progress } from "../output.ts";
import { dataReport, lengthWarning } from "../training/data-report.ts";
import { Interrupted, interruptSignal } from "./failure.ts";
import { folderOf, InputError, path } from "./input.ts";

/** RunOptions are the paths a run writes to, as they were typed. */
export interface RunOptions {
  out: string;
  /** The folder of checkpoints; absent: one beside `out`, deleted when the model is finished. */
  checkpoints?: string;
  force?: boolean;
  tensorboard?: string;
}

export const addRunOptions = (command: Command): Command =>
  command
    .requiredOption("--out <dir>", "directory for the finished model", path)
    .option("--force", "overwrite the model that is there")
    .option("--checkpoints <dir>", "directory for the run's checkpoint (default: <out>.checkpoint)", path)
    .option("--tensorboard <dir>", "directory for the curves as TensorBoard events", path);

/**
 * Takes all steps of a trainer, telling stderr how it goes.
 * @throws InputError where a model would be overwritten, or a folder is missing
 */
export async function trainToEnd(
  { out, checkpoints: named, force, tensorboard }: RunOptions,
  start: (
    checkpoints: string,
    signal: AbortSignal,
  ) => AsyncGenerator<TrainEvent, TrainResult> | Promise<AsyncGenerator<TrainEvent, TrainResult>>,
): Promise<TrainResult> {
  const signal = interruptSignal();
  const checkpoints = named ?? `${out}.checkpoint`;
  for (const directory of [out, checkpoints, ...(tensorboard ? [tensorboard] : [])]) await folderOf(directory);
  const { isThere, wholeDirectory } = await import("../../models/gpt/directory.ts");
  if (!force && (await isThere(join(await wholeDirectory(out), "config.json")))) {
    throw new InputError(`${out} holds a model already: choose another directory, or overwrite it with --force.`);
  }
  const progress = new Progress();
  const tell = (line: string) => {
    progress.end();
    note(line);
  };
  const { allSteps } = await import("../../models/train/loop.ts");
  const { EventLog } = await import("../../models/train/tensorboard.ts");
  const { checkpointStep } = await import("../../models/train/run-state.ts");
  const log = tensorboard === undefined ? undefined : new EventLog(tensorboard);
  let warned = false;
  try {
    const result = await allSteps(await start(checkpoints, signal), (event) => {
      log?.add(event.step, event.metrics);
      if (event.secondsLeft === null) return dataReport(event.metrics, "--overlong").forEach(tell);
      if (Object.keys(event.metrics).some((name) => name.startsWith("eval/"))) tell(lineOf(event));
      else progress.show(lineOf(event));
      const warning = lengthWarning(event.metrics["rollout/no_end_fraction"], "--answer-tokens");
      if (warning && !warned) tell(warning);
      warned ||= warning !== null;
    });
    progress.end();
    const warning = lengthWarning(result.metrics["eval/no_end_fraction"], "--answer-tokens");
    if (warning && !warned) note(warning);
    if (named === undefined) await rm(checkpoints, { recursive: true, force: true });
    return result;
  } catch (error) {
    progress.end();
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(
      (await checkpointStep(checkpoints)) !== null
        ? `Stopped; the same command goes on from the checkpoint in ${checkpoints}.`
        : "Stopped; nothing was kept yet, and the same command begins anew.",
    );
  } finally {
    log?.close();
  }
}

const shown = ["loss", "accuracy", "eval/loss", "eval/accuracy", "objective/score", "objective/kl"];

/** "step 40/200 · loss 0.6231 · accuracy 0.7100 · 12 s left" */
function lineOf({ step, steps, secondsLeft, metrics }: TrainEvent): string {
  const figures = shown.flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${name} ${value < 1_000 ? value.toFixed(4) : Math.round(value)}`];
  });
  return [`step ${step}/${steps}`, ...figures, `${duration(secondsLeft ?? 0)} left`].join(" · ");
}
