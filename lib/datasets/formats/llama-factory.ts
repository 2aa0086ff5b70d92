// LLaMA-Factory's rows (github.com/hiyouga/LLaMA-Factory, data/README.md): what was said before, and one answer, or the better
// and the worse one. Written in its sharegpt form, where the system message has a column of its own, empty where there is none;
// read are also those of version 1 ("chosen_messages") and the older alpaca form of preferences ("instruction" with "chosen").
import * as z from "zod";
import { comparisonRecord } from "../../preference/records.ts";
import { type Message, turn, turnRoles } from "../../vocabulary/conversation.ts";
import { promptOfTask, taskFields } from "./alpaca.ts";
import { type Format, has, type Item, isObject, isPlain, RowRefused, rowAs } from "./format.ts";
import { pairOf, rankingOf } from "./trl-preference.ts";
import { refuseBad } from "./trl-unpaired.ts";

const said = z.object({ from: z.enum(["system", "human", "gpt"]), value: z.string() });
const dialogue = z.object({ conversations: z.array(said).min(1), system: z.string().default("") });
const preference = dialogue.extend({ chosen: said, rejected: said });

const names = { system: "system", user: "human", assistant: "gpt" } as const;
const roles = { system: "system", human: "user", gpt: "assistant" } as const;

export const llamaFactory: Format = {
  name: "llama-factory",
  looks: '"conversations" with "from" and "value"; "chosen_messages"; or "instruction" with "chosen"',
  recognises: (row) =>
    has(row, "conversations") || has(row, "chosen_messages", "rejected_messages") || isAlpacaPreference(row),
  read: (row) => {
    if (has(row, "chosen_messages")) return [preferenceOfMessages(rowAs(row, wholes))];
    if (isAlpacaPreference(row)) return [preferenceOfAlpaca(rowAs(row, alpacaPreference))];
    if (has(row, "kto_tag")) refuseBad(rowAs(row, z.object({ kto_tag: z.boolean() })).kto_tag);
    if (has(row, "chosen") || has(row, "rejected")) {
      const { chosen, rejected, ...rest } = rowAs(row, preference);
      const answers = [chosen, rejected].map(({ value }) => ({ text: value }));
      return [{ kind: "ranking", prompt: turnsOf(rest), answers, tiers: [[0], [1]] }];
    }
    const turns = turnsOf(rowAs(row, dialogue));
    const last = turns.at(-1);
    if (last?.role !== "assistant") return [{ kind: "prompt", prompt: turns }];
    if (turns.length === 1) throw new RowRefused('"conversations" has an answer alone: what it answers is missing.');
    return [{ kind: "demonstration", prompt: turns.slice(0, -1), answer: { text: last.content } }];
  },
  write: (item) => {
    if (!isPlain(item)) return null;
    const [first, ...others] = item.prompt;
    const system = first?.role === "system" ? first.content : "";
    const turns = first?.role === "system" ? others : item.prompt;
    const conversations = turns.map(({ role, content }) => ({ from: names[role] as string, value: content }));
    const answer = (text: string) => ({ from: "gpt", value: text });
    if (item.kind === "prompt") return { conversations, system };
    if (item.kind === "demonstration") {
      return { conversations: [...conversations, answer(item.answer.text)], system };
    }
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse) return null;
    return { conversations, chosen: answer(better.text), rejected: answer(worse.text), system };
  },
};

/** A content of version 1 is a list of parts, of which we keep texts alone. */
const part = z.object({ type: z.literal("text"), value: z.string().optional(), text: z.string().optional() });
const content = z.union(
  [z.string(), z.array(part).transform((parts) => parts.map(({ value, text }) => value ?? text ?? "").join(""))],
  { error: "a text, or a list of parts that are texts" },
);
const conversation = z.array(z.object({ role: z.enum(turnRoles), content })).min(1);
const wholes = z.object({ chosen_messages: conversation, rejected_messages: conversation });

const preferenceOfMessages = ({ chosen_messages: chosen, rejected_messages: rejected }: z.output<typeof wholes>) =>
  rankingOf(rowAs({ chosen, rejected }, comparisonRecord));

/** Before there were columns for the two, "output" was a list of both, the better first. */
const alpacaPreference = z
  .object({
    ...taskFields,
    output: z.array(z.string()).length(2, { error: "the better and the worse answer" }).optional(),
    chosen: z.string().optional(),
    rejected: z.string().optional(),
  })
  .transform(({ output: [first, second] = [], chosen = first, rejected = second, ...task }, context) => {
    if (chosen !== undefined && rejected !== undefined) return { ...task, chosen, rejected };
    context.issues.push({ code: "custom", message: '"chosen" or "rejected" is missing.', input: task });
    return z.NEVER;
  });
const isAlpacaPreference = (row: unknown) =>
  has(row, "instruction") &&
  (has(row, "chosen") || has(row, "rejected") || (isObject(row) && Array.isArray(row.output)));

const preferenceOfAlpaca = ({ chosen, rejected, ...task }: z.output<typeof alpacaPreference>): Item => ({
  kind: "ranking",
  prompt: promptOfTask(task),
  answers: [{ text: chosen }, { text: rejected }],
  tiers: [[0], [1]],
});

function turnsOf({ conversations, system }: z.output<typeof dialogue>): Message[] {
  const turns = conversations.map(({ from, value }) => turn(roles[from], value));
  return system === "" ? turns : [turn("system", system), ...turns];
}
