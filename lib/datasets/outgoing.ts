// What the database holds as items that go out, page by page: rankings whole, as the majority of several or one for each prompt;
// demonstrations, prompts, ratings, skips.
import { setImmediate as letOthersRun } from "node:timers/promises";
import type { InProject } from "../../db/change.ts";
import {
  demonstrationPage,
  promptPage,
  type RankingDetails,
  type RankingRange,
  type RankingRecord,
  rankingDetails,
  rankingPage,
  skipPage,
  watermarkNow,
} from "../../db/queries/exports.ts";
import { kemeny } from "../preference/kemeny.ts";
import { pseudonym } from "../secret.ts";
import type { OutSet, WhichRankings } from "./choices.ts";
import type { Answer, Item, Outgoing } from "./formats/format.ts";

export interface Wanted {
  dataset: OutSet;
  range: RankingRange;
  rankings: WhichRankings;
  pseudonyms: boolean;
}

/** @property read how many rankings, demonstrations … were read for these items */
export interface OutgoingPage {
  items: Outgoing[];
  read: number;
}

type Ranking = Extract<Item, { kind: "ranking" }>;

/** Rows of one read: some dozens of kilobytes of text. */
const pageSize = 50;

/** Everything that is wanted, in the order it was made, as of the first page: what comes in meanwhile belongs to the next time. */
export function outgoing(of: InProject, wanted: Wanted): AsyncGenerator<OutgoingPage, void, undefined> {
  const name = (username: string | null) =>
    username === null ? "" : wanted.pseudonyms ? pseudonym(of.db.directory, of.project, username) : username;
  switch (wanted.dataset) {
    case "comparisons":
    case "rankings":
    case "ratings":
      return rankingItems(of, wanted, name);
    case "demonstrations":
      return itemsOf(of, wanted.range, demonstrationPage, (row) => ({
        kind: "demonstration",
        prompt: row.prompt,
        answer: { id: row.id, text: row.completion, writer: name(row.labeler) },
        promptId: row.promptId,
        useCase: row.useCase,
        split: row.split,
        writtenAt: row.writtenAt,
      }));
    case "prompts":
      return itemsOf(of, wanted.range, promptPage, ({ id, prompt, useCase, split }) => ({
        ...{ kind: "prompt", prompt, promptId: id, useCase, split },
      }));
    case "skips":
      return itemsOf(of, wanted.range, skipPage, ({ seq: _, ...row }) => ({
        ...{ kind: "skip", ...row, labeler: name(row.labeler) },
      }));
  }
}

async function* itemsOf<Row extends { seq: number }>(
  of: InProject,
  range: RankingRange,
  pageOf: (of: InProject, page: RankingRange & { afterSeq: number; limit: number }) => Promise<Row[]>,
  itemOf: (row: Row) => Outgoing,
): AsyncGenerator<OutgoingPage, void, undefined> {
  for await (const rows of pages(of, range, pageOf)) yield { items: rows.map(itemOf), read: rows.length };
}

/** Reads page by page, and lets others run between two of them. */
async function* pages<Row extends { seq: number }>(
  of: InProject,
  range: RankingRange,
  pageOf: (of: InProject, page: RankingRange & { afterSeq: number; limit: number }) => Promise<Row[]>,
): AsyncGenerator<Row[], void, undefined> {
  const at = range.at ?? (await watermarkNow(of.db));
  for (let afterSeq = 0; ; ) {
    const rows = await pageOf(of, { ...range, at, afterSeq, limit: pageSize });
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    afterSeq = last.seq;
    await letOthersRun();
  }
}

type NameOf = (username: string | null) => string;

async function* rankingItems(
  of: InProject,
  { dataset, range, rankings: which }: Wanted,
  name: NameOf,
): AsyncGenerator<OutgoingPage, void, undefined> {
  const by = { all: "ranking", majority: "comparison", first: "prompt" } as const;
  const pageOf: typeof rankingPage = (project, page) => rankingPage(project, { ...page, by: by[which] });
  for await (const rows of pages(of, range, pageOf)) {
    const details = dataset === "comparisons" ? null : await rankingDetails(of, rows);
    const itemOf = (row: RankingRecord) => rankingItem(row, details?.get(row.id), name);
    const together = [...Map.groupBy(rows, ({ seq }) => seq).values()];
    const items = together.map((group) => (which === "majority" ? majorityOf(group, itemOf) : itemOf(group[0]!)));
    yield { items: dataset === "ratings" ? items.flatMap(ratedIn) : items, read: rows.length };
  }
}

function rankingItem(row: RankingRecord, details: RankingDetails | undefined, name: NameOf): Ranking {
  const shown = row.candidates.toSorted((a, b) => a.position - b.position);
  const tiers = Map.groupBy(shown.keys(), (place) => shown[place]!.tier);
  const item: Ranking = {
    kind: "ranking",
    prompt: row.prompt,
    answers: shown.map(({ id, text }) => answerOf({ id, text }, details, name)),
    tiers: [...tiers].toSorted(([a], [b]) => a - b).map(([, places]) => places),
    promptId: row.promptId,
    promptKind: row.promptKind,
    useCase: row.useCase,
    split: row.split,
    comparisonId: row.comparisonId,
    rankingId: row.id,
    version: row.version,
    labeler: name(row.labeler),
    rankedAt: row.submittedAt,
  };
  if (!details) return item;
  const { ratings, promptFlags, guards } = details;
  const placeOf = new Map(shown.map(({ position }, place) => [position, place]));
  return {
    ...item,
    spentMs: row.spentMs ?? 0,
    guidelinesVersion: row.guidelinesVersion ?? 0,
    ratings: ratings.map(({ position, ...rating }) => ({ answer: placeOf.get(position)!, ...rating })),
    promptFlags,
    guards,
  };
}

function answerOf(answer: Answer, details: RankingDetails | undefined, name: NameOf): Answer {
  const writer = details?.writers.get(answer.id ?? "");
  if (!writer) return answer;
  const written = { ...answer, writer: writer.isPerson ? name(writer.name) : (writer.name ?? "") };
  return writer.sampling ? { ...written, sampling: writer.sampling } : written;
}

/** One ranking for those of the same answers; it has no labeler and no ratings, which are each person's own. */
function majorityOf(rows: readonly RankingRecord[], itemOf: (row: RankingRecord) => Ranking): Ranking {
  const [first] = rows;
  const item = itemOf(first!);
  if (rows.length === 1) return item;
  const { answers } = item;
  const places = new Map(answers.map(({ id }, place) => [id, place]));
  const tiersOf = ({ candidates }: RankingRecord) => {
    const byTier = Map.groupBy(candidates, ({ tier }) => tier);
    return [...byTier].toSorted(([a], [b]) => a - b).map(([, tier]) => tier.map(({ id }) => places.get(id)!));
  };
  return {
    ...item,
    tiers: kemeny(answers.length, rows.map(tiersOf)),
    rankingId: item.comparisonId ?? "",
    version: 1,
    labeler: "",
    rankedAt: Math.max(...rows.map(({ submittedAt }) => submittedAt)),
    ...("ratings" in item ? { spentMs: 0, ratings: [], promptFlags: [], guards: [] } : {}),
  };
}

/** What was said of each answer alone. */
function ratedIn({ ratings = [], ...ranking }: Ranking): Outgoing[] {
  const { prompt, answers, promptId, useCase, split, rankingId, labeler, rankedAt } = ranking;
  return ratings.map(({ answer, ...rating }) => ({
    kind: "rated",
    prompt,
    answer: answers[answer]!,
    rating,
    ...{ promptId, useCase, split, rankingId, labeler, rankedAt },
  }));
}
