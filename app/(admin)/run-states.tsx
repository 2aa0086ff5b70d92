// How a training run stands, in words, and how far it is.
import type { TrainingRun } from "../../lib/training/shapes.ts";
import { count, duration } from "../ui/figures.ts";
import { Meter } from "../ui/meter.tsx";

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

export function RunProgress({ run }: { run: TrainingRun }) {
  const left = run.state === "running" && run.secondsLeft !== null ? ` · about ${duration(run.secondsLeft)} left` : "";
  return (
    <div className="flex flex-col gap-1">
      <Meter label={`Progress of ${run.name}`} share={run.steps > 0 ? run.step / run.steps : 0} />
      <p className="text-muted text-sm tabular-nums">
        {run.steps > 0 ? `Step ${count(run.step)} of ${count(run.steps)}${left}` : runStates[run.state]}
      </p>
    </div>
  );
}
