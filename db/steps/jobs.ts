// Steps of a change: inserting a job and ending one, with what its end means for the rows it works on.
import { and, asc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Verb } from "../../lib/vocabulary/events.ts";
import type { NewEvent, Tell } from "../change.ts";
import type { Orm } from "../client.ts";
import { newId } from "../id.ts";
import { job, model, project, trainingRun, trial } from "../schema/index.ts";
import { abandonCandidates, settleComparison, touchComparison } from "./comparisons.ts";

export type JobRow = typeof job.$inferSelect;

/**
 * Work is what a job has to do. `subjectId`: the comparison, the trial or the training run; of "judge" the project, of "download"
 * the model.
 */
export type Work = {
  projectId: string;
  subjectId: string;
} /** `only`: the answer that is written anew; absent: all of the comparison that wait. */ & (
  | { kind: "generate"; payload?: { only: string } }
  | { kind: "try" | "judge" | "train" | "download"; payload?: undefined }
  | { kind: "score"; payload: { modelId: string } }
);

export async function addJob(orm: Orm, work: Work, now: number): Promise<JobRow> {
  return orm
    .insert(job)
    .values({
      id: newId(),
      projectId: work.projectId,
      kind: work.kind,
      subjectId: work.subjectId,
      payload: JSON.stringify(work.payload ?? {}),
      state: "waiting",
      createdAt: now,
    })
    .returning()
    .get();
}

/**
 * Adds a judge job, unless one waits already or the project is archived. A running one does not count: it may have looked
 * for unscored comparisons for the last time.
 */
export async function addJudgeJob(orm: Orm, projectId: string, now: number): Promise<void> {
  const work = { kind: "judge", projectId, subjectId: projectId } as const;
  const waiting = await orm
    .select({ id: job.id })
    .from(job)
    .where(and(eq(job.subjectId, projectId), eq(job.kind, work.kind), eq(job.state, "waiting")))
    .get();
  const judge = await orm.select({ id: model.id }).from(model).where(eq(model.kind, "reward")).limit(1).get();
  const open = and(eq(project.id, projectId), isNull(project.archivedAt));
  const isOpen = (await orm.select({ id: project.id }).from(project).where(open).get()) !== undefined;
  if (judge && !waiting && isOpen) await addJob(orm, work, now);
}

/**
 * Resets the count of starts, because the job has got further than at any start before. Workers that are killed now and then
 * must not add up to a job that seems to kill its workers.
 */
export async function countStartsAnew(orm: Orm, row: JobRow): Promise<void> {
  if (row.attempts > 1) await orm.update(job).set({ attempts: 1, failures: 0 }).where(eq(job.id, row.id)).run();
}

export interface JobClaim {
  id: string;
  workerId: string;
}

/** The row of a job, if this worker still holds it. Every write of a worker asks for it first. */
export async function claimedJob(orm: Orm, claim: JobClaim): Promise<JobRow | undefined> {
  return orm
    .select()
    .from(job)
    .where(and(eq(job.id, claim.id), eq(job.workerId, claim.workerId), eq(job.state, "running")))
    .get();
}

/** Asks for the end of a job: it comes at once when it waits, else as soon as its worker hears of it. */
export async function cancel(orm: Orm, tell: Tell, row: JobRow, now: number): Promise<void> {
  if (row.state === "waiting") await endJob(orm, tell, row, { state: "cancelled" }, now);
  if (row.state !== "running") return;
  await orm.update(job).set({ cancelRequested: true }).where(eq(job.id, row.id)).run();
  await tellOfJob(tell, "job.askStop", row, {
    before: { cancelRequested: row.cancelRequested },
    after: { cancelRequested: true },
  });
}

/** Writes an event about a job; none for a trial, which is its owner's alone. */
async function tellOfJob(tell: Tell, verb: Verb, row: JobRow, { before, after }: Pick<NewEvent, "before" | "after">) {
  const { id: subject, kind, subjectId: partOf, projectId: project } = row;
  if (kind === "try") return;
  await tell({ verb, subject, partOf, project, before: { kind, ...before }, after: { kind, ...after } });
}

/** Cancels all jobs of one kind that work on one subject. */
export async function cancelJobsOf(
  orm: Orm,
  tell: Tell,
  of: Pick<JobRow, "kind" | "subjectId">,
  now: number,
): Promise<void> {
  for (const row of await orm.select().from(job).where(live(of)).all()) await cancel(orm, tell, row, now);
}

/** Cancels whatever is to be done or is being done for a project. */
export async function cancelJobsIn(orm: Orm, tell: Tell, projectId: string, now: number): Promise<void> {
  const theirs = and(eq(job.projectId, projectId), inArray(job.state, ["waiting", "running"]));
  for (const row of await orm.select().from(job).where(theirs).orderBy(asc(job.seq)).all())
    await cancel(orm, tell, row, now);
}

/** Jobs of one kind on one subject that have not ended. */
export const live = ({ kind, subjectId }: Pick<JobRow, "kind" | "subjectId">) =>
  and(eq(job.subjectId, subjectId), eq(job.kind, kind), inArray(job.state, ["waiting", "running"]));

const endVerbs = { done: "job.finish", cancelled: "job.stop", failed: "job.fail" } as const;
export type JobEnd = { state: "done" } | { state: "cancelled" } | { state: "failed"; error: string };

/** Ends a job and settles its subject, so that nothing is left "generating" or "running" with no job behind it. */
export async function endJob(orm: Orm, tell: Tell, row: JobRow, end: JobEnd, now: number): Promise<void> {
  await orm
    .update(job)
    .set({ state: end.state, error: end.state === "failed" ? end.error : null, finishedAt: now, leaseUntil: null })
    .where(eq(job.id, row.id))
    .run();
  await tellOfJob(tell, endVerbs[end.state], row, { before: { state: row.state }, after: { state: end.state } });
  if (row.kind === "generate") {
    if (!(await liveJobOf(orm, row))) await abandonCandidates(orm, row.subjectId, endOfAnswer(end));
    if ((await settleComparison(orm, row.subjectId)) === "ready") await addJudgeJob(orm, row.projectId, now);
  } else if (row.kind === "try") {
    await abandonTrial(orm, row.subjectId, endOfAnswer(end));
  } else if (row.kind === "score") {
    await touchComparison(orm, row.subjectId);
  } else if (row.kind === "train") {
    await orm
      .update(trainingRun)
      .set({ finishedAt: now, secondsLeft: null, phase: null, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, row.subjectId))
      .run();
  }
}

function endOfAnswer(end: JobEnd): { state: "stopped" } | { state: "failed"; error: string } {
  if (end.state === "cancelled") return { state: "stopped" };
  return { state: "failed", error: end.state === "failed" ? end.error : "The generation ended without this answer." };
}

/** Does another job still work on the same subject? One regenerates an answer while another writes the others. */
async function liveJobOf(orm: Orm, row: JobRow): Promise<boolean> {
  const other = await orm
    .select({ id: job.id })
    .from(job)
    .where(and(live(row), ne(job.id, row.id)))
    .get();
  return other !== undefined;
}

/** Ends a trial that nobody will finish any more. One that has ended stays as it is. */
export async function abandonTrial(
  orm: Orm,
  id: string,
  end: { state: "stopped" } | { state: "failed"; error: string },
) {
  await orm
    .update(trial)
    .set({ ...end, revision: sql`${trial.revision} + 1` })
    .where(and(eq(trial.id, id), inArray(trial.state, ["waiting", "streaming"])))
    .run();
}
