// What `rankloop export comparisons` writes: one ordered pair of a ranking a row, in TRL's preference form, with what puts the
// pairs of a ranking back together.
import { type ComparisonRecord, comparisonRecord } from "../../preference/records.ts";
import { turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, type Item, rowAs } from "./format.ts";
import { rankingOf } from "./trl-preference.ts";

export const rankloopPairs: Format = {
  name: "rankloop-pairs",
  looks: '"chosen" and "rejected" beside "ranking_id"',
  recognises: (row) => has(row, "prompt", "chosen", "rejected", "ranking_id"),
  read: (row) => [pairOfRecord(rowAs(row, comparisonRecord))],
  write: (item) => {
    if (item.kind !== "ranking" || item.among === undefined || item.rankingId === undefined) return null;
    const { among, answers, prompt, promptId, rankingId, version, labeler, split, rankedAt } = item;
    const [better, worse] = answers;
    if (!better || !worse) return null;
    return {
      prompt,
      chosen: [turn("assistant", better.text)],
      rejected: [turn("assistant", worse.text)],
      prompt_id: promptId,
      ranking_id: rankingId,
      ranking_version: version,
      chosen_id: better.id,
      rejected_id: worse.id,
      k: among.k,
      chosen_rank: among.ranks[0],
      rejected_rank: among.ranks[1],
      labeler,
      split,
      ranked_at: rankedAt,
    };
  },
};

function pairOfRecord(record: ComparisonRecord): Item {
  const { ranking_id: rankingId, ranking_version: version, ranked_at: rankedAt, k } = record;
  const { chosen_rank: first, rejected_rank: second } = record;
  const among =
    k !== undefined && first !== undefined && second !== undefined ? { k, ranks: [first, second] as const } : undefined;
  return { ...rankingOf(record), ...defined({ rankingId, version, rankedAt, among }) } as Item;
}
