// TRL's unpaired preference rows, for KTO: one answer, and whether it is a good one. They only go out: whoever rated an answer
// said more than that, and it is not taken back from the label.
import { turn } from "../../vocabulary/conversation.ts";
import { adverseFlags, likert } from "../../vocabulary/labeling.ts";
import { type AnswerRating, type Format, has, RowRefused } from "./format.ts";

export const trlUnpaired: Format = {
  name: "trl-unpaired",
  looks: '"prompt", "completion" and "label"',
  recognises: (row) => has(row, "prompt", "completion", "label"),
  read: () => {
    throw new RowRefused('"label" says whether the answer is a good one: it is no demonstration.');
  },
  write: (item) => {
    const label = item.kind === "rated" ? isGood(item.rating) : null;
    if (item.kind !== "rated" || label === null) return null;
    return { prompt: item.prompt, completion: [turn("assistant", item.answer.text)], label };
  },
};

/**
 * Is this a good answer? It is one above the middle of the scale and without a flag that speaks against it; null in the middle
 * of the scale, where a person said neither.
 */
export function isGood({ likert: rating, flags }: AnswerRating): boolean | null {
  if (flags.some((flag) => adverseFlags.includes(flag))) return false;
  const middle = (likert.min + likert.max) / 2;
  return rating === middle ? null : rating > middle;
}
