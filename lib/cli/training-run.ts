// What `train reward` and `pretrain` share: a line as the steps go by, and Ctrl-C that leaves a checkpoint.
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { Interrupted, interruptSignal } from "./interrupt.ts";
import { duration, note, Progress } from "./output.ts";

/** Takes all steps of a trainer, telling stderr how it goes. */
export async function trainToEnd(
  checkpoints: string,
  start: (signal: AbortSignal) => AsyncGenerator<TrainEvent, TrainResult>,
): Promise<TrainResult> {
  const signal = interruptSignal();
  const progress = new Progress();
  const steps = start(signal);
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done) {
        progress.end();
        return value;
      }
      const { metrics } = value;
      if (Object.keys(metrics).some((name) => name.startsWith("eval/"))) {
        progress.end();
        note(lineOf(value));
      } else progress.show(lineOf(value));
    }
  } catch (error) {
    progress.end();
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(`Stopped; the same command goes on from the checkpoint in ${checkpoints}.`);
  }
}

/** "step 40/200 · loss 0.6231 · accuracy 0.7100 · 12 s left" */
function lineOf({ step, steps, secondsLeft, metrics }: TrainEvent): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${figure(value)}`);
  return [`step ${step}/${steps}`, ...figures, `${duration(secondsLeft)} left`].join(" · ");
}

function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 && Math.abs(value) < 10_000 ? value.toFixed(4) : value.toExponential(2);
}
