// TRL's unpaired preference rows, for KTO: one answer, and whether it is a good one. A good one comes in as a demonstration, as
// TRL itself converts such rows; a bad one alone has no place.
import * as z from "zod";
import { answerField, answerText, promptField } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { adverseFlags, likert } from "../../vocabulary/labeling.ts";
import { type AnswerRating, type Format, has, RowRefused, rowAs } from "./format.ts";

const record = z.object({ prompt: promptField, completion: answerField, label: z.boolean() });

/** @throws RowRefused for a bad answer */
export function refuseBad(label: boolean): void {
  if (!label) throw new RowRefused("The answer is labelled a bad one: only good ones come in, as demonstrations.");
}

export const trlUnpaired: Format = {
  name: "trl-unpaired",
  looks: '"prompt", "completion" and "label"',
  recognises: (row) => has(row, "prompt", "completion", "label"),
  read: (row) => {
    const { label, prompt, completion } = rowAs(row, record);
    refuseBad(label);
    return [{ kind: "demonstration", prompt: messagesOf(prompt), answer: { text: answerText(completion) } }];
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
