// TRL's prompt-completion and prompt-only rows, as texts or as turns (huggingface.co/docs/trl/dataset_formats).
import * as z from "zod";
import { answerField, answerText, promptField } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, rowAs } from "./format.ts";

const asked = z.object({ prompt: promptField });
const answered = asked.extend({ completion: answerField });

export const trlCompletion: Format = {
  name: "trl-completion",
  looks: '"prompt", or "prompt" and "completion"',
  recognises: (row) => has(row, "prompt") && !has(row, "chosen") && !has(row, "rejected"),
  read: (row) => {
    if (!has(row, "completion")) return [{ kind: "prompt", prompt: messagesOf(rowAs(row, asked).prompt) }];
    const { prompt, completion } = rowAs(row, answered);
    return [{ kind: "demonstration", prompt: messagesOf(prompt), answer: { text: answerText(completion) } }];
  },
  write: (item) => {
    const { kind, prompt } = item;
    if (!isPlain(item)) return null;
    if (kind === "prompt") return { prompt };
    return kind === "demonstration" ? { prompt, completion: [turn("assistant", item.answer.text)] } : null;
  },
};
