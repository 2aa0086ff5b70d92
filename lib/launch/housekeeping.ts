// Housekeeping of the launcher, where nobody waits for an answer: at the start it removes what killed processes left half
// written, and while it runs the rows that have expired.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointLog, type Database } from "../../db/client.ts";
import { capAssignmentLeases } from "../../db/queries/assignments.ts";
import { capWaits } from "../../db/queries/jobs.ts";
import { deleteExpiredSessions } from "../../db/queries/sessions.ts";
import { forgetRequests } from "../../db/requests.ts";
import { sweepAbandoned } from "../../models/gpt/directory.ts";
import { assignmentLeaseMs } from "../ranking/assignments.ts";
import { leaseMs } from "../worker/loop.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long the answer to a request is kept for the same request sent again: a page asks within seconds, a program within days. */
export const requestsKeptMs = 7 * dayMs;

/** Deletes unfinished models, and checkpoints and files of runs, that no process writes any more. */
export async function sweepLeftovers(data: string): Promise<void> {
  const runs = join(data, "runs");
  const names = await readdir(runs).catch(() => []);
  for (const folder of [join(data, "models"), ...names.map((name) => join(runs, name))]) await sweepAbandoned(folder);
}

/** Deletes expired rows, which nobody will ask for again. */
export async function deleteOld(db: Database, now: number): Promise<void> {
  await deleteExpiredSessions(db, now);
  await forgetRequests(db, now - requestsKeptMs);
}

/** Deletes expired rows at intervals as long as the process runs. A failed round (a full disk) is followed by another. */
export function keepHouse(db: Database): void {
  const every = (ms: number, task: () => Promise<void>) => {
    const once = () => void task().catch(() => {});
    once();
    setInterval(once, ms).unref();
  };
  every(1_000, () => checkpointLog(db));
  every(60 * minuteMs, () => deleteOld(db, Date.now()));
  // The clock may be set back at any time: nothing may wait or be held until the old time comes again.
  every(minuteMs, () => capWaits(db, { leaseMs, now: Date.now() }));
  every(minuteMs, () => capAssignmentLeases(db, { leaseMs: assignmentLeaseMs, now: Date.now() }));
}
