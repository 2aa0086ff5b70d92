// What both worker processes share: the database, an end on SIGTERM, and the loop around one kind of work.
import { randomUUID } from "node:crypto";
import { closeDatabase, type Database, openDatabase } from "../../db/client.ts";
import type { JobKind } from "../../db/queries/jobs.ts";
import { type RunJob, work } from "./loop.ts";

/**
 * Works until SIGTERM (from the launcher, or because it has gone), then ends the process.
 * @param name of the worker; with the launcher's own id it names this worker across restarts.
 */
export async function runWorker(name: string, kinds: JobKind[], makeRun: (db: Database) => RunJob): Promise<void> {
  const shutdown = new AbortController();
  process.on("SIGTERM", () => shutdown.abort());
  // Without an fsync for every piece of text: what workers write can be made again.
  const db = openDatabase(undefined, { durable: "checkpoint" });
  const launch = process.env.RANKLOOP_LAUNCH ?? randomUUID();
  await work({ db, kinds, workerId: `${name}-${launch}`, run: makeRun(db), shutdown: shutdown.signal });
  closeDatabase(db);
  // onnxruntime's threads would keep the process.
  process.exit(0);
}
