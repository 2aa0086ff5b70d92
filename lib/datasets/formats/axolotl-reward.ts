// axolotl's rows for reward models (bradley_terry.chat_template): a system message, empty where there is none, one question, and
// both answers as texts.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, questionOf, rowAs } from "./format.ts";
import { pairOf } from "./trl-preference.ts";

const reward = z.object({
  system: z.string().default(""),
  input: z.string(),
  chosen: z.string(),
  rejected: z.string(),
});

export const axolotlReward: Format = {
  name: "axolotl-reward",
  looks: '"input" beside "chosen" and "rejected"',
  recognises: (row) => has(row, "input", "chosen", "rejected") && !has(row, "instruction") && !has(row, "prompt"),
  read: (row) => {
    const { system, input, chosen, rejected } = rowAs(row, reward);
    const prompt = [...(system === "" ? [] : [turn("system", system)]), turn("user", input)];
    return [{ kind: "ranking", prompt, answers: [{ text: chosen }, { text: rejected }], tiers: [[0], [1]] }];
  },
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || !isPlain(item)) return null;
    const [first] = item.prompt;
    const system = first?.role === "system" ? first.content : "";
    const input = questionOf(system === "" ? item.prompt : item.prompt.slice(1));
    return input === null ? null : { system, input, chosen: better.text, rejected: worse.text };
  },
};
