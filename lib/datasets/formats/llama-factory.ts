// LLaMA-Factory's sharegpt rows (github.com/hiyouga/LLaMA-Factory, data/README.md): what was said before, and one answer, or
// the better and the worse one. The system message has a column of its own, empty where there is none.
import * as z from "zod";
import { type Message, turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, RowRefused, rowAs } from "./format.ts";
import { pairOf } from "./trl-preference.ts";

const said = z.object({ from: z.enum(["system", "human", "gpt"]), value: z.string() });
const dialogue = z.object({ conversations: z.array(said).min(1), system: z.string().default("") });
const preference = dialogue.extend({ chosen: said, rejected: said });

const names = { system: "system", user: "human", assistant: "gpt" } as const;
const roles = { system: "system", human: "user", gpt: "assistant" } as const;

export const llamaFactory: Format = {
  name: "llama-factory",
  looks: '"conversations" with "from" and "value"',
  recognises: (row) => has(row, "conversations"),
  read: (row) => {
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

function turnsOf({ conversations, system }: z.output<typeof dialogue>): Message[] {
  const turns = conversations.map(({ from, value }) => turn(roles[from], value));
  return system === "" ? turns : [turn("system", system), ...turns];
}
