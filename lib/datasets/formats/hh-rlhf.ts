// Anthropic's HH-RLHF (github.com/anthropics/hh-rlhf): two whole dialogues that differ in their last answer.
import { comparisonRecord } from "../../preference/records.ts";
import type { Message } from "../../vocabulary/conversation.ts";
import { type Format, has, isObject, isPlain, rowAs } from "./format.ts";
import { pairOf, rankingOf } from "./trl-preference.ts";

const begins = /^\s*Human:/;

export const hhRlhf: Format = {
  name: "hh-rlhf",
  looks: '"chosen" and "rejected" that begin "\\n\\nHuman: "',
  recognises: (row) =>
    isObject(row) &&
    !has(row, "prompt") &&
    [row.chosen, row.rejected].every((text) => typeof text === "string" && begins.test(text)),
  read: (row) => [rankingOf(rowAs(row, comparisonRecord))],
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || !isPlain(item)) return null;
    const dialogues = [better, worse].map(({ text }) =>
      dialogueText([...item.prompt, { role: "assistant", content: text }]),
    );
    const [chosen, rejected] = dialogues;
    if (chosen === null || rejected === null) return null;
    const row = { chosen, rejected };
    // What a dialogue cannot say: white space around a turn, a turn that speaks of another.
    return JSON.stringify(hhRlhf.read(row)[0]) === JSON.stringify(item) ? row : null;
  },
};

const names = { user: "Human", assistant: "Assistant" };

/** The turns as one dialogue; null where there is a system message, which it cannot say. */
export function dialogueText(turns: readonly Message[]): string | null {
  let text = "";
  for (const { role, content } of turns) {
    if (role === "system") return null;
    text += `\n\n${names[role]}: ${content}`;
  }
  return text;
}
