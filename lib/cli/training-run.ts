// What `train …` and `pretrain` share: a line as the steps go by, and Ctrl-C that leaves a checkpoint.
import { rm } from "node:fs/promises";
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { duration, note, Progress } from "../output.ts";
import { Interrupted, interruptSignal } from "./interrupt.ts";

/**
 * Takes all steps of a trainer, telling stderr how it goes.
 * @param named where the person wants the checkpoint; else it is beside `out`, and goes when the model is there.
 */
export async function trainToEnd(
  out: string,
  named: string | undefined,
  start: (
    checkpoints: string,
    signal: AbortSignal,
  ) => AsyncGenerator<TrainEvent, TrainResult> | Promise<AsyncGenerator<TrainEvent, TrainResult>>,
): Promise<TrainResult> {
  const signal = interruptSignal();
  const checkpoints = named ?? `${out}.checkpoint`;
  const progress = new Progress();
  const { allSteps } = await import("../../models/train/loop.ts");
  const steps = await start(checkpoints, signal);
  try {
    const result = await allSteps(steps, (event) => {
      if (Object.keys(event.metrics).some((name) => name.startsWith("eval/"))) {
        progress.end();
        note(lineOf(event));
      } else progress.show(lineOf(event));
    });
    progress.end();
    if (named === undefined) await rm(checkpoints, { recursive: true, force: true });
    return result;
  } catch (error) {
    progress.end();
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(`Stopped; the same command goes on from the checkpoint in ${checkpoints}.`);
  }
}

const shown = ["loss", "accuracy", "eval/loss", "eval/accuracy", "objective/score", "objective/kl"];

/** "step 40/200 · loss 0.6231 · accuracy 0.7100 · 12 s left" */
function lineOf({ step, steps, secondsLeft, metrics }: TrainEvent): string {
  const figures = shown.flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${name} ${value < 1_000 ? value.toFixed(4) : Math.round(value)}`];
  });
  return [`step ${step}/${steps}`, ...figures, `${duration(secondsLeft)} left`].join(" · ");
}
