// OpenAI's chat rows: {"messages": [{"role", "content"}, …]}, as fine-tuning reads them. A conversation that ends with the
// assistant is a demonstration of its last turn; one that ends with the person is a prompt.
import * as z from "zod";
import { type Message, turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, RowRefused, rowAs } from "./format.ts";

/** A content is a text, or a list of parts, of which we keep texts alone. */
const content = z.union(
  [
    z.string(),
    z
      .array(z.object({ type: z.literal("text"), text: z.string() }))
      .transform((parts) => parts.map(({ text }) => text).join("")),
  ],
  { error: "a text, or a list of parts that are texts" },
);
const role = z.enum(["system", "developer", "user", "assistant"]);
/** Messages as OpenAI has them. */
export const conversation = z.object({ messages: z.array(z.object({ role, content })).min(1) });

export const openaiChat: Format = {
  name: "openai-chat",
  looks: '"messages"',
  recognises: (row) => has(row, "messages"),
  read: (row) => {
    const turns = turnsOf(rowAs(row, conversation));
    const last = turns.at(-1);
    if (last?.role !== "assistant") return [{ kind: "prompt", prompt: turns }];
    if (turns.length === 1) throw new RowRefused('"messages" has an answer alone: what it answers is missing.');
    return [{ kind: "demonstration", prompt: turns.slice(0, -1), answer: { text: last.content } }];
  },
  write: (item) => {
    const { kind, prompt } = item;
    if (!isPlain(item)) return null;
    if (kind === "prompt") return { messages: prompt };
    return kind === "demonstration" ? { messages: [...prompt, turn("assistant", item.answer.text)] } : null;
  },
};

export const turnsOf = ({ messages }: z.output<typeof conversation>): Message[] =>
  messages.map(({ role, content }) => turn(role === "developer" ? "system" : role, content));
