// Reading for exports, page by page in the order of submission, so that no export is ever whole in memory.
import { and, asc, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { Split } from "../../lib/vocabulary/labeling.ts";
import type { InProject } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { candidate, comparison, demonstration, prompt, ranking, rankingTier, user } from "../schema/index.ts";
import { demonstrationInUse } from "../steps/demonstrations.ts";
import { messagesOfPrompts } from "../steps/prompts.ts";
import { latestVersion } from "../steps/rankings.ts";
import { currentWatermark, type Watermark } from "../steps/watermark.ts";

export type { Watermark } from "../steps/watermark.ts";

export interface Range {
  split?: Split;
  /** The data as of this watermark; absent: as of now. */
  at?: Watermark;
}

export interface RankingRecord {
  seq: number;
  id: string;
  promptId: string;
  prompt: Message[];
  split: Split;
  labeler: string;
  /** From 1; a later one was made after the first, and the models' names, had been seen. */
  version: number;
  submittedAt: number;
  /** Best first, those of one tier in the order shown. */
  candidates: { id: string; text: string; tier: number }[];
}

/**
 * The watermark of now. All pages of an export are read as of one watermark: otherwise a row that is revised meanwhile could
 * come twice, in both versions.
 */
export async function watermarkNow(db: Database): Promise<Watermark> {
  return currentWatermark(ormOf(db));
}

const within = (project: string, range: Range) =>
  and(
    eq(ranking.projectId, project),
    range.split === undefined ? undefined : eq(prompt.split, range.split),
    latestVersion(range.at?.ranking),
  );

/** The next rankings after `afterSeq`, each in its latest version. */
export async function rankingPage(
  { db, project }: InProject,
  page: Range & { afterSeq: number; limit: number },
): Promise<RankingRecord[]> {
  const orm = ormOf(db);
  const heads = await orm
    .select({
      seq: ranking.seq,
      id: ranking.id,
      promptId: prompt.id,
      split: prompt.split,
      labeler: user.username,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
    })
    .from(ranking)
    .innerJoin(comparison, eq(comparison.id, ranking.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .innerJoin(user, eq(user.id, ranking.labelerId))
    .where(and(gt(ranking.seq, page.afterSeq), within(project, page)))
    .orderBy(asc(ranking.seq))
    .limit(page.limit)
    .all();
  const candidates = await orm
    .select({ rankingId: rankingTier.rankingId, id: candidate.id, text: candidate.text, tier: rankingTier.tier })
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
    candidates: (byRanking.get(head.id) ?? []).map(({ id, text, tier }) => ({ id, text, tier })),
  }));
}

const promptsOf = async (orm: Orm, rows: { promptId: string }[]) =>
  messagesOfPrompts(
    orm,
    rows.map((row) => row.promptId),
  );

/** How many rankings there are and how many pairs they hold. */
export async function countRankings(
  { db, project }: InProject,
  range: Range,
): Promise<{ rankings: number; strict: number; tied: number }> {
  const counts = ormOf(db)
    .select({
      rankings: sql<number>`count(*)`,
      strict: sql<number>`coalesce(sum(${ranking.strict}), 0)`,
      tied: sql<number>`coalesce(sum(${ranking.tied}), 0)`,
    })
    .from(ranking)
    .$dynamic();
  // Only a split needs the prompts, which take most of the time (20,000 rankings: 45 ms instead of 3).
  const query =
    range.split === undefined
      ? counts
      : counts
          .innerJoin(comparison, eq(comparison.id, ranking.comparisonId))
          .innerJoin(prompt, eq(prompt.id, comparison.promptId));
  return (await query.where(within(project, range)).get()) ?? { rankings: 0, strict: 0, tied: 0 };
}

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
const inUse = (project: string, { split, at }: Range) =>
  and(
    eq(demonstration.projectId, project),
    demonstrationInUse(at),
    split === undefined ? undefined : eq(prompt.split, split),
  );

/** The next demonstrations after `afterSeq`. */
export async function demonstrationPage(
  { db, project }: InProject,
  page: Range & { afterSeq: number; limit: number },
): Promise<DemonstrationExport[]> {
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

export async function countDemonstrations({ db, project }: InProject, range: Range): Promise<number> {
  const row = await ormOf(db)
    .select({ total: sql<number>`count(*)` })
    .from(demonstration)
    .innerJoin(prompt, eq(prompt.id, demonstration.promptId))
    .where(inUse(project, range))
    .get();
  return row?.total ?? 0;
}

export interface PromptExport {
  seq: number;
  id: string;
  prompt: Message[];
  useCase: string;
  split: Split;
}

const asked = (project: string, { split, at }: Range) =>
  and(
    eq(prompt.projectId, project),
    isNull(prompt.archivedAt),
    split === undefined ? undefined : eq(prompt.split, split),
    at === undefined ? undefined : lte(prompt.seq, at.prompt),
  );

/** The next prompts after `afterSeq`. */
export async function promptPage(
  { db, project }: InProject,
  page: Range & { afterSeq: number; limit: number },
): Promise<PromptExport[]> {
  const orm = ormOf(db);
  const rows = await orm
    .select({ seq: prompt.seq, promptId: prompt.id, useCase: prompt.useCase, split: prompt.split })
    .from(prompt)
    .where(and(gt(prompt.seq, page.afterSeq), asked(project, page)))
    .orderBy(asc(prompt.seq))
    .limit(page.limit)
    .all();
  const turns = await promptsOf(orm, rows);
  return rows.map(({ promptId, ...row }) => ({ ...row, id: promptId, prompt: turns.get(promptId) ?? [] }));
}

export async function countPrompts({ db, project }: InProject, range: Range): Promise<number> {
  return (
    (await ormOf(db).select({ total: sql<number>`count(*)` }).from(prompt).where(asked(project, range)).get())?.total ??
    0
  );
}
