// Judge jobs: the comparisons that the project's reward model has not scored yet, and writing its scores.
import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { bySystem, byWorker, change, type InProject } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import { candidate, comparison, job, project } from "../schema/index.ts";
import { addJudgeJob, claimedJob } from "../steps/jobs.ts";
import { messagesOfPrompts } from "../steps/prompts.ts";
import { type CandidateScore, isUnscored, storeScores } from "../steps/scores.ts";
import { isComplete } from "../steps/wanted.ts";
import type { ScoringTask, WriteOutcome } from "./candidates.ts";
import type { JobClaim } from "./jobs.ts";

/** Adds a judge job to every project where something is not scored yet, unless one waits or there is no reward model. */
export async function requestScoring(db: Database, now: number): Promise<void> {
  await change(bySystem(db, now), async (orm) => {
    const all = await orm.select({ id: project.id }).from(project).all();
    for (const { id } of all) await addJudgeJob(orm, id, now);
  });
}

/** Comparisons this model has not scored: first those that people wait for, then the complete ones, newest first. */
export async function unscoredComparisons({ db, project }: InProject, modelId: string): Promise<string[]> {
  const rows = await ormOf(db)
    .select({ id: comparison.id })
    .from(comparison)
    .where(and(eq(comparison.projectId, project), isUnscored(modelId)))
    .orderBy(asc(sql`${isComplete}`), desc(comparison.seq))
    .all();
  return rows.map(({ id }) => id);
}

export interface JudgeTask extends Omit<ScoringTask, "model"> {
  comparisonId: string;
  /** The revision of the comparison at which its answers were read. */
  revision: number;
}

/** The tasks of those comparisons whose answers are all generated. */
export async function judgeTasks(db: Database, ids: readonly string[]): Promise<JudgeTask[]> {
  const orm = ormOf(db);
  const heads = await orm
    .select({ comparisonId: comparison.id, promptId: comparison.promptId, revision: comparison.revision })
    .from(comparison)
    .where(and(inArray(comparison.id, [...ids]), eq(comparison.state, "ready")))
    .all();
  const answers = await orm
    .select({ comparisonId: candidate.comparisonId, id: candidate.id, text: candidate.text })
    .from(candidate)
    .where(inArray(candidate.comparisonId, [...ids]))
    .orderBy(asc(candidate.position))
    .all();
  const prompts = await messagesOfPrompts(
    orm,
    heads.map(({ promptId }) => promptId),
  );
  const byComparison = Map.groupBy(answers, (row) => row.comparisonId);
  return heads.map(({ promptId, ...head }) => ({
    ...head,
    prompt: prompts.get(promptId) ?? [],
    candidates: (byComparison.get(head.comparisonId) ?? []).map(({ id, text }) => ({ id, text })),
  }));
}

/**
 * Stores the judge's scores of a comparison, which count from now on. Nothing is written where the comparison has changed
 * since the task was read: it stays without scores, and is found again.
 */
export async function writeJudgeScores(
  db: Database,
  claim: JobClaim,
  input: {
    comparisonId: string;
    modelId: string;
    revision: number;
    scores: CandidateScore[];
    disagreement: number | null;
    now?: number;
  },
): Promise<WriteOutcome> {
  const { comparisonId, modelId, revision, disagreement, now = Date.now() } = input;
  return change(byWorker(db, claim, now), async (orm) => {
    const row = await claimedJob(orm, claim);
    if (!row) return { lost: true, cancelRequested: false };
    const same = and(eq(comparison.id, comparisonId), eq(comparison.revision, revision));
    const { changes } = await orm.update(comparison).set({ disagreement, judgedBy: modelId }).where(same).run();
    if (changes > 0) await storeScores(orm, input, now);
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

export interface JudgeProgress {
  /** How many comparisons have all their answers. */
  comparisons: number;
  scored: number;
  /** Why the last job failed; null where it did not. */
  error: string | null;
}

/** How many comparisons there are, and how many of them a model has scored. */
export async function judgeProgress({ db, project }: InProject, modelId: string): Promise<JudgeProgress> {
  const there = and(eq(comparison.projectId, project), eq(comparison.state, "ready"));
  const scored = sql<number>`count(*) filter (where ${comparison.judgedBy} = ${modelId})`;
  const comparisons = sql<number>`count(*)`;
  const row = await ormOf(db).select({ comparisons, scored }).from(comparison).where(there).get();
  const last = await ormOf(db)
    .select({ error: job.error })
    .from(job)
    .where(and(eq(job.subjectId, project), eq(job.kind, "judge")))
    .orderBy(desc(job.seq))
    .limit(1)
    .get();
  return { comparisons: 0, scored: 0, ...row, error: last?.error ?? null };
}
