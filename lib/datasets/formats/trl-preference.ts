// TRL's preference rows: the prompt beside the two answers (explicit) or inside of both (implicit). The pairs that Rankloop
// exports are such rows, too, with more beside them. Each is a ranking of two.
import { answerText, type ComparisonRecord, comparisonRecord } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, type Item, rowAs } from "./format.ts";

export const trlPreference: Format = {
  name: "trl-preference",
  looks: '"chosen" and "rejected"',
  recognises: (row) => has(row, "chosen", "rejected"),
  read: (row) => [rankingOf(rowAs(row, comparisonRecord))],
  write: (item) => {
    const { promptId: prompt_id, split, useCase } = item;
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || useCase !== undefined) return null;
    if (better.writer !== undefined || worse.writer !== undefined) return null;
    const labeler = item.kind === "ranking" ? item.labeler : undefined;
    const answers = { chosen: [turn("assistant", better.text)], rejected: [turn("assistant", worse.text)] };
    const ids = { prompt_id, chosen_id: better.id, rejected_id: worse.id };
    return defined({ prompt: item.prompt, ...answers, ...ids, labeler, split });
  },
};

export function rankingOf({ prompt, chosen, rejected, ...rest }: ComparisonRecord): Item {
  const { prompt_id: promptId, chosen_id, rejected_id, labeler, split } = rest;
  const answers = [
    { text: answerText(chosen), ...defined({ id: chosen_id }) },
    { text: answerText(rejected), ...defined({ id: rejected_id }) },
  ];
  const tiers = rest.chosen_rank !== undefined && rest.chosen_rank === rest.rejected_rank ? [[0, 1]] : [[0], [1]];
  return { kind: "ranking", prompt: messagesOf(prompt), answers, tiers, ...defined({ promptId, labeler, split }) };
}

/** The better and the worse answer of a ranking of two that is read back as it is. */
export function pairOf(item: Item) {
  if (item.kind !== "ranking" || item.answers.length !== 2) return null;
  return JSON.stringify(item.tiers) === "[[0],[1]]" ? item.answers : null;
}
