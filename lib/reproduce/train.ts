// Training runs in the application, started through its API and waited for.
import type * as z from "zod";
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
