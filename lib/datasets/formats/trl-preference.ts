// TRL's preference rows: the prompt beside the two answers (explicit) or inside of both (implicit). The pairs that Rankloop
// exports are such rows, too, with more beside them. Each is a ranking of two.
import { answerText, type ComparisonRecord, comparisonRecord } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, type Item, isPlain, type Outgoing, rowAs } from "./format.ts";

export const trlPreference: Format = {
  name: "trl-preference",
  looks: '"chosen" and "rejected"',
  recognises: (row) => has(row, "chosen", "rejected"),
  read: (row) => [rankingOf(rowAs(row, comparisonRecord))],
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || !isPlain(item)) return null;
    return { prompt: item.prompt, chosen: [turn("assistant", better.text)], rejected: [turn("assistant", worse.text)] };
  },
};

export function rankingOf({ prompt, chosen, rejected, ...rest }: ComparisonRecord): Item {
  const { prompt_id: promptId, chosen_id, rejected_id, labeler, split } = rest;
  const answers = [
    { text: answerText(chosen), ...defined({ id: chosen_id }) },
    { text: answerText(rejected), ...defined({ id: rejected_id }) },
  ];
  const tiers = rest.chosen_rank !== undefined && rest.chosen_rank === rest.rejected_rank ? [[0, 1]] : [[0], [1]];
  return {
    kind: "ranking",
    prompt: messagesOf(prompt),
    answers,
    tiers,
    ...defined({ promptId, labeler: labeler || undefined, split }),
  };
}

/** The better and the worse answer of a pair, as plain text; null for what is no pair. */
export function pairOf(item: Outgoing) {
  if (item.kind !== "ranking" || item.answers.length !== 2) return null;
  return JSON.stringify(item.tiers) === "[[0],[1]]" ? item.answers : null;
}
