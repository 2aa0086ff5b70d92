// Shared by all worker processes: the database, the end at SIGTERM, and a loop for each lane of work.
import { randomUUID } from "node:crypto";
import { closeDatabase, openDatabase } from "../../db/client.ts";
import type { JobKind } from "../../db/queries/jobs.ts";
import { startHeart } from "./heart.ts";
import { lanesOf } from "./lanes.ts";
import { work } from "./loop.ts";

/** How the ids of a worker's lanes begin, across its restarts; the ids of all workers of one launcher begin alike. */
export const workersOf = (launch: string, name = ""): string => (name ? `${launch}-${name}-` : `${launch}-`);

/**
 * Works until SIGTERM (from the launcher, or because it has gone), then ends the process.
 * @param name of the worker; with the launcher's own id it names this worker's lanes across restarts.
 */
export async function runWorker(name: string, kinds: readonly JobKind[]): Promise<void> {
  const shutdown = new AbortController();
  process.on("SIGTERM", () => shutdown.abort());
  // Without an fsync for every piece of text: what workers write can be made again.
  const db = openDatabase(undefined, { durable: "checkpoint" });
  const heart = startHeart(db);
  const launch = process.env.RANKLOOP_LAUNCH ?? randomUUID();
  const lanes = (await lanesOf(db, kinds)).map((lane, index) =>
    work({ ...lane, db, heart, workerId: `${workersOf(launch, name)}${index}`, shutdown: shutdown.signal }),
  );
  await Promise.all(lanes);
  await closeDatabase(db);
  // onnxruntime's threads would keep the process.
  process.exit(0);
}
