// Models that are fetched from a hub: the row and its job are made together, and the model can be used once all is here.
import { and, eq, isNull } from "drizzle-orm";
import { byWorker, change, changeOnce, type ProjectScope } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import { job, model, modelDownload } from "../schema/index.ts";
import { addJob, cancelJobsOf, claimedJob, countStartsAnew, endJob, live } from "../steps/jobs.ts";
import { addModel } from "../steps/models.ts";
import type { WriteOutcome } from "./candidates.ts";
import type { JobClaim } from "./jobs.ts";

/** Adds a model of a hub and the job that fetches it. */
export async function insertHubModel(
  scope: ProjectScope,
  { name, repository, revision }: { name: string; repository: string; revision: string },
): Promise<{ id: string } | "taken"> {
  return changeOnce(scope, async (orm, tell) => {
    // Of which kind it is, its files will say.
    const row = { name, kind: "lm" as const, origin: "hub" as const, directory: "", parameters: null, context: null };
    const id = await addModel(orm, scope, row);
    if (id === null) return "taken";
    await orm.insert(modelDownload).values({ modelId: id, repository, revision }).run();
    await addJob(orm, { kind: "download", projectId: scope.project, subjectId: id }, scope.now);
    await tell({ verb: "model.add", subject: id, before: null, after: { name, origin: "hub", repository, revision } });
    return { id };
  });
}

/** Has a model fetched that was stopped or failed; what is here of it stays. */
export async function fetchAgain(
  scope: ProjectScope,
  { id }: { id: string },
): Promise<{ jobId: string } | "not found" | "under way"> {
  return changeOnce(scope, async (orm, tell) => {
    const there = and(eq(model.id, id), eq(model.projectId, scope.project), isNull(model.deletedAt));
    const row = await orm
      .select({ id: model.id, finishedAt: modelDownload.finishedAt })
      .from(modelDownload)
      .innerJoin(model, eq(model.id, modelDownload.modelId))
      .where(there)
      .get();
    if (!row) return "not found";
    const work = { kind: "download", projectId: scope.project, subjectId: id } as const;
    const other = await orm.select({ id: job.id }).from(job).where(live(work)).get();
    if (other || row.finishedAt !== null) return "under way";
    const made = await addJob(orm, work, scope.now);
    await tell({ verb: "model.fetch", subject: id, before: { job: null }, after: { job: made.id } });
    return { jobId: made.id };
  });
}

/** Ends a fetch; what is here stays for another. */
export async function stopFetching(scope: ProjectScope, { id }: { id: string }): Promise<void> {
  await change(scope, (orm, tell) => cancelJobsOf(orm, tell, { kind: "download", subjectId: id }, scope.now));
}

export interface DownloadTask {
  directory: string;
  repository: string;
  /** The commit, once it is known: a fetch that goes on must not mix two. */
  revision: string;
}

/** @returns null once the model is deleted */
export async function downloadTask(db: Database, modelId: string): Promise<DownloadTask | null> {
  const row = await ormOf(db)
    .select({ directory: model.directory, download: modelDownload })
    .from(modelDownload)
    .innerJoin(model, eq(model.id, modelDownload.modelId))
    .where(and(eq(model.id, modelId), isNull(model.deletedAt)))
    .get();
  if (!row) return null;
  const { repository, revision, commit } = row.download;
  return { directory: row.directory, repository, revision: commit ?? revision };
}

/** Notes which commit is fetched, or how much of it is here. */
export async function noteDownload(
  db: Database,
  claim: JobClaim,
  { modelId, ...now }: { modelId: string; commit?: string; bytesTotal?: number; bytesDone?: number },
): Promise<WriteOutcome> {
  return change(byWorker(db, claim), async (orm) => {
    const row = await claimedJob(orm, claim);
    if (!row) return { lost: true, cancelRequested: false };
    await orm.update(modelDownload).set(now).where(eq(modelDownload.modelId, modelId)).run();
    if (now.bytesDone) await countStartsAnew(orm, row);
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

/** All files are here: the model can be used, and the job ends. False when it was lost. */
export async function finishDownload(
  db: Database,
  claim: JobClaim,
  { modelId, ...found }: { modelId: string; kind: "lm" | "reward"; parameters: number; context: number },
): Promise<boolean> {
  const now = Date.now();
  return change(byWorker(db, claim, now), async (orm, tell) => {
    const row = await claimedJob(orm, claim);
    if (!row) return false;
    const before = { parameters: null, context: null };
    await orm.update(model).set(found).where(eq(model.id, modelId)).run();
    await orm.update(modelDownload).set({ finishedAt: now }).where(eq(modelDownload.modelId, modelId)).run();
    await tell({ verb: "model.change", subject: modelId, project: row.projectId, before, after: found });
    await endJob(orm, tell, row, { state: "done" }, now);
    return true;
  });
}
