// Candidates for the workers: reading what is to be generated or scored, and writing the results.
import { and, asc, eq, inArray } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { twinsAmong } from "../../lib/preference/twins.ts";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { ModelOrigin } from "../../lib/vocabulary/labeling.ts";
import { limits, seeds } from "../../lib/vocabulary/limits.ts";
import { byWorker, change, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { candidate, candidateCall, candidateScore, comparison, model, modelAddress } from "../schema/index.ts";
import { storable, storableFields, touchComparison } from "../steps/comparisons.ts";
import { claimedJob, countStartsAnew } from "../steps/jobs.ts";
import { messagesOfPrompt } from "../steps/prompts.ts";
import { type CandidateScore, storeScores } from "../steps/scores.ts";
import type { JobClaim } from "./jobs.ts";

/** A ModelPlace tells where a model is: its files (lib/training/model-directory.ts), or the server that has it. */
export interface ModelPlace {
  id: string;
  name: string;
  kind: "lm" | "reward";
  origin: ModelOrigin;
  directory: string;
  bits: number;
  /** When it was taken off the list. */
  deletedAt: number | null;
}

/** How a model at an address is asked, as it is stored. */
export type AddressRow = typeof modelAddress.$inferSelect;

/** A model for a worker; `address` is null of one with files here. */
export type PlacedModel = ModelPlace & { address: AddressRow | null };

/** The columns of a place. @param table `model`, or an alias of it */
export const placeOf = <T extends Record<keyof ModelPlace, SQLiteColumn>>(table: T): Pick<T, keyof ModelPlace> => {
  const { id, name, kind, origin, directory, bits, deletedAt } = table;
  return { id, name, kind, origin, directory, bits, deletedAt };
};
export const place = placeOf(model);

/** A model and how it is asked; null where there is none. */
export async function placedModel(orm: Orm, id: string): Promise<PlacedModel | null> {
  const row = await orm
    .select({ model: place, address: modelAddress })
    .from(model)
    .leftJoin(modelAddress, eq(modelAddress.modelId, model.id))
    .where(eq(model.id, id))
    .get();
  return row ? { ...row.model, address: row.address } : null;
}

/** What an answer comes from; nulls of one that a person wrote. */
export interface DrawnFrom {
  modelId: string | null;
  temperature: number | null;
  topP: number | null;
}

/** How a model's answer is drawn. */
export interface Drawn {
  temperature: number;
  topP: number;
  maxTokens: number;
  seed: number;
}

export interface GenerationTask {
  prompt: Message[];
  /** The candidates still to be generated, which models write. Those that a dead worker left half written start again from nothing. */
  candidates: ({ id: string; model: PlacedModel } & Drawn)[];
}

/** The constraint `candidate_settings` keeps them there. */
const drawnBy = (row: { [Name in keyof Drawn]: Drawn[Name] | null }): Drawn => row as Drawn;

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
      address: modelAddress,
      temperature: candidate.temperature,
      topP: candidate.topP,
      maxTokens: candidate.maxTokens,
      seed: candidate.seed,
    })
    .from(candidate)
    .innerJoin(model, eq(model.id, candidate.modelId))
    .leftJoin(modelAddress, eq(modelAddress.modelId, model.id))
    .where(and(eq(candidate.comparisonId, comparisonId), inArray(candidate.state, ["waiting", "streaming"])))
    .orderBy(asc(candidate.position))
    .all();
  return {
    prompt: await messagesOfPrompt(orm, head.promptId),
    candidates: candidates.map(({ id, model, address, ...drawn }) => ({
      id,
      model: { ...model, address },
      ...drawnBy(drawn),
    })),
  };
}

/** WriteOutcome is the answer to every write of a worker. */
export interface WriteOutcome {
  /** The job is someone else's now: nothing was written, stop. */
  lost: boolean;
  cancelRequested: boolean;
}

/** How a server wrote an answer. */
export type CallRow = Omit<typeof candidateCall.$inferSelect, "candidateId">;

/** The newest state of an answer. */
export interface WrittenAnswer {
  id: string;
  text: string;
  tokens: number;
  finish: "stop" | "length" | null;
  /** What went wrong with this one: it is tried again, or has failed for good. */
  failure?: { sentence: string; isFinal: boolean } | undefined;
  /** How a server wrote it, once it has. */
  call?: CallRow | undefined;
}

/**
 * Writes the whole text so far of some candidates; `finish` or a final failure ends a candidate. One change, however many
 * answers. Answers that were ended meanwhile (stopped by a person) are left as they are.
 */
