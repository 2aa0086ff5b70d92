// How a training run stands, in words, and how far it is.
import type { TrainingRun } from "../../../../lib/training/shapes.ts";
import { count, duration } from "../../../ui/figures.ts";
import { Meter } from "../../../ui/meter.tsx";

export const runStates: Record<TrainingRun["state"], string> = {
  waiting: "Waiting for the trainer",
  running: "Training",
  done: "Finished",
  cancelled: "Stopped",
  failed: "Failed",
};

export function isUnderWay(run: TrainingRun): boolean {
  return run.state === "waiting" || run.state === "running";
}

/** "Step 3 of 20 · about 4 min left · sampling 128 answers" */
export function progressText({
  state,
  step,
  steps,
  secondsLeft,
  phase,
}: Pick<TrainingRun, "state" | "step" | "steps" | "secondsLeft" | "phase">): string {
  const isRunning = state === "running";
  const parts = [steps > 0 ? `Step ${count(step)} of ${count(steps)}` : runStates[state]];
  if (isRunning && secondsLeft !== null) parts.push(`about ${duration(secondsLeft)} left`);
  if (isRunning && phase !== null) parts.push(phase);
  return parts.join(" · ");
}

export function RunProgress({ run }: { run: TrainingRun }) {
  return (
    <div className="flex flex-col gap-1">
      <Meter label={`Progress of ${run.name}`} share={run.steps > 0 ? run.step / run.steps : 0} />
      <p className="text-muted text-sm tabular-nums">{progressText(run)}</p>
    </div>
  );
}
