// The loop of a worker: claim a job, keep its lease while it runs, store how it ended. It knows nothing of what jobs do.
import { setTimeout as pause } from "node:timers/promises";
import { type Database, notices } from "../../db/client.ts";
import { diskTroubleOf } from "../../db/disk-trouble.ts";
import {
  acknowledgeCancel,
  claimJob,
  expireJobsOf,
  failJob,
  finishJob,
  type Job,
  type JobClaim,
  type JobKind,
  returnJob,
} from "../../db/queries/jobs.ts";
import { withoutPlaces } from "../training/model-directory.ts";
import { type Heart, type Heartbeat, startHeart } from "./heart.ts";

/** JobContext is what a job gets while it runs. */
export interface JobContext {
  claim: JobClaim;
  /** Aborted with a `Halt` when a person cancels, the lease is lost or the worker is to stop. */
  signal: AbortSignal;
  /** Aborts `signal` where a write says so. Called with the outcome of every write, which comes before the next heartbeat. */
  stopIfAsked(answer: Heartbeat): void;
}

/**
 * RunJob does one job. It resolves to "ended" where it ended the job itself, in the same change as its last result.
 * @throws whatever went wrong: the message is shown to people, and the job is tried again as the job table allows.
 */
export type RunJob = (job: Job, context: JobContext) => Promise<"ended" | undefined>;

/** Halt is the reason why a running job has to stop. */
export class Halt extends Error {
  override name = "Halt";
  readonly why: "cancelled" | "lost" | "shutdown";
  constructor(why: Halt["why"]) {
    super(`The job is to stop: ${why}.`);
    this.why = why;
  }
}

/** A PermanentError would come again at another try, so the job is not tried again. */
export class PermanentError extends Error {
  override name = "PermanentError";

  /** Errors of these classes become permanent ones, with their sentence. */
  static of(error: unknown, classes: readonly (abstract new (...args: never[]) => Error)[]): unknown {
    const permanent = classes.some((one) => error instanceof one);
    return permanent ? new PermanentError((error as Error).message, { cause: error }) : error;
  }
}

/** How long a worker without a heartbeat keeps its job. */
export const leaseMs = 15_000;

export interface WorkerOptions {
  db: Database;
  kinds: JobKind[];
  /**
   * The id of this worker, which one running process has at a time. A process that starts with it knows that the one before
   * is dead, and takes up its jobs at once.
   */
  workerId: string;
  run: RunJob;
  /** What the loops of a process share; absent: one of its own. */
  heart?: Heart;
  /** Ends the loop: the job under way is given back. */
  shutdown: AbortSignal;
  leaseMs?: number;
  /** Pause between two looks for work, where the database does not tell of it. */
  pollMs?: number;
  report?: (sentence: string) => void;
}

/** Works until `shutdown`, then resolves. */
export async function work(options: WorkerOptions): Promise<void> {
  const { db, kinds, workerId, run, shutdown, pollMs = 100, report = console.error } = options;
  const lease = options.leaseMs ?? leaseMs;
  const heart = options.heart ?? startHeart(db);
  const insist = <T>(once: () => Promise<T>) => untilNoTrouble(once, { pollMs, report, signal: shutdown });
  await insist(() => expireJobsOf(db, workerId));
  for await (const _ of notices(db, "job", { everyMs: pollMs, signal: shutdown })) {
    while (!shutdown.aborted) {
      const job = await insist(() => claimJob(db, { kinds, workerId, leaseMs: lease }));
      if (!job) break;
      await perform(job);
    }
  }
  if (!options.heart) await heart.stop();

  async function perform(job: Job): Promise<void> {
    const claim = { id: job.id, workerId };
    const halting = new AbortController();
    const halt = (why: Halt["why"]) => halting.abort(new Halt(why));
    const stopIfAsked: JobContext["stopIfAsked"] = ({ lost, cancelRequested }) => {
      if (lost) halt("lost");
      else if (cancelRequested) halt("cancelled");
    };
    const onShutdown = () => halt("shutdown");
    shutdown.addEventListener("abort", onShutdown, { once: true });
    const stopBeating = heart.beatFor(claim, lease, (answer) =>
      answer instanceof Error ? report(sentenceOf(answer)) : stopIfAsked(answer),
    );
    try {
      if (shutdown.aborted) onShutdown();
      if (job.cancelRequested) halt("cancelled");
      halting.signal.throwIfAborted();
      const end = await run(job, { claim, signal: halting.signal, stopIfAsked });
      if (end !== "ended") await insist(() => finishJob(db, claim));
    } catch (error) {
      const reason: unknown = error instanceof Halt ? error : halting.signal.reason;
      if (reason instanceof Halt) await insist(() => endHalted(claim, reason));
      else {
        report(`${job.kind} ${job.subjectId}, attempt ${job.attempts}: ${traceOf(error)}`);
        const retry = isTrouble(error) ? "always" : error instanceof PermanentError ? "never" : "some";
        await insist(() => failJob(db, { ...claim, error: sentenceOf(error), retry }));
      }
    } finally {
      stopBeating();
      shutdown.removeEventListener("abort", onShutdown);
    }
  }

  async function endHalted(claim: JobClaim, { why }: Halt): Promise<void> {
    if (why === "cancelled") await acknowledgeCancel(db, claim);
    else if (why === "shutdown") await returnJob(db, claim);
  }
}

/**
 * Retries while the disk is full or the database locked: a process that ended because of that would only be started again.
 * @returns undefined when `signal` is aborted meanwhile
 */
export async function untilNoTrouble<T>(
  once: () => Promise<T>,
  {
    signal,
    pollMs = 100,
    report = console.error,
  }: Pick<WorkerOptions, "pollMs" | "report"> & { signal?: AbortSignal } = {},
): Promise<T | undefined> {
  for (let pauseMs = pollMs; ; pauseMs = Math.min(2 * pauseMs, 5_000)) {
    try {
      return await once();
    } catch (error) {
      if (!isTrouble(error)) throw error;
      report(traceOf(error));
    }
    if (signal?.aborted) return undefined;
    await pause(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Is this a trouble of the machine that passes, and no fault of the job? */
function isTrouble(error: unknown): boolean {
  const trouble = diskTroubleOf(error);
  return trouble === "full" || trouble === "locked" || trouble === "unreachable";
}

/** The sentence that people read beside what failed. */
export function sentenceOf(error: unknown): string {
  return withoutPlaces(error instanceof Error ? error.message : String(error));
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
