// Jobs: inserted by verbs, claimed by workers under a lease, kept by heartbeat, retried, cancelled.
// A worker that lost its lease learns it from every call and must drop the job: someone else has it.
import { and, asc, eq, gt, inArray, like, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import { bySystem, byWorker, change, type Scope, type Tell } from "../change.ts";
import { type Database, type Orm, oneUnlocked, ormOf, prepared } from "../client.ts";
import { job, jobKinds, type jobStates } from "../schema/jobs.ts";
import { noteFailedTry, storable } from "../steps/comparisons.ts";
import { cancel, claimedJob, endJob, type JobClaim, type JobRow } from "../steps/jobs.ts";

export type { JobClaim } from "../steps/jobs.ts";

export { jobKinds };
export type JobKind = (typeof jobKinds)[number];
export type JobState = (typeof jobStates)[number];

/** How often a job may fail before it is given up: a job that crashes its worker must not do so for ever. */
export const maxFailures = 3;
const retryDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;
const delayAfter = (attempts: number) => Math.min(retryDelayMs * 4 ** Math.max(0, attempts - 1), longestDelayMs);

interface JobFields {
  id: string;
  projectId: string;
  subjectId: string;
  state: JobState;
  attempts: number;
  cancelRequested: boolean;
  error: string | null;
  createdAt: number;
  finishedAt: number | null;
}
export type Job = JobFields &
  (
    | { kind: "try" | "train" | "judge" | "download" }
    | { kind: "generate"; payload: { only?: string | undefined } }
    | { kind: "score"; payload: { modelId: string } }
  );

const scorePayload = z.object({ modelId: z.string() });
const generatePayload = z.object({ only: z.string().optional() });

function jobOf(row: JobRow): Job {
  const { id, projectId, subjectId, state, attempts, cancelRequested, error, createdAt, finishedAt, kind } = row;
  const fields = { id, projectId, subjectId, state, attempts, cancelRequested, error, createdAt, finishedAt };
  if (kind === "score") return { ...fields, kind, payload: scorePayload.parse(JSON.parse(row.payload)) };
  if (kind === "generate") return { ...fields, kind, payload: generatePayload.parse(JSON.parse(row.payload)) };
  return { ...fields, kind };
}

export async function getJob(db: Database, id: string): Promise<Job | null> {
  const row = await ormOf(db).select().from(job).where(eq(job.id, id)).get();
  return row ? jobOf(row) : null;
}

const claimable = (kinds: JobKind[], now: number) =>
  and(
    inArray(job.kind, kinds),
    or(and(eq(job.state, "waiting"), lte(job.notBefore, now)), and(eq(job.state, "running"), lte(job.leaseUntil, now))),
  );

/**
 * The oldest job of these kinds that waits, or whose worker's lease ran out; null when there is none.
 * A lease that ran out counts as a failure: after `maxFailures` the job becomes failed instead, and one whose cancel was
 * asked for becomes cancelled.
 * Cheap when there is nothing to do: it writes only when it finds something.
 */
export async function claimJob(
  db: Database,
  claim: { kinds: JobKind[]; workerId: string; leaseMs: number; now?: number },
): Promise<Job | null> {
  const now = claim.now ?? Date.now();
  const some = await ormOf(db).select({ id: job.id }).from(job).where(claimable(claim.kinds, now)).limit(1).get();
  if (!some) return null;
  return change(byWorker(db, claim, now), async (orm, tell) => {
    await takeFromSilentWorkers(orm, tell, claim.kinds, now);
    const oldest = orm
      .select({ id: job.id })
      .from(job)
      .where(claimable(claim.kinds, now))
      .orderBy(asc(job.seq))
      .limit(oneUnlocked);
    const row = await orm
      .update(job)
      .set({
        state: "running",
        workerId: claim.workerId,
        leaseUntil: now + claim.leaseMs,
        attempts: sql`${job.attempts} + 1`,
      })
      .where(eq(job.id, oldest))
      .returning()
      .get();
    return row ? jobOf(row) : null;
  });
}

/** Takes jobs from workers whose lease ran out, because they crashed or hang: a job waits again, or has failed too often. */
async function takeFromSilentWorkers(orm: Orm, tell: Tell, kinds: JobKind[], now: number): Promise<void> {
  const left = await orm
    .select()
    .from(job)
    .where(and(inArray(job.kind, kinds), eq(job.state, "running"), lte(job.leaseUntil, now)))
    .all();
  for (const row of left) {
    if (row.cancelRequested) await endJob(orm, tell, row, { state: "cancelled" }, now);
    else if (row.failures + 1 >= maxFailures) {
      const error = `It was started ${row.attempts} times and the worker stopped each time: see its log.`;
      await endJob(orm, tell, row, { state: "failed", error }, now);
    } else
      await orm
        .update(job)
        .set({ state: "waiting", workerId: null, leaseUntil: null, failures: row.failures + 1 })
        .where(eq(job.id, row.id))
        .run();
  }
}

const beat = prepared((orm) =>
  orm
    .update(job)
    .set({ leaseUntil: sql`${sql.placeholder("leaseUntil")}` })
    .where(
      and(eq(job.id, sql.placeholder("id")), eq(job.workerId, sql.placeholder("workerId")), eq(job.state, "running")),
    )
    .returning({ cancelRequested: job.cancelRequested })
    .prepare(),
);

/** Prolongs the lease. `lost`: the job is not this worker's any more (its lease ran out and another took it). */
export async function heartbeatJob(
  db: Database,
  input: JobClaim & { leaseMs: number; now?: number },
): Promise<{ lost: boolean; cancelRequested: boolean }> {
  const { id, workerId, leaseMs, now = Date.now() } = input;
  const row = await beat(ormOf(db)).get({ id, workerId, leaseUntil: now + leaseMs });
  return { lost: row === undefined, cancelRequested: row?.cancelRequested ?? false };
}

/** One change of a claimed job; false when it was lost, and then nothing is changed. */
async function onClaim(
  db: Database,
  claim: JobClaim,
  now: number,
  body: (orm: Orm, tell: Tell, row: JobRow) => Promise<void>,
): Promise<boolean> {
  return change(byWorker(db, claim, now), async (orm, tell) => {
    const row = await claimedJob(orm, claim);
    if (row) await body(orm, tell, row);
    return row !== undefined;
  });
}

/** Ends a job whose work is done. Training ends through finishTraining (db/queries/training-tasks.ts) instead. */
export async function finishJob(db: Database, claim: JobClaim, now = Date.now()): Promise<boolean> {
  return onClaim(db, claim, now, (orm, tell, row) => endJob(orm, tell, row, { state: "done" }, now));
}

/**
 * Notes that a job failed: it waits for another try, or has failed for good.
 * @param input.retry "some": until it has failed `maxFailures` times without progress; "always": the job was not at fault
 */
export async function failJob(
  db: Database,
  input: JobClaim & { error: string; retry: "never" | "some" | "always"; now?: number },
): Promise<boolean> {
  const now = input.now ?? Date.now();
  const error = storable(input.error);
  return onClaim(db, input, now, async (orm, tell, row) => {
    const failures = row.failures + (input.retry === "always" ? 0 : 1);
    if (input.retry === "never" || failures >= maxFailures) {
      await endJob(orm, tell, row, { state: "failed", error }, now);
      return;
    }
    const notBefore = now + delayAfter(row.attempts);
    await orm
      .update(job)
      .set({ state: "waiting", workerId: null, leaseUntil: null, notBefore, failures, error })
      .where(eq(job.id, row.id))
      .run();
    if (row.kind === "generate") await noteFailedTry(orm, row.subjectId, error);
  });
}

/** Gives a job back unchanged when the worker stops (SIGTERM): another one continues it, and no attempt is counted. */
export async function returnJob(db: Database, claim: JobClaim): Promise<boolean> {
  return onClaim(db, claim, Date.now(), async (orm, _tell, row) => {
    await orm
      .update(job)
      .set({ state: "waiting", workerId: null, leaseUntil: null, attempts: row.attempts - 1 })
      .where(eq(job.id, row.id))
      .run();
  });
}

/** Ends the leases of a worker that has exited, so that its jobs are taken up now and not when the leases run out. */
export async function expireJobsOf(db: Database, workerId: string): Promise<void> {
  await ormOf(db)
    .update(job)
    .set({ leaseUntil: 0 })
    .where(and(eq(job.workerId, workerId), eq(job.state, "running")))
    .run();
}

/**
 * Workers were killed from outside: their jobs wait for another start. That is never a failure of the job's, for a kill
 * says nothing about it; but each start without progress is followed by a longer pause, so that a job for which the machine
 * has too little memory leaves the others their turn.
 * @param workers how the ids of the killed workers begin; "" for all, when none can be alive
 */
export async function releaseJobs(db: Database, input: { workers: string; now: number }): Promise<void> {
  const { workers, now } = input;
  await change(bySystem(db, now), async (orm, tell) => {
    const theirs = and(eq(job.state, "running"), like(job.workerId, `${workers}%`));
    for (const row of await orm.select().from(job).where(theirs).all()) {
      if (row.cancelRequested) await endJob(orm, tell, row, { state: "cancelled" }, now);
      else
        await orm
          .update(job)
          .set({ state: "waiting", workerId: null, leaseUntil: null, notBefore: now + delayAfter(row.attempts) })
          .where(eq(job.id, row.id))
          .run();
    }
  });
}

/**
 * Frees jobs whose retry would wait too long, and shortens leases to one from now, for the case that the clock was set back:
 * a worker that claimed a job before that, and was killed, would keep it until the old time comes again.
 */
export async function capWaits(db: Database, { leaseMs, now }: { leaseMs: number; now: number }): Promise<void> {
  const orm = ormOf(db);
  const isLate = and(eq(job.state, "waiting"), gt(job.notBefore, now + longestDelayMs));
  await orm.update(job).set({ notBefore: now }).where(isLate).run();
  const leaseUntil = now + leaseMs;
  const isLong = and(eq(job.state, "running"), gt(job.leaseUntil, leaseUntil));
  await orm.update(job).set({ leaseUntil }).where(isLong).run();
}

/** Asks for the end of a job: at once when it waits; else its worker learns it from its next write or heartbeat. */
export async function cancelJob(scope: Scope, id: string): Promise<void> {
  await change(scope, async (orm, tell) => {
    const row = await orm.select().from(job).where(eq(job.id, id)).get();
    if (row) await cancel(orm, tell, row, scope.now);
  });
}

/** Ends a cancelled job, once its worker has stopped. */
export async function acknowledgeCancel(db: Database, claim: JobClaim, now = Date.now()): Promise<boolean> {
  return onClaim(db, claim, now, (orm, tell, row) => endJob(orm, tell, row, { state: "cancelled" }, now));
}
