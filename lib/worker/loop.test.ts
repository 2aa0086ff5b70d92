import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bySystem } from "../../db/change.ts";
import { type Database, driverOf } from "../../db/client.ts";
import { addComparison, addJob, addModel, addPrompt, addUser, temporaryDatabase } from "../../db/database.fixture.ts";
import { cancelJob, claimJob, expireJobsOf, getJob, maxFailures } from "../../db/queries/jobs.ts";
import { eventually } from "../installation.fixture.ts";
import { Halt, type JobContext, PermanentError, type RunJob, work } from "./loop.ts";

let db: Database;
let remove: () => void;
let subjectId: string;
let shutdown: AbortController;
const workers: Promise<void>[] = [];

beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
  shutdown = new AbortController();
  const createdBy = await addUser(db, "ada");
  subjectId = (await addComparison(db, { promptId: await addPrompt(db), modelId: await addModel(db), createdBy, k: 2 }))
    .id;
});

afterEach(async () => {
  shutdown.abort();
  await Promise.all(workers.splice(0));
  remove();
});

const startWorker = (run: RunJob, options: { workerId?: string; leaseMs?: number } = {}) => {
  const { workerId = "worker", leaseMs = 15_000 } = options;
  const ended = work({
    db,
    kinds: ["generate"],
    workerId,
    run,
    shutdown: shutdown.signal,
    leaseMs,
    pollMs: 10,
    report: () => {},
  });
  workers.push(ended);
  return ended;
};
const insert = async () => addJob(db, { kind: "generate", subjectId });
const untilState = (id: string, state: string) =>
  eventually(async () => expect((await getJob(db, id))?.state).toBe(state));

/** A job that runs until it is halted, and keeps the reason. */
function patient(): { run: RunJob; started: Promise<JobContext>; why: () => unknown } {
  let why: unknown;
  const { promise, resolve } = Promise.withResolvers<JobContext>();
  return {
    started: promise,
    why: () => why,
    run: async (_job, context) => {
      resolve(context);
      await pause(60_000, undefined, { signal: context.signal }).catch(() => {
        why = context.signal.reason;
      });
      context.signal.throwIfAborted();
      return undefined;
    },
  };
}

test("does the jobs one after the other, oldest first, and ends them", async () => {
  const ids = [await insert(), await insert(), await insert()];
  const done: string[] = [];
  let atOnce = 0;
  startWorker(async (job) => {
    expect(++atOnce).toBe(1);
    await pause(20);
    done.push(job.id);
    atOnce--;
    return undefined;
  });
  for (const id of ids) await untilState(id, "done");
  expect(done).toEqual(ids);
});

test("a job that fails is tried again and then failed with its sentence; the worker goes on", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const broken = await insert();
    let tries = 0;
    startWorker(async (job) => {
      if (job.id !== broken) return undefined;
      tries++;
      throw new Error("The model directory has gone.");
    });
    // The pauses between two tries are in the job table; the clock is put forward over them.
    while ((await getJob(db, broken))?.state !== "failed") {
      vi.setSystemTime(Date.now() + 1_000);
      await pause(30);
    }
    expect(await getJob(db, broken)).toMatchObject({ state: "failed", error: "The model directory has gone." });
    expect(tries).toBe(maxFailures);
    await untilState(await insert(), "done");
  } finally {
    vi.useRealTimers();
  }
});

test("an error that another try would meet again is not tried again", async () => {
  const id = await insert();
  let tries = 0;
  startWorker(async () => {
    tries++;
    throw new PermanentError("The prompt is longer than the model's context.");
  });
  await untilState(id, "failed");
  expect(tries).toBe(1);
});

test("a cancelled job is halted by the next heartbeat, or at once by what a write answers", async () => {
  const slow = patient();
  const id = await insert();
  startWorker(slow.run);
  await slow.started;
  await cancelJob(bySystem(db), id);
  await untilState(id, "cancelled");
  expect(slow.why()).toMatchObject({ why: "cancelled" });

  const writing = patient();
  const context = { current: undefined as JobContext | undefined };
  shutdown.abort();
  shutdown = new AbortController();
  startWorker(writing.run, { workerId: "writer" });
  const second = await insert();
  context.current = await writing.started;
  // No heartbeat would learn of this one: the job table says nothing of it.
  context.current.stopIfAsked({ lost: false, cancelRequested: true });
  await untilState(second, "cancelled");
});

test("a worker that is told to stop gives its job back uncounted, for the next one", async () => {
  const slow = patient();
  const id = await insert();
  const ended = startWorker(slow.run);
  await slow.started;
  shutdown.abort();
  await ended;
  expect(slow.why()).toBeInstanceOf(Halt);
  expect(await getJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
});

test("a worker whose lease another took is halted and ends nothing", async () => {
  const slow = patient();
  const id = await insert();
  startWorker(slow.run);
  await slow.started;
  await expireJobsOf(db, "worker");
  expect((await claimJob(db, { kinds: ["generate"], workerId: "other", leaseMs: 60_000 }))?.id).toBe(id);
  await eventually(() => expect(slow.why()).toMatchObject({ why: "lost" }));
  // It goes on with the next one: what it did about this one is done.
  const next = await insert();
  await eventually(async () => expect((await getJob(db, next))?.state).toBe("running"));
  expect(await getJob(db, id)).toMatchObject({ state: "running", attempts: 2 });
});

// Read from the blocked thread: a server answers no thread that waits.
test.skipIf(process.env.RANKLOOP_TEST_ENGINE)(
  "the lease is kept while a graph holds up the worker's thread",
  async () => {
    const id = await insert();
    const leases: unknown[] = [];
    startWorker(async () => {
      const look = driverOf(db).prepare("select lease_until from job where id = ?").pluck();
      const pause = new Int32Array(new SharedArrayBuffer(4));
      while (leases.length < 3) {
        const lease = look.get(id);
        if (lease !== leases.at(-1)) leases.push(lease);
        Atomics.wait(pause, 0, 0, 10);
      }
      return undefined;
    });
    await untilState(id, "done");
    expect(leases.map(Number).toSorted((a, b) => a - b)).toEqual(leases);
  },
);

test("a process with the id of a dead one takes its jobs up at once", async () => {
  const id = await insert();
  await claimJob(db, { kinds: ["generate"], workerId: "worker", leaseMs: 600_000 });
  startWorker(async () => undefined);
  await untilState(id, "done");
});