export async function writeAnswers(
  db: Database,
  job: JobClaim,
  comparisonId: string,
  answers: readonly WrittenAnswer[],
): Promise<WriteOutcome> {
  return change(byWorker(db, job), async (orm) => {
    const row = await claimedJob(orm, job);
    if (!row) return { lost: true, cancelRequested: false };
    let finished = 0;
    for (const { id, text, tokens, finish, failure, call } of answers) {
      const state = finish ? "done" : failure?.isFinal ? "failed" : "streaming";
      const { changes } = await orm
        .update(candidate)
        .set({ text: storable(text), tokens, finish, state, error: failure ? storable(failure.sentence) : null })
        .where(
          and(
            eq(candidate.id, id),
            eq(candidate.comparisonId, comparisonId),
            inArray(candidate.state, ["waiting", "streaming"]),
          ),
        )
        .run();
      if (state !== "streaming") finished += changes;
      if (!call || changes === 0) continue;
      const said = storableFields(call);
      await orm
        .insert(candidateCall)
        .values({ candidateId: id, ...said })
        .onConflictDoUpdate({ target: candidateCall.candidateId, set: said })
        .run();
    }
    // Half an answer is no progress: the next start writes it again from nothing.
    if (finished > 0) await countStartsAnew(orm, row);
    await touchComparison(orm, comparisonId);
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}

/**
 * Has answers drawn again that have the same text as another one, each with a new seed and at most `limits.redraws` times; they
 * wait again. Which ones depends on seeds and settings alone, not on the order in which answers ended or are shown: of equal ones
 * that may be drawn again the one drawn first stays. A person's may not, nor one that is always the same (temperature 0). Answers
 * that are whole, and may be in somebody's hands, stay as they are.
 * @param of.only the answers that may be drawn again; absent: any
 * @returns the ids of those that wait again
 */
export async function drawEqualAgain(
  db: Database,
  job: JobClaim,
  { comparisonId, only }: { comparisonId: string; only?: ReadonlySet<string> | undefined },
): Promise<WriteOutcome & { again: string[] }> {
  return change(byWorker(db, job), async (orm, tell) => {
    const row = await claimedJob(orm, job);
    if (!row) return { lost: true, cancelRequested: false, again: [] };
    const answers = await orm
      .select({
        label: candidate.id,
        text: candidate.text,
        temperature: candidate.temperature,
        seed: candidate.seed,
        redraws: candidate.redraws,
      })
      .from(candidate)
      .innerJoin(comparison, eq(comparison.id, candidate.comparisonId))
      .where(and(eq(comparison.id, comparisonId), eq(comparison.state, "generating"), eq(candidate.state, "done")))
      .all();
    // The seeds of a comparison are at most K in a row: the next K are for drawing again.
    const inOrder = answers
      .map(({ seed, redraws, temperature, ...answer }) => {
        const isFixed = seed === null || temperature === 0 || (only && !only.has(answer.label));
        return isFixed
          ? { ...answer, place: -1, drawn: null }
          : { ...answer, place: (seed - redraws * limits.k.max + seeds) % seeds, drawn: { seed, redraws } };
      })
      .sort((one, other) => one.place - other.place);
    const later = new Set(twinsAmong(inOrder).flatMap((twins) => twins.slice(1)));
    const again: string[] = [];
    for (const { label: id, text, drawn } of inOrder) {
      if (!later.has(id) || drawn === null || drawn.redraws >= limits.redraws) continue;
      const next = { seed: (drawn.seed + limits.k.max) % seeds, redraws: drawn.redraws + 1 };
      await orm.delete(candidateCall).where(eq(candidateCall.candidateId, id)).run();
      const empty = { state: "waiting", text: "", tokens: 0, finish: null } as const;
      await orm
        .update(candidate)
        .set({ ...empty, ...next })
        .where(eq(candidate.id, id))
        .run();
      await tell({
        verb: "candidate.drawAgain",
        subject: id,
        partOf: comparisonId,
        project: row.projectId,
        before: { ...drawn, text: textHash(text) },
        after: next,
      });
      again.push(id);
    }
    if (again.length > 0) await touchComparison(orm, comparisonId);
    return { lost: false, cancelRequested: row.cancelRequested, again };
  });
}

export interface ScoringTask {
  prompt: Message[];
  model: PlacedModel;
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
  const scorer = await placedModel(orm, input.modelId);
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
