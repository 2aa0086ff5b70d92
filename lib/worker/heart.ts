// A thread that keeps the leases of a worker's jobs while the worker's own thread runs a graph, which may take longer than a
// lease: `session.run` lets nothing else through. One for each worker process, on a database connection of its own.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { closeDatabase, type Database, openDatabase } from "../../db/client.ts";
import { heartbeatJob, type JobClaim } from "../../db/queries/jobs.ts";

/** How long a worker's own thread may say nothing before it counts as stuck: longer than any one run of a graph. */
const longestGraphMs = 10 * 60_000;
const longestPauseMs = 1_000;

/** What the job table says of a claimed job. */
export interface Heartbeat {
  lost: boolean;
  cancelRequested: boolean;
}

export interface Heart {
  /** Keeps the lease of a job until the result is called. `hear` is told what each heartbeat answers, or why it failed. */
  beatFor(claim: JobClaim, leaseMs: number, hear: (answer: Heartbeat | Error) => void): () => void;
  stop(): Promise<unknown>;
}

interface Order {
  claim: JobClaim;
  /** 0: the lease is kept no longer. */
  leaseMs: number;
}
interface Answer {
  claim: JobClaim;
  answer: Heartbeat | Error;
}

const keyOf = ({ id, workerId }: JobClaim) => `${workerId} ${id}`;

export function startHeart({ file }: Database): Heart {
  const thread = new Worker(new URL(import.meta.url), { workerData: { file } });
  thread.unref();
  const listeners = new Map<string, (answer: Heartbeat | Error) => void>();
  thread.on("message", ({ claim, answer }: Answer) => listeners.get(keyOf(claim))?.(answer));
  const alive = setInterval(() => thread.postMessage(null), longestPauseMs);
  alive.unref();
  return {
    beatFor(claim, leaseMs, hear) {
      listeners.set(keyOf(claim), hear);
      thread.postMessage({ claim, leaseMs } satisfies Order);
      return () => {
        listeners.delete(keyOf(claim));
        thread.postMessage({ claim, leaseMs: 0 } satisfies Order);
      };
    },
    stop() {
      clearInterval(alive);
      return thread.terminate();
    },
  };
}

if (!isMainThread && parentPort) beat(parentPort, openDatabase(workerData.file, { durable: "checkpoint" }));

function beat(worker: NonNullable<typeof parentPort>, db: Database): void {
  const beats = new Map<string, NodeJS.Timeout>();
  let lastWordAt = performance.now();
  worker.on("message", (order: Order | null) => {
    lastWordAt = performance.now();
    if (!order) return;
    const { claim, leaseMs } = order;
    clearInterval(beats.get(keyOf(claim)));
    beats.delete(keyOf(claim));
    if (leaseMs === 0) return;
    const once = async () => {
      if (performance.now() - lastWordAt > longestGraphMs) return;
      const answer = await heartbeatJob(db, { ...claim, leaseMs }).catch((error: unknown) => error as Error);
      worker.postMessage({ claim, answer } satisfies Answer);
    };
    beats.set(keyOf(claim), setInterval(once, Math.min(longestPauseMs, leaseMs / 3)));
  });
  worker.on("close", () => void closeDatabase(db));
}
