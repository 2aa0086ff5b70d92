// Reading for exports, page by page in the order of submission, so that no export is ever whole in memory.
import { and, asc, eq, gt, gte, inArray, isNull, lt, lte, not, or, type SQL, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type {
  AnswerFlag,
  GuardKind,
  PromptFlag,
  PromptKind,
  SkipReason,
  Split,
} from "../../lib/vocabulary/labeling.ts";
import type { InProject } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import {
  assignment,
  candidate,
  comparison,
  demonstration,
  model,
  prompt,
  ranking,
  rankingGuard,
  rankingTier,
  user,
} from "../schema/index.ts";
import { demonstrationInUse } from "../steps/demonstrations.ts";
import { messagesOfPrompts } from "../steps/prompts.ts";
import { latestVersion, type Rating, rankedBy, rankingContents } from "../steps/rankings.ts";
import { currentWatermark, type Watermark } from "../steps/watermark.ts";

export type { Watermark } from "../steps/watermark.ts";

/** Which rows are read; what is absent does not matter. */
export interface Range {
  split?: Split | undefined;
  useCase?: string | undefined;
  /** The user names of those who made them. */
  labelers?: readonly string[] | undefined;
  /** When they were made, Unix ms: from the first on, and before the second. */
  from?: number | undefined;
  until?: number | undefined;
  /** The data as of this watermark; absent: as of now. */
  at?: Watermark | undefined;
  /** The moment of that watermark, Unix ms: prompts archived later are still read, skips made later are not. */
  asOf?: number | undefined;
}

/** Which rankings are read. */
export interface RankingRange extends Range {
  /** The name of a model that wrote one of the answers. */
  model?: string | undefined;
  /** A flag that their labeler set on the prompt or on an answer, and one that they did not set. */
  flag?: AnswerFlag | PromptFlag | undefined;
  withoutFlag?: AnswerFlag | PromptFlag | undefined;
  /** A warning that their labeler did not go past. */
  withoutGuard?: GuardKind | undefined;
}

/** A Page is the rows after the last one of the page before. */
type Page<R extends Range = Range> = R & { afterSeq: number; limit: number };

export interface RankingRecord {
  /** Of what it is read by: itself, its comparison, or its prompt. */
  seq: number;
  id: string;
  comparisonId: string;
  promptId: string;
  promptKind: PromptKind;
  prompt: Message[];
  useCase: string;
  split: Split;
  labeler: string | null;
  /** From 1; a later one was made after the first, and the models' names, had been seen. */
  version: number;
  submittedAt: number;
  spentMs: number | null;
  guidelinesVersion: number | null;
  /** Best first, those of one tier in the order shown. */
  candidates: RankedCandidate[];
}

/** @property position the place it was shown in, from 0 */
interface RankedCandidate {
  id: string;
  text: string;
  tier: number;
  position: number;
}

/** What else is known of a ranking. */
export interface RankingDetails {
  /** By candidate: the model, the person or the data source that wrote it, and how the model drew it. */
  writers: Map<string, Writer>;
  /** @property position the place of the answer in the order shown */
  ratings: Rating[];
  promptFlags: PromptFlag[];
  guards: { kind: GuardKind; said: string; heeded: boolean }[];
}

/** @property isPerson their user name is the name */
export interface Writer {
  name: string | null;
  isPerson: boolean;
  sampling: { temperature: number; topP: number; maxTokens: number; seed: number } | null;
}

/**
 * The watermark of now. All pages of an export are read as of one watermark: otherwise a row that is revised meanwhile could
 * come twice, in both versions.
 */
export async function watermarkNow(db: Database): Promise<Watermark> {
  return currentWatermark(ormOf(db));
}

const isOfLabelers = (labelers: readonly string[] | undefined, name: AnySQLiteColumn | SQL = user.username) =>
  labelers === undefined ? undefined : inArray(sql`${name}`, [...labelers]);

const isMade = (at: AnySQLiteColumn, { from, until }: Range) =>
  and(from === undefined ? undefined : gte(at, from), until === undefined ? undefined : lt(at, until));

const isAsked = ({ split, useCase }: Range) =>
  and(
    split === undefined ? undefined : eq(prompt.split, split),
    useCase === undefined ? undefined : eq(prompt.useCase, useCase),
  );

/** A condition: the labeler set this flag on the prompt or on an answer. */
const isFlagged = (flag: AnswerFlag | PromptFlag) =>
  sql`(exists (select 1 from rating_flag where rating_flag.ranking_id = ranking.id and rating_flag.flag = ${flag})
    or exists (select 1 from ranking_prompt_flag as flagged
      where flagged.ranking_id = ranking.id and flagged.flag = ${flag}))`;

const within = (project: string, range: RankingRange) =>
  and(
    eq(ranking.projectId, project),
    isAsked(range),
    isOfLabelers(range.labelers, rankedBy),
    isMade(ranking.submittedAt, range),
    range.model === undefined
      ? undefined
      : sql`exists (select 1 from candidate as one join model as drew on drew.id = one.model_id
          where one.comparison_id = ranking.comparison_id and drew.name = ${range.model})`,
    range.flag === undefined ? undefined : isFlagged(range.flag),
    range.withoutFlag === undefined ? undefined : not(isFlagged(range.withoutFlag)),
    range.withoutGuard === undefined
      ? undefined
      : sql`not exists (select 1 from ranking_guard as shown
          where shown.ranking_id = ranking.id and shown.kind = ${range.withoutGuard} and shown.heeded = 0)`,
    latestVersion(range.at?.ranking),
  );

/** What rankings are read by: each alone, or all of a comparison or of a prompt together. */
export type ReadBy = "ranking" | "comparison" | "prompt";

const seqOf = { ranking: ranking.seq, comparison: comparison.seq, prompt: prompt.seq } as const;

/** The next rankings after `afterSeq`, each in its latest version. What is read together comes on one page. */
export async function rankingPage(
  { db, project }: InProject,
  { by = "ranking", ...page }: Page<RankingRange> & { by?: ReadBy },
): Promise<RankingRecord[]> {
  const orm = ormOf(db);
  const key = seqOf[by];
  const wanted = within(project, page);
  const last = by === "ranking" ? undefined : await lastTogether(orm, key, { ...page, wanted });
  if (last === null) return [];
  const heads = await orm
    .select({
      seq: key,
      id: ranking.id,
      comparisonId: comparison.id,
      promptId: prompt.id,
      promptKind: prompt.kind,
      useCase: prompt.useCase,
      split: prompt.split,
      labeler: rankedBy,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
      spentMs: ranking.spentMs,
      guidelinesVersion: ranking.guidelinesVersion,
    })
    .from(ranking)
    .innerJoin(comparison, eq(comparison.id, ranking.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .leftJoin(user, eq(user.id, ranking.labelerId))
    .where(and(gt(key, page.afterSeq), last === undefined ? undefined : lte(key, last), wanted))
    .orderBy(asc(key), asc(ranking.seq))
    .limit(last === undefined ? page.limit : Number.MAX_SAFE_INTEGER)
    .all();
  const candidates = await orm
    .select({
      rankingId: rankingTier.rankingId,
      id: candidate.id,
      text: candidate.text,
      tier: rankingTier.tier,
      position: rankingTier.position,
    })
    .from(rankingTier)
    .innerJoin(candidate, eq(candidate.id, rankingTier.candidateId))
    .where(
      inArray(
        rankingTier.rankingId,
        heads.map((head) => head.id),
      ),
    )
    .orderBy(asc(rankingTier.tier), asc(rankingTier.position))
    .all();
  const byRanking = Map.groupBy(candidates, (one) => one.rankingId);
  const turns = await promptsOf(orm, heads);
  return heads.map((head) => ({
    ...head,
    prompt: turns.get(head.promptId) ?? [],
    candidates: byRanking.get(head.id) ?? [],
  }));
}

/** The last of the next `limit` comparisons or prompts that have such rankings; null where there are none. */
async function lastTogether(
  orm: Orm,
  key: (typeof seqOf)[ReadBy],
  { afterSeq, limit, wanted }: { afterSeq: number; limit: number; wanted: SQL | undefined },
): Promise<number | null> {
  const keys = await orm
    .selectDistinct({ key })
    .from(ranking)
    .innerJoin(comparison, eq(comparison.id, ranking.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .leftJoin(user, eq(user.id, ranking.labelerId))
    .where(and(gt(key, afterSeq), wanted))
    .orderBy(asc(key))
    .limit(limit)
    .all();
  return keys.at(-1)?.key ?? null;
}

/** What else is known of these rankings, by id. */
export async function rankingDetails(
  { db }: InProject,
  rankings: readonly { id: string; comparisonId: string }[],
): Promise<Map<string, RankingDetails>> {
  const orm = ormOf(db);
  const ids = rankings.map(({ id }) => id);
  const wrote = alias(user, "wrote");
  const rows = await orm
    .select({
      id: candidate.id,
      comparisonId: candidate.comparisonId,
      name: sql<string | null>`coalesce(${model.name}, ${wrote.username}, ${candidate.externalAuthor})`,
      isPerson: sql<number>`case when ${candidate.authorId} is null then 0 else 1 end`,
      temperature: candidate.temperature,
      topP: candidate.topP,
      maxTokens: candidate.maxTokens,
      seed: candidate.seed,
    })
    .from(candidate)
    .leftJoin(model, eq(model.id, candidate.modelId))
    .leftJoin(wrote, eq(wrote.id, candidate.authorId))
    .where(inArray(candidate.comparisonId, [...new Set(rankings.map(({ comparisonId }) => comparisonId))]))
    .all();
  const writers = new Map<string, Map<string, Writer>>();
  for (const { id, comparisonId, name, isPerson, temperature, topP, maxTokens, seed } of rows) {
    const drawn = temperature !== null && topP !== null && maxTokens !== null && seed !== null;
    const sampling = drawn ? { temperature, topP, maxTokens, seed } : null;
    const known = writers.get(comparisonId) ?? new Map<string, Writer>();
    writers.set(comparisonId, known.set(id, { name, isPerson: isPerson === 1, sampling }));
  }
  const shown = await orm
    .select()
    .from(rankingGuard)
    .where(inArray(rankingGuard.rankingId, ids))
    .orderBy(asc(rankingGuard.kind))
    .all();
  const guards = Map.groupBy(shown, ({ rankingId }) => rankingId);
  const contents = await rankingContents(orm, ids);
  return new Map(
    rankings.map(({ id, comparisonId }) => [
      id,
      {
        writers: writers.get(comparisonId) ?? new Map(),
        ratings: contents.get(id)?.ratings ?? [],
        promptFlags: contents.get(id)?.promptFlags ?? [],
        guards: (guards.get(id) ?? []).map(({ kind, said, heeded }) => ({ kind, said, heeded })),
      },
    ]),
  );
}

const promptsOf = async (orm: Orm, rows: { promptId: string }[]) =>
  messagesOfPrompts(
    orm,
    rows.map((row) => row.promptId),
  );

export interface DemonstrationExport {
  seq: number;
  id: string;
  promptId: string;
  prompt: Message[];
  completion: string;
  useCase: string;
  split: Split;
  /** User name, or what the data source calls whoever wrote it; null where it does not say. */
  labeler: string | null;
  writtenAt: number;
}

/** A condition: the latest version of a demonstration that no reviewer has sent back. */
const inUse = (project: string, range: Range) =>
  and(
    eq(demonstration.projectId, project),
    demonstrationInUse(range.at),
    isAsked(range),
    isOfLabelers(range.labelers),
    isMade(demonstration.createdAt, range),
  );

/** The next demonstrations after `afterSeq`. */
export async function demonstrationPage({ db, project }: InProject, page: Page): Promise<DemonstrationExport[]> {
  const orm = ormOf(db);
  const rows = await orm
    .select({
      seq: demonstration.seq,
      id: demonstration.id,
      promptId: prompt.id,
      completion: demonstration.text,
      useCase: prompt.useCase,
      split: prompt.split,
      labeler: sql<string | null>`coalesce(${user.username}, ${demonstration.externalAuthor})`,
      writtenAt: demonstration.createdAt,
    })
    .from(demonstration)
    .innerJoin(prompt, eq(prompt.id, demonstration.promptId))
    .leftJoin(user, eq(user.id, demonstration.authorId))
    .where(and(gt(demonstration.seq, page.afterSeq), inUse(project, page)))
    .orderBy(asc(demonstration.seq))
    .limit(page.limit)
    .all();
  const turns = await promptsOf(orm, rows);
  return rows.map((row) => ({ ...row, prompt: turns.get(row.promptId) ?? [] }));
}

export interface PromptExport {
  seq: number;
  id: string;
  prompt: Message[];
  useCase: string;
  split: Split;
}

const asked = (project: string, range: Range) =>
  and(
    eq(prompt.projectId, project),
    range.asOf === undefined
      ? isNull(prompt.archivedAt)
      : or(isNull(prompt.archivedAt), gt(prompt.archivedAt, range.asOf)),
    isAsked(range),
    isOfLabelers(range.labelers),
    isMade(prompt.createdAt, range),
    range.at === undefined ? undefined : lte(prompt.seq, range.at.prompt),
  );

/** The next prompts after `afterSeq`. */
export async function promptPage({ db, project }: InProject, page: Page): Promise<PromptExport[]> {
  const orm = ormOf(db);
  const rows = await orm
    .select({ seq: prompt.seq, promptId: prompt.id, useCase: prompt.useCase, split: prompt.split })
    .from(prompt)
    .leftJoin(user, eq(user.id, prompt.authorId))
    .where(and(gt(prompt.seq, page.afterSeq), asked(project, page)))
    .orderBy(asc(prompt.seq))
    .limit(page.limit)
    .all();
  const turns = await promptsOf(orm, rows);
  return rows.map(({ promptId, ...row }) => ({ ...row, id: promptId, prompt: turns.get(promptId) ?? [] }));
}

export interface SkipExport {
  /** Of the comparison: those of one come on one page. */
  seq: number;
  comparisonId: string;
  promptId: string;
  prompt: Message[];
  useCase: string;
  split: Split;
  reason: SkipReason;
  labeler: string;
  skippedAt: number;
}

/** The skips of the next comparisons after `afterSeq`, also those of comparisons that were handed out again. */
export async function skipPage({ db, project }: InProject, page: Page): Promise<SkipExport[]> {
  const orm = ormOf(db);
  const wanted = and(
    eq(comparison.projectId, project),
    eq(assignment.state, "skipped"),
    isAsked(page),
    isOfLabelers(page.labelers),
    isMade(assignment.endedAt, page),
    page.asOf === undefined ? undefined : lte(assignment.endedAt, page.asOf),
  );
  const select = { seq: comparison.seq };
  const keys = await orm
    .selectDistinct(select)
    .from(assignment)
    .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .innerJoin(user, eq(user.id, assignment.labelerId))
    .where(and(gt(comparison.seq, page.afterSeq), wanted))
    .orderBy(asc(comparison.seq))
    .limit(page.limit)
    .all();
  const last = keys.at(-1)?.seq;
  if (last === undefined) return [];
  const rows = await orm
    .select({
      ...select,
      comparisonId: comparison.id,
      promptId: prompt.id,
      useCase: prompt.useCase,
      split: prompt.split,
      reason: assignment.skipReason,
      labeler: user.username,
      skippedAt: assignment.endedAt,
    })
    .from(assignment)
    .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .innerJoin(user, eq(user.id, assignment.labelerId))
    .where(and(gt(comparison.seq, page.afterSeq), lte(comparison.seq, last), wanted))
    .orderBy(asc(comparison.seq), asc(assignment.endedAt), asc(assignment.id))
    .all();
  const turns = await promptsOf(orm, rows);
  return rows.flatMap(({ reason, skippedAt, ...row }) =>
    reason === null || skippedAt === null ? [] : [{ ...row, reason, skippedAt, prompt: turns.get(row.promptId) ?? [] }],
  );
}
