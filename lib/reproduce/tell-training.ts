// A trainer run from files, in this process: how far it is, and what it leaves.
import { allSteps, type TrainEvent, type TrainResult } from "../../models/train/loop.ts";
import { duration } from "../output.ts";
import type { Step } from "./steps.ts";

/** Takes all steps of a trainer. @param what names it for the person who waits */
export const toEnd = (
  run: AsyncGenerator<TrainEvent, TrainResult>,
  what: string,
  { tell }: Step,
  seen: (event: TrainEvent) => unknown = () => {},
): Promise<TrainResult> =>
  allSteps(run, async (event) => {
    await seen(event);
    if (event.secondsLeft === null) return;
    tell(`${what}, ${event.step} of ${event.steps} steps, ${duration(event.secondsLeft)} left`);
  });
