// Where a worker may write while it holds a run: into directories of its own, that no other worker writes to. One that was
// stopped, lost its lease and goes on later cannot touch what its successor writes; whose model counts, the database says.
import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { wholeDirectory } from "../../models/gpt/directory.ts";
import { checkpointStep } from "../../models/train/run-state.ts";

/**
 * This worker's directory for the checkpoints of a run; the furthest one that is there becomes its first.
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

/** Of any worker: the run needs none any more. */
export async function removeCheckpoints(run: string): Promise<void> {
  for (const dir of await checkpointsIn(run)) await removeCheckpoint(dir);
}

/** A name under <data>/models for what this start of the run makes; what earlier ones made there is not listed and goes. */
export async function ownModel(models: string, runId: string): Promise<string> {
  for (const name of await readdir(models).catch(() => [])) {
    if (name.startsWith(`${runId}-`)) await rm(join(models, name), { recursive: true, force: true });
  }
  return `${runId}-${randomBytes(4).toString("hex")}`;
}

/** Also those that a replacement was killed over. */
async function checkpointsIn(run: string): Promise<string[]> {
  const names = (await readdir(run).catch(() => [])).filter((name) => /^checkpoint(-[\w-]+)?(\.previous)?$/.test(name));
  return [...new Set(names.map((name) => join(run, name.replace(/\.previous$/, ""))))];
}

export async function removeCheckpoint(dir: string): Promise<void> {
  for (const path of [dir, `${dir}.previous`]) await rm(path, { recursive: true, force: true });
}
