// Exports: JSONL lines, read page by page from the database in the order of submission, so that an export is never whole in
// memory. Rows that come in while an export runs belong to the next one. The download, the shell and the training worker get
// the same lines.

import { setImmediate as letOthersRun } from "node:timers/promises";
import type { InProject } from "../../db/change.ts";
import {
  demonstrationPage,
  promptPage,
  type Range,
  type RankingRecord,
  rankingPage,
  type Watermark,
  watermarkNow,
} from "../../db/queries/exports.ts";
import { allowed, type Context } from "../context.ts";
import { jsonlLine } from "../preference/jsonl.ts";
import { orderedPairs } from "../preference/pairs.ts";
import type { ComparisonRecord, DemonstrationRecord, PromptRecord } from "../preference/records.ts";
import { type Message, promptText } from "../vocabulary/conversation.ts";
import type { Split } from "../vocabulary/labeling.ts";
import type { ExportFormat } from "../vocabulary/shapes.ts";

export type Dataset = "comparisons" | "demonstrations";

export interface ExportRange {
  /** Prompts and answers as strings (as where absent), or as lists of {role, content}: TRL reads both. */
  format?: ExportFormat;
  split?: Split | "all";
  /** The data to export, as of then; absent: as of the first line. */
  at?: Watermark;
}

/** Rows of one read, whether rankings, demonstrations or prompts: some dozens of kilobytes of text. */
const pageSize = 50;

/**
 * One line per ordered pair of every ranking, without the line end: oldest ranking first, best pairs first.
 * Ties make no line. Permission is not checked here: verbs and the shell do that.
 */
export async function* comparisonLines(
  of: InProject,
  range: ExportRange = {},
): AsyncGenerator<string, void, undefined> {
  for await (const ranking of rowsIn(rankingPage, of, range)) yield* pairLines(ranking, range.format);
}

/** One line per demonstration that was not sent back, in its latest version, without the line end, oldest first. */
export async function* demonstrationLines(
  of: InProject,
  range: ExportRange = {},
): AsyncGenerator<string, void, undefined> {
  for await (const row of rowsIn(demonstrationPage, of, range)) {
    const record: DemonstrationRecord = {
      prompt: promptIn(range.format, row.prompt),
      completion: answerIn(range.format, row.completion),
      prompt_id: row.promptId,
      demonstration_id: row.id,
      labeler: row.labeler ?? undefined,
      use_case: row.useCase,
      split: row.split,
      written_at: row.writtenAt,
    };
    yield jsonlLine(record);
  }
}

/** One line per prompt, without the line end, oldest first: what a policy practises on. */
export async function* promptLines(of: InProject, range: ExportRange = {}): AsyncGenerator<string, void, undefined> {
  for await (const { id, prompt, useCase, split } of rowsIn(promptPage, of, range)) {
    const record: PromptRecord = { prompt: promptIn(range.format, prompt), prompt_id: id, use_case: useCase, split };
    yield jsonlLine(record);
  }
}

/** Reads the rows of a range page by page, and lets others run between two pages. */
async function* rowsIn<Row extends { seq: number }>(
  pageOf: (of: InProject, page: Range & { afterSeq: number; limit: number }) => Promise<Row[]>,
  of: InProject,
  { split, at }: ExportRange,
): AsyncGenerator<Row, void, undefined> {
  const range = { split: split === "all" ? undefined : split, at: at ?? (await watermarkNow(of.db)) };
  for (let afterSeq = 0; ; ) {
    const page = await pageOf(of, { ...range, afterSeq, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    afterSeq = last.seq;
    await letOthersRun();
  }
}

/** ExportQuestion says what somebody wants to export. */
export interface ExportQuestion {
  dataset: Dataset;
  split: Split | "all";
  format?: ExportFormat;
}

/**
 * The lines of a data set for someone who may export.
 * @throws DomainError UNAUTHORIZED or FORBIDDEN, before the first line
 */
export async function exportLines(
  ctx: Context,
  { dataset, ...range }: ExportQuestion,
): Promise<AsyncGenerator<string, void, undefined>> {
  allowed(ctx, "export", "export data");
  const lines = dataset === "comparisons" ? comparisonLines : demonstrationLines;
  return lines(ctx, range);
}

function* pairLines(ranking: RankingRecord, format?: ExportFormat): Generator<string, void, undefined> {
  const prompt = promptIn(format, ranking.prompt);
  const text = new Map(ranking.candidates.map((one) => [one.id, one.text]));
  const tiers = Map.groupBy(ranking.candidates, (one) => one.tier);
  const ids = [...tiers.values()].map((tier) => tier.map((one) => one.id));
  for (const { chosen, rejected, chosenRank, rejectedRank } of orderedPairs(ids)) {
    const record: ComparisonRecord = {
      prompt,
      chosen: answerIn(format, text.get(chosen) ?? ""),
      rejected: answerIn(format, text.get(rejected) ?? ""),
      prompt_id: ranking.promptId,
      ranking_id: ranking.id,
      ranking_version: ranking.version,
      chosen_id: chosen,
      rejected_id: rejected,
      k: ranking.candidates.length,
      chosen_rank: chosenRank,
      rejected_rank: rejectedRank,
      labeler: ranking.labeler,
      split: ranking.split,
      ranked_at: ranking.submittedAt,
    };
    yield jsonlLine(record);
  }
}

const promptIn = (format: ExportFormat | undefined, messages: Message[]): ComparisonRecord["prompt"] =>
  format === "conversational" ? messages : promptText(messages);

const answerIn = (format: ExportFormat | undefined, text: string): ComparisonRecord["chosen"] =>
  format === "conversational" ? [{ role: "assistant", content: text }] : text;
