// A trainer run from files, in this process: how far it is, and what it leaves.
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { duration } from "../cli/output.ts";
import type { Step } from "./steps.ts";

/** Takes all steps of a trainer. @param what names it for the person who waits */
export async function toEnd(
  run: AsyncGenerator<TrainEvent, TrainResult>,
  what: string,
  { tell }: Step,
  seen: (event: TrainEvent) => unknown = () => {},
): Promise<TrainResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    await seen(value);
    tell(`${what}, ${value.step} of ${value.steps} steps, ${duration(value.secondsLeft)} left`);
  }
}
