// What the launcher tidies up, here, where nobody waits for an answer: at the start what killed processes left half written,
// then, while it runs, what has had its time.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointLog, type Database } from "../../db/client.ts";
import { capAssignmentLeases } from "../../db/queries/assignments.ts";
import { capDelays } from "../../db/queries/jobs.ts";
import { deleteExpiredSessions } from "../../db/queries/sessions.ts";
import { forgetRequests } from "../../db/requests.ts";
import { sweepAbandoned } from "../../models/gpt/directory.ts";
import { assignmentLeaseMs } from "../ranking/assignments.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long a request sent again gets its first answer: whoever lost that asks again within moments, a program within days. */
export const requestsKeptMs = 7 * dayMs;

/** Takes away what nobody is writing any more: models, and checkpoints and files of runs, that were never finished. */
export async function sweepLeftovers(data: string): Promise<void> {
  const runs = join(data, "runs");
  const names = await readdir(runs).catch(() => []);
  for (const folder of [join(data, "models"), ...names.map((name) => join(runs, name))]) await sweepAbandoned(folder);
}

/** Rows of which nobody will ask again. */
export async function deleteOld(db: Database, now: number): Promise<void> {
  await deleteExpiredSessions(db, now);
  await forgetRequests(db, now - requestsKeptMs);
}

/** Goes on for as long as the process does. A try that fails (a full disk) is followed by another. */
export function keepHouse(db: Database): void {
  const every = (ms: number, task: () => Promise<void>) => {
    const once = () => void task().catch(() => {});
    once();
    setInterval(once, ms).unref();
  };
  every(1_000, () => checkpointLog(db));
  every(60 * minuteMs, () => deleteOld(db, Date.now()));
  // The clock may be set back at any time: nothing may wait or be held until the old time comes again.
  every(minuteMs, () => capDelays(db, Date.now()));
  every(minuteMs, () => capAssignmentLeases(db, { leaseMs: assignmentLeaseMs, now: Date.now() }));
}
