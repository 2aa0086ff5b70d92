// What killed processes left half written under the data directory.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sweepAbandoned } from "../../models/gpt/directory.ts";

/** Takes away what nobody is writing any more: models, and checkpoints and files of runs, that were never finished. */
export async function sweepLeftovers(data: string): Promise<void> {
  const runs = join(data, "runs");
  const names = await readdir(runs).catch(() => []);
  for (const folder of [join(data, "models"), ...names.map((name) => join(runs, name))]) await sweepAbandoned(folder);
}
