// Candidates for the workers: reading what is to be generated or scored, and writing the results.
import { and, asc, eq, inArray } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import { byWorker, change } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { candidate, candidateScore, comparison, model } from "../schema/index.ts";
import { touchComparison } from "../steps/comparisons.ts";
import { claimedJob, countStartsAnew } from "../steps/jobs.ts";
import { messagesOfPrompt } from "../steps/prompts.ts";
import { type CandidateScore, storeScores } from "../steps/scores.ts";
import type { JobClaim } from "./jobs.ts";

/** A ModelPlace tells where a model's files are: see lib/training/model-directory.ts. */
export interface ModelPlace {
  id: string;
  name: string;
  kind: "lm" | "reward";
  origin: "shipped" | "trained";
  directory: string;
}

export const place = {
  id: model.id,
  name: model.name,
  kind: model.kind,
  origin: model.origin,
  directory: model.directory,
};

export interface GenerationTask {
  prompt: Message[];
  /** The candidates still to be generated. Those that a dead worker left half written start again from nothing. */
  candidates: {
    id: string;
    model: ModelPlace;
    temperature: number;
    topP: number;
    maxTokens: number;
    seed: number;
  }[];
}

export async function generationTask(db: Database, comparisonId: string): Promise<GenerationTask | null> {
  const orm = ormOf(db);
  const head = await orm
    .select({ promptId: comparison.promptId })
    .from(comparison)
    .where(eq(comparison.id, comparisonId))
    .get();
  if (!head) return null;
  const candidates = await orm
    .select({
      id: candidate.id,
      model: place,
      temperature: candidate.temperature,
      topP: candidate.topP,
      maxTokens: candidate.maxTokens,
      seed: candidate.seed,
    })
    .from(candidate)
    .innerJoin(model, eq(model.id, candidate.modelId))
    .where(and(eq(candidate.comparisonId, comparisonId), inArray(candidate.state, ["waiting", "streaming"])))
    .orderBy(asc(candidate.position))
    .all();
  return { prompt: await messagesOfPrompt(orm, head.promptId), candidates };
}

/** The text as it can be stored: half a surrogate pair is no UTF-8, and PostgreSQL takes no NUL. Both become U+FFFD. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");

/** WriteOutcome is the answer to every write of a worker. */
export interface WriteOutcome {
  /** The job is someone else's now: nothing was written, stop. */
  lost: boolean;
  cancelRequested: boolean;
}

/**
 * Writes the whole text so far of some candidates; `finish` ends a candidate. One change, however many answers.
 * Answers that were ended meanwhile (stopped by a person) are left as they are.
 */
export async function writeAnswers(
  db: Database,
  job: JobClaim,
  comparisonId: string,
  answers: { id: string; text: string; tokens: number; finish: "stop" | "length" | null }[],
): Promise<WriteOutcome> {
  return change(byWorker(db, job), async (orm) => {
    const row = await claimedJob(orm, job);
    if (!row) return { lost: true, cancelRequested: false };
    let finished = 0;
    for (const { id, text, tokens, finish } of answers) {
      const { changes } = await orm
        .update(candidate)
        .set({ text: storable(text), tokens, finish, state: finish ? "done" : "streaming", error: null })
        .where(
          and(
            eq(candidate.id, id),
            eq(candidate.comparisonId, comparisonId),
            inArray(candidate.state, ["waiting", "streaming"]),
          ),
        )
        .run();
      if (finish) finished += changes;
    }
    // Half an answer is no progress: the next start writes it again from nothing.
    if (finished > 0) await countStartsAnew(orm, row);
    await touchComparison(orm, comparisonId);
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

export interface ScoringTask {
  prompt: Message[];
  model: ModelPlace;
  candidates: { id: string; text: string }[];
}

export async function scoringTask(
  db: Database,
  input: { comparisonId: string; modelId: string },
): Promise<ScoringTask | null> {
  const orm = ormOf(db);
  const head = await orm
    .select({ promptId: comparison.promptId })
    .from(comparison)
    .where(eq(comparison.id, input.comparisonId))
    .get();
  const scorer = await orm.select(place).from(model).where(eq(model.id, input.modelId)).get();
  if (!head || !scorer) return null;
  const candidates = await orm
    .select({ id: candidate.id, text: candidate.text })
    .from(candidate)
    .where(and(eq(candidate.comparisonId, input.comparisonId), eq(candidate.state, "done")))
    .orderBy(asc(candidate.position))
    .all();
  return { prompt: await messagesOfPrompt(orm, head.promptId), model: scorer, candidates };
}

/** One reward model's scores of a comparison, in the order shown. */
async function scoresOf(orm: Orm, of: { comparisonId: string; modelId: string }): Promise<number[]> {
  const rows = await orm
    .select({ score: candidateScore.score })
    .from(candidateScore)
    .innerJoin(candidate, eq(candidate.id, candidateScore.candidateId))
    .where(and(eq(candidate.comparisonId, of.comparisonId), eq(candidateScore.modelId, of.modelId)))
    .orderBy(asc(candidate.position))
    .all();
  return rows.map(({ score }) => score);
}

/** Stores the scores of a score job; finishJob then ends the job. */
export async function writeScores(
  db: Database,
  job: JobClaim,
  input: { comparisonId: string; modelId: string; scores: CandidateScore[]; now?: number },
): Promise<WriteOutcome> {
  const { comparisonId, modelId, scores, now = Date.now() } = input;
  return change(byWorker(db, job, now), async (orm, tell) => {
    const row = await claimedJob(orm, job);
    if (!row) return { lost: true, cancelRequested: false };
    const before = { modelId, scores: await scoresOf(orm, { comparisonId, modelId }) };
    await storeScores(orm, input, now);
    await tell({
      verb: "comparison.score",
      subject: comparisonId,
      project: row.projectId,
      before,
      after: { modelId, scores: scores.map(({ score }) => score) },
    });
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}
