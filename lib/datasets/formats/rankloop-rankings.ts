// What `rankloop export rankings` writes: a ranking whole, one a row, with all that is known of it. Every row has the same
// fields; what there is none of is an empty text, an empty list, or version 0 of the guidelines.
import { type RankingRecord, rankingRecord } from "../../preference/records.ts";
import { messagesOf } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, type Item, rowAs } from "./format.ts";

type Ranking = Extract<Item, { kind: "ranking" }>;

export const rankloopRankings: Format = {
  name: "rankloop-rankings",
  looks: '"prompt", "answers" and "tiers"',
  recognises: (row) => has(row, "prompt", "answers", "tiers"),
  read: (row) => [rankingOfRecord(rowAs(row, rankingRecord))],
  write: (item) => (item.kind === "ranking" && item.among === undefined ? recordOf(item) : null),
};

function rankingOfRecord(record: RankingRecord): Ranking {
  const { answers, tiers, ratings, prompt_flags: promptFlags, guards } = record;
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
  return {
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
  };
}
