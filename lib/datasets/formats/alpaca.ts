// Alpaca's rows (github.com/tatsu-lab/stanford_alpaca): an instruction, an input where it needs one, and the output. LLaMA-Factory
// adds a system message, and what was said before as pairs of question and answer.
import * as z from "zod";
import { type Message, turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isObject, isPlain, questionOf, rowAs } from "./format.ts";
import { refuseBad } from "./trl-unpaired.ts";

export const taskFields = {
  instruction: z.string(),
  input: z.string().default(""),
  system: z.string().default(""),
  history: z.array(z.tuple([z.string(), z.string()])).default([]),
};
const task = z.object({ ...taskFields, output: z.string().default(""), kto_tag: z.boolean().default(true) });

export const alpaca: Format = {
  name: "alpaca",
  looks: '"instruction", "input" and "output"',
  recognises: (row) =>
    isObject(row) &&
    has(row, "instruction") &&
    !has(row, "instances") &&
    !has(row, "chosen") &&
    !Array.isArray(row.output),
  read: (row) => {
    const { output, kto_tag, ...rest } = rowAs(row, task);
    refuseBad(kto_tag);
    const prompt = promptOfTask(rest);
    return [output === "" ? { kind: "prompt", prompt } : { kind: "demonstration", prompt, answer: { text: output } }];
  },
  write: (item) => {
    const instruction = questionOf(item.prompt);
    if (instruction === null || !isPlain(item)) return null;
    if (item.kind === "prompt") return { instruction, input: "", output: "" };
    return item.kind === "demonstration" ? { instruction, input: "", output: item.answer.text } : null;
  },
};

interface Task {
  instruction: string;
  input: string;
  system: string;
  history: readonly (readonly [string, string])[];
}

export const promptOfTask = ({ instruction, input, system, history }: Task): Message[] => [
  ...(system === "" ? [] : [turn("system", system)]),
  ...history.flatMap(([asked, said]) => [turn("user", asked), turn("assistant", said)]),
  ...instructed(instruction, input),
];

/** The instruction and its input as one question, with a blank line between them. */
export const instructed = (instruction: string, input: string) => [
  { role: "user" as const, content: input.trim() === "" ? instruction : `${instruction}\n\n${input}` },
];
