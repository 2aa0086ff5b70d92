// Training waited for, with its progress told: runs in the application through its API, and trainers in this process.
import type * as z from "zod";
import { allSteps, type TrainEvent, type TrainResult } from "../../models/train/loop.ts";
import { duration } from "../output.ts";
import type { newTraining } from "../training/shapes.ts";
import { type Application, throughRestarts } from "./application.ts";
import type { Step } from "./steps.ts";

export interface TrainedModel {
  id: string;
  directory: string;
}

/**
 * A model by its name: the one that is there, one whose training goes on, or a new one.
 * @throws Error with the run's own sentence when it fails
 */
export async function trained(
  app: Application,
  wanted: z.input<typeof newTraining>,
  { signal, tell }: Step,
): Promise<TrainedModel> {
  const { training } = app.admin;
  const known = (await training.list()).find(({ name }) => name === wanted.name);
  const { id } = known ?? (await training.start(wanted));
  if (known?.state === "cancelled" || known?.state === "failed") await training.resume({ id });
  for await (const { run } of await training.watch({ id }, { signal, context: throughRestarts })) {
    tell(`${run.step} of ${run.steps} steps${run.secondsLeft === null ? "" : `, ${duration(run.secondsLeft)} left`}`);
  }
  const { state, error, outputModelId } = await training.get({ id });
  if (state !== "done" || outputModelId === null) throw new Error(`${wanted.name}: ${error ?? `the run is ${state}.`}`);
  return { id: outputModelId, directory: await app.directoryOf(outputModelId) };
}

/** Takes all steps of a trainer in this process. @param what names it for the person who waits */
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
