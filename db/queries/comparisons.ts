// Comparisons: K candidates of one prompt. Asking for them, reading them with their rankings, stopping, regenerating, scoring.
import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import { type PromptKind, rankingSubject } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type PersonScope, type ProjectScope, textHash } from "../change.ts";
import { type Database, type Orm, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import {
  assignment,
  candidate,
  candidateCall,
  candidateScore,
  type candidateStates,
  comparison,
  type comparisonStates,
  dataSource,
  job,
  model,
  prompt,
  ranking,
  user,
} from "../schema/index.ts";
import { settleComparison, storable } from "../steps/comparisons.ts";
import { deleteDraftsOfAll } from "../steps/drafts.ts";
import { addJob, cancelJobsOf, live } from "../steps/jobs.ts";
import { messagesOfPrompt } from "../steps/prompts.ts";
import { type RankingContent, rankedBy, rankingContents } from "../steps/rankings.ts";
import { deleteScores } from "../steps/scores.ts";
import { holders, isComplete, rankingCount, wantedByProject, wanted as wantedOf } from "../steps/wanted.ts";
import type { CallRow } from "./candidates.ts";

export type ComparisonState = (typeof comparisonStates)[number];
export type CandidateState = (typeof candidateStates)[number];

export interface CandidateRow {
  id: string;
  position: number;
  state: CandidateState;
  text: string;
  tokens: number;
  error: string | null;
  /**
   * These and the model's name are null of an answer that no model here wrote: `author` is the user name of whoever did, or
   * what the data source calls them, or else its name.
   */
  seed: number | null;
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  modelId: string | null;
  modelName: string | null;
  author: string | null;
  /** How a server wrote it; null of a model here. */
  call: CallRow | null;
  scores: { modelId: string; modelName: string; score: number }[];
}

export interface ComparisonRow {
  id: string;
  state: ComparisonState;
  createdAt: number;
  /** The id of whoever asked for the answers; null of those that came in from a data source. */
  createdBy: string | null;
  prompt: { id: string; kind: PromptKind; messages: Message[]; text: string; useCase: string };
  /** In the order shown. */
  candidates: CandidateRow[];
  /** How many rankings it is to get, and whether it has them. */
  wanted: number;
  isComplete: boolean;
  /** Newest first. */
  rankings: RankingRow[];
}

/** The latest version of a ranking, and when which others were submitted, newest first. */
export interface RankingRow extends RankingContent {
  id: string;
  /** User name, or what the data source calls them; null where it does not say. */
  labeler: string | null;
  /** The name of the data source it came in from; null of one that was made here. */
  source: string | null;
  version: number;
  submittedAt: number;
  earlier: { version: number; submittedAt: number; tiers: number[][] }[];
}

/** Does this person have as many comparisons generating or waiting for it as they may have at once? */
async function hasEnough(orm: Orm, { createdBy, atOnce }: { createdBy: string; atOnce: number }): Promise<boolean> {
  const underWay = await orm
    .select({ id: job.id })
    .from(job)
    .innerJoin(comparison, eq(comparison.id, job.subjectId))
    .where(
      and(eq(job.kind, "generate"), inArray(job.state, ["waiting", "running"]), eq(comparison.createdBy, createdBy)),
    )
    .limit(atOnce)
    .all();
  return underWay.length >= atOnce;
}

/** An answer that a model is to write, or that a person has written. */
export type NewAnswer =
  | { modelId: string; temperature: number; topP: number; seed: number }
  | { authorId: string; text: string }
  | { sourceId: string; text: string };

/**
 * Inserts a comparison, its K candidates and the job that generates them: all or nothing.
 * @param input.answers in the order shown
 * @param input.atOnce how many of this person may be under way; absent: any number
 */
export async function insertComparison(
  scope: PersonScope,
  input: {
    promptId: string;
    answers: readonly NewAnswer[];
    /** Of each that a model writes. */
    maxTokens: number;
    /** How many rankings this one is to get; absent: as many as the project wants of each. */
    wanted?: number | undefined;
    atOnce?: number;
  },
): Promise<{ id: string } | "enough"> {
  const { promptId, answers, maxTokens, wanted, atOnce } = input;
  const { actor, project: projectId, now } = scope;
  const createdBy = actor.id;
  return changeOnce(scope, async (orm, tell) => {
    if (atOnce !== undefined && (await hasEnough(orm, { createdBy, atOnce }))) return "enough";
    const id = newId();
    const head = {
      id,
      projectId,
      promptId,
      k: answers.length,
      state: "generating" as const,
      createdBy,
      createdAt: now,
    };
    await orm
      .insert(comparison)
      .values({ ...head, wanted, stillWanted: sql`coalesce(${wanted ?? null}, ${wantedByProject(projectId)})` })
      .run();
    const rows = answers.map((answer, position) => ({
      ...answer,
      ...("text" in answer
        ? { text: storable(answer.text), state: "done" as const, finish: "stop" as const }
        : { maxTokens, state: "waiting" as const }),
      ...{ id: newId(), comparisonId: id, position },
    }));
    await orm.insert(candidate).values(rows).run();
    await addJob(orm, { kind: "generate", projectId, subjectId: id }, now);
    const after = { k: answers.length, ...factsOf(answers), maxTokens, wanted: wanted ?? null };
    await tell({ verb: "comparison.create", subject: id, partOf: promptId, before: null, after });
    return { id };
  });
}

/** Which models were asked for how many answers, and how many are people's. */
function factsOf(answers: readonly NewAnswer[]) {
  const drawn = answers.flatMap((answer) => ("text" in answer ? [] : [answer]));
  const bySource = Map.groupBy(drawn, ({ seed: _, ...source }) => JSON.stringify(source));
  const sources = [...bySource.values()].map((group) => {
    const { seed: _, ...source } = group[0]!;
    return { ...source, count: group.length };
  });
  return { sources, written: answers.length - drawn.length };
}

export async function getComparison(db: Database, id: string): Promise<ComparisonRow | null> {
  const orm = ormOf(db);
  const head = await orm
    .select({
      id: comparison.id,
      state: comparison.state,
      createdAt: comparison.createdAt,
      createdBy: comparison.createdBy,
      wanted: wantedOf,
      isComplete: sql<number>`${isComplete}`,
      prompt: { id: prompt.id, kind: prompt.kind, text: prompt.text, useCase: prompt.useCase },
    })
    .from(comparison)
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .where(eq(comparison.id, id))
    .get();
  if (!head) return null;
  const asked = { ...head.prompt, messages: await messagesOfPrompt(orm, head.prompt.id) };
  return {
    ...head,
    isComplete: head.isComplete === 1,
    prompt: asked,
    candidates: await candidatesOf(orm, id),
    rankings: await rankingsOf(orm, id),
  };
}

async function candidatesOf(orm: Orm, comparisonId: string): Promise<CandidateRow[]> {
  const scores = await orm
    .select({
      candidateId: candidateScore.candidateId,
      modelId: candidateScore.modelId,
      modelName: model.name,
      score: candidateScore.score,
    })
    .from(candidate)
    .innerJoin(candidateScore, eq(candidateScore.candidateId, candidate.id))
    .innerJoin(model, eq(model.id, candidateScore.modelId))
    .where(eq(candidate.comparisonId, comparisonId))
    .orderBy(asc(candidateScore.scoredAt), asc(model.id))
    .all();
  const rows = await orm
    .select({
      id: candidate.id,
      position: candidate.position,
      state: candidate.state,
      text: candidate.text,
      tokens: candidate.tokens,
      error: candidate.error,
      seed: candidate.seed,
      temperature: candidate.temperature,
      topP: candidate.topP,
      maxTokens: candidate.maxTokens,
      modelId: candidate.modelId,
      modelName: model.name,
      author: sql<string | null>`coalesce(${user.username}, ${candidate.externalAuthor}, ${dataSource.name})`,
      call: candidateCall,
    })
    .from(candidate)
    .leftJoin(model, eq(model.id, candidate.modelId))
    .leftJoin(user, eq(user.id, candidate.authorId))
    .leftJoin(dataSource, eq(dataSource.id, candidate.sourceId))
    .leftJoin(candidateCall, eq(candidateCall.candidateId, candidate.id))
    .where(eq(candidate.comparisonId, comparisonId))
    .orderBy(asc(candidate.position))
    .all();
  return rows.map(({ call, ...row }) => ({
    ...row,
    call: call && withoutId(call),
    scores: scores.filter((one) => one.candidateId === row.id).map(({ candidateId: _, ...score }) => score),
  }));
}

const withoutId = ({ candidateId: _, ...call }: typeof candidateCall.$inferSelect): CallRow => call;

async function rankingsOf(orm: Orm, comparisonId: string): Promise<RankingRow[]> {
  const versions = await orm
    .select({
      id: ranking.id,
      assignmentId: ranking.assignmentId,
      labeler: rankedBy,
      source: dataSource.name,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
    })
    .from(ranking)
    .leftJoin(user, eq(user.id, ranking.labelerId))
    .leftJoin(dataSource, eq(dataSource.id, ranking.sourceId))
    .where(eq(ranking.comparisonId, comparisonId))
    .orderBy(desc(ranking.seq))
    .all();
  const contents = await rankingContents(
    orm,
    versions.map((one) => one.id),
  );
  // What came in has one version, and no assignment.
  const byAssignment = Map.groupBy(versions, (one) => one.assignmentId ?? one.id);
  return [...byAssignment.values()].flatMap(([latest, ...earlier]) => {
    const content = latest && contents.get(latest.id);
    if (!content) return [];
    const { assignmentId: _, ...head } = latest;
    return {
      ...head,
      ...content,
      earlier: earlier.map(({ id, version, submittedAt }) => ({
        version,
        submittedAt,
        tiers: contents.get(id)?.tiers ?? [],
      })),
    };
  });
}

export interface ComparisonHead {
  id: string;
  state: ComparisonState;
  createdAt: number;
  k: number;
  /** How many rankings it is to get, and how many it has. */
  wanted: number;
  rankingCount: number;
  isRankedByMe: boolean;
}

/** Newest first. @param personId who looks */
export async function comparisonsOf(
  db: Database,
  { promptId, personId }: { promptId: string; personId: string },
): Promise<ComparisonHead[]> {
  const { id, state, createdAt, k } = comparison;
  const isRankedByMe = sql<number>`exists (select 1 from ranking
    where comparison_id = comparison.id and labeler_id = ${personId})`;
  const rows = await ormOf(db)
    .select({ id, state, createdAt, k, wanted: wantedOf, rankingCount, isRankedByMe })
    .from(comparison)
    .where(eq(comparison.promptId, promptId))
    .orderBy(desc(comparison.seq))
    .all();
  return rows.map((row) => ({ ...row, isRankedByMe: row.isRankedByMe === 1 }));
}

const findRevision = prepared((orm) =>
  orm
    .select({
      revision: comparison.revision,
      busy: sql<number>`exists (select 1 from job where job.subject_id = comparison.id and job.state in ('waiting', 'running'))`,
    })
    .from(comparison)
    .where(eq(comparison.id, sql.placeholder("id")))
    .prepare(),
);

/** A comparison's revision, which grows with every change of it. Cheap enough to be read ten times a second. */
export async function comparisonRevision(
  db: Database,
  id: string,
): Promise<{ revision: string; ended: boolean } | null> {
  const row = await findRevision(ormOf(db)).get({ id });
  return row ? { revision: String(row.revision), ended: !row.busy } : null;
}

/** Ends the generation: what waits is stopped at once, what runs as soon as its worker hears of it. */
export async function stopGeneration(scope: ProjectScope, { comparisonId }: { comparisonId: string }): Promise<void> {
  const jobs = { kind: "generate", subjectId: comparisonId } as const;
  await change(scope, (orm, tell) => cancelJobsOf(orm, tell, jobs, scope.now));
}

export type Regenerated =
  | { seed: number }
  | "not found"
  | "another's"
  | "enough"
  | "under way"
  | "held"
  | "ranked"
  | "a person's";

/**
 * Deletes one answer of a model and has it generated again, from the same source, with another seed; not while someone ranks it,
 * nor after that.
 * @param input.own only an answer that this person asked for, and only while fewer than `atOnce` comparisons of theirs are
 *   under way; absent: anyone's
 */
export async function regenerateCandidate(
  scope: ProjectScope,
  input: { candidateId: string; seed: number; own?: { createdBy: string; atOnce: number } },
): Promise<Regenerated> {
  const { now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    const row = await orm
      .select({
        state: candidate.state,
        text: candidate.text,
        seed: candidate.seed,
        modelId: candidate.modelId,
        projectId: comparison.projectId,
        comparisonId: comparison.id,
        createdBy: comparison.createdBy,
        rankingCount,
        holders: holders(now),
      })
      .from(candidate)
      .innerJoin(comparison, eq(comparison.id, candidate.comparisonId))
      .where(eq(candidate.id, input.candidateId))
      .get();
    if (!row) return "not found";
    if (input.own && input.own.createdBy !== row.createdBy) return "another's";
    if (row.modelId === null) return "a person's";
    if (input.own && (await hasEnough(orm, input.own))) return "enough";
    if (row.rankingCount > 0) return "ranked";
    if (row.state === "waiting" || row.state === "streaming") return "under way";
    const ofThis = eq(assignment.comparisonId, row.comparisonId);
    if (row.holders > 0) return "held";
    // Expired ones too: their labelers saw the answer that goes now, and could otherwise still rank it. What they wrote
    // is about that answer and must not come back over the new one.
    await orm
      .update(assignment)
      .set({ state: "released", endedAt: now })
      .where(and(ofThis, inArray(assignment.state, ["held", "expired"])))
      .run();
    await deleteDraftsOfAll(orm, [rankingSubject(row.comparisonId)]);
    await deleteScores(orm, row.comparisonId);
    await orm.delete(candidateCall).where(eq(candidateCall.candidateId, input.candidateId)).run();
    await orm
      .update(candidate)
      .set({ state: "waiting", text: "", tokens: 0, finish: null, error: null, seed: input.seed, redraws: 0 })
      .where(eq(candidate.id, input.candidateId))
      .run();
    await settleComparison(orm, row.comparisonId);
    const work = { kind: "generate" as const, payload: { only: input.candidateId } };
    await addJob(orm, { ...work, projectId: row.projectId, subjectId: row.comparisonId }, now);
    await tell({
      verb: "candidate.regenerate",
      subject: input.candidateId,
      partOf: row.comparisonId,
      before: { state: row.state, seed: row.seed, text: textHash(row.text) },
      after: { state: "waiting", seed: input.seed },
    });
    return { seed: input.seed };
  });
}

/** Asks for scores, unless the same scoring is under way already. */
export async function insertScoring(
  scope: ProjectScope,
  { comparisonId: subjectId, modelId }: { comparisonId: string; modelId: string },
): Promise<void> {
  await change(scope, async (orm, tell) => {
    const work = { kind: "score" as const, projectId: scope.project, subjectId, payload: { modelId } };
    const same = await orm.select({ payload: job.payload }).from(job).where(live(work)).all();
    if (same.some((row) => row.payload === JSON.stringify(work.payload))) return;
    const { id } = await addJob(orm, work, scope.now);
    const asked = { before: { job: null }, after: { job: id, modelId } };
    await tell({ verb: "comparison.askScores", subject: subjectId, ...asked });
  });
}
