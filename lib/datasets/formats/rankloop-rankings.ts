// What `rankloop export rankings` writes: a ranking whole, one a row, with all that is known of it. Every row has the same
// fields; what there is none of is an empty text, an empty list, or version 0 of the guidelines.
import * as z from "zod";
import { message, messagesOf } from "../../vocabulary/conversation.ts";
import { answerFlagNames, guardKinds, promptFlagNames, promptKinds, splits } from "../../vocabulary/labeling.ts";
import { defined, type Format, has, type Item, RowRefused, rowAs } from "./format.ts";

const text = z.string();
const count = z.int().min(0);
const named = text.optional().transform((name) => name || undefined);
const sampling = z.object({ temperature: z.number(), top_p: z.number(), max_tokens: z.int(), seed: z.number() });

const answer = z.object({ id: named, text, writer: named, sampling: z.array(sampling).max(1).default([]) });
const rating = z.object({
  answer: count,
  likert: z.int().min(1).max(7),
  flags: z.array(z.enum(answerFlagNames)).default([]),
  note: text.default(""),
  spent_ms: count.default(0),
});

/** A whole ranking as it stands in a file. */
export const rankingRecord = z.object({
  prompt: z.union([text, z.array(message).min(1)], { error: 'a text, or turns: [{"role", "content"}, …]' }),
  prompt_id: named,
  prompt_kind: z.enum(promptKinds).optional(),
  use_case: named,
  split: z.enum(splits).optional(),
  comparison_id: named,
  ranking_id: named,
  ranking_version: z.int().min(1).optional(),
  labeler: named,
  ranked_at: z.int().optional(),
  spent_ms: count.optional(),
  guidelines_version: count.optional(),
  /** In the order shown. */
  answers: z.array(answer).min(1),
  /** Places in `answers`, from 0, best tier first. */
  tiers: z.array(z.array(count).min(1)).min(1),
  ratings: z.array(rating).default([]),
  prompt_flags: z.array(z.enum(promptFlagNames)).default([]),
  guards: z.array(z.object({ kind: z.enum(guardKinds), said: text, heeded: z.boolean() })).default([]),
});

type Ranking = Extract<Item, { kind: "ranking" }>;

export const rankloopRankings: Format = {
  name: "rankloop-rankings",
  looks: '"prompt", "answers" and "tiers"',
  recognises: (row) => has(row, "prompt", "answers", "tiers"),
  read: (row) => [rankingOfRecord(rowAs(row, rankingRecord))],
  write: (item) => (item.kind === "ranking" && item.among === undefined ? recordOf(item) : null),
};

/** @throws RowRefused where the tiers are no order of the answers */
export function rankingOfRecord(record: z.output<typeof rankingRecord>): Ranking {
  const { answers, tiers, ratings, prompt_flags: promptFlags, guards } = record;
  const places = tiers.flat().toSorted((a, b) => a - b);
  if (places.length !== answers.length || places.some((place, at) => place !== at)) {
    throw new RowRefused('"tiers" does not name each answer once, by its place from 0.');
  }
  if (ratings.some(({ answer }) => answer >= answers.length)) {
    throw new RowRefused('"ratings" has one of an answer that is not there.');
  }
  const some = <T>(list: readonly T[]) => (list.length > 0 ? list : undefined);
  return {
    kind: "ranking",
    prompt: messagesOf(record.prompt),
    answers: answers.map(({ text, id, writer, sampling: [drawn] }) => ({
      text,
      ...defined({
        id,
        writer,
        sampling: drawn && {
          temperature: drawn.temperature,
          topP: drawn.top_p,
          maxTokens: drawn.max_tokens,
          seed: drawn.seed,
        },
      }),
    })),
    tiers,
    ...defined({
      promptId: record.prompt_id,
      promptKind: record.prompt_kind,
      useCase: record.use_case,
      split: record.split,
      comparisonId: record.comparison_id,
      rankingId: record.ranking_id,
      version: record.ranking_version,
      labeler: record.labeler,
      rankedAt: record.ranked_at,
      spentMs: record.spent_ms,
      guidelinesVersion: record.guidelines_version || undefined,
      ratings: some(ratings.map(({ spent_ms: spentMs, ...one }) => ({ ...one, spentMs }))),
      promptFlags: some(promptFlags),
      guards: some(guards),
    }),
  };
}

function recordOf(item: Ranking): object {
  return defined({
    prompt: item.prompt,
    prompt_id: item.promptId ?? "",
    prompt_kind: item.promptKind,
    use_case: item.useCase ?? "",
    split: item.split,
    comparison_id: item.comparisonId ?? "",
    ranking_id: item.rankingId ?? "",
    ranking_version: item.version,
    labeler: item.labeler ?? "",
    ranked_at: item.rankedAt,
    spent_ms: item.spentMs,
    guidelines_version: item.guidelinesVersion ?? 0,
    answers: item.answers.map(({ id = "", text, writer = "", sampling }) => ({
      id,
      text,
      writer,
      sampling: sampling
        ? [
            {
              temperature: sampling.temperature,
              top_p: sampling.topP,
              max_tokens: sampling.maxTokens,
              seed: sampling.seed,
            },
          ]
        : [],
    })),
    tiers: item.tiers,
    ratings: (item.ratings ?? []).map(({ answer, likert, flags, note, spentMs }) => ({
      ...{ answer, likert, flags, note },
      spent_ms: spentMs,
    })),
    prompt_flags: item.promptFlags ?? [],
    guards: (item.guards ?? []).map(({ kind, said, heeded }) => ({ kind, said, heeded })),
  });
}
