// The directories of one worker for a run, which no other worker writes to. A worker that was paused, lost its lease and goes
// on later cannot touch what its successor writes; the database says whose model counts.
import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { wholeDirectory } from "../../models/gpt/directory.ts";
import { checkpointStep } from "../../models/train/run-state.ts";

/**
 * This worker's directory for the checkpoints of a run. It takes over the furthest checkpoint of earlier workers.
 * @param run the run's directory
 */
export async function ownCheckpoints(run: string, workerId: string): Promise<string> {
  const own = join(run, `checkpoint-${workerId}`);
  const steps = new Map<string, number>();
  for (const dir of await checkpointsIn(run)) {
    const step = await checkpointStep(dir);
    if (step !== null) steps.set(dir, step);
  }
  const furthest = [...steps].sort(([, a], [, b]) => b - a)[0];
  if (furthest && furthest[1] > (steps.get(own) ?? -1)) {
    await removeCheckpoint(own);
    await rename(await wholeDirectory(furthest[0]), own);
  }
  for (const dir of await checkpointsIn(run)) if (dir !== own) await removeCheckpoint(dir);
  return own;
}

/** Deletes the checkpoints of all workers, once the run needs none. */
export async function removeCheckpoints(run: string): Promise<void> {
  for (const dir of await checkpointsIn(run)) await removeCheckpoint(dir);
}

/** A new directory name under <data>/models for this start of the run. Models that earlier starts left there are deleted. */
export async function ownModel(models: string, runId: string): Promise<string> {
  for (const name of await readdir(models).catch(() => [])) {
    if (name.startsWith(`${runId}-`)) await rm(join(models, name), { recursive: true, force: true });
  }
  return `${runId}-${randomBytes(4).toString("hex")}`;
}

/** All checkpoints of a run, those left by a killed replacement included. */
async function checkpointsIn(run: string): Promise<string[]> {
  const names = (await readdir(run).catch(() => [])).filter((name) => /^checkpoint(-[\w-]+)?(\.previous)?$/.test(name));
  return [...new Set(names.map((name) => join(run, name.replace(/\.previous$/, ""))))];
}

export async function removeCheckpoint(dir: string): Promise<void> {
  for (const path of [dir, `${dir}.previous`]) await rm(path, { recursive: true, force: true });
}
