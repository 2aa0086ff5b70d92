// Alpaca's rows (github.com/tatsu-lab/stanford_alpaca): an instruction, an input where it needs one, and the output.
import * as z from "zod";
import { type Format, has, isPlain, questionOf, rowAs } from "./format.ts";

const task = z.object({ instruction: z.string(), input: z.string().default(""), output: z.string().default("") });

export const alpaca: Format = {
  name: "alpaca",
  looks: '"instruction", "input" and "output"',
  recognises: (row) => has(row, "instruction") && !has(row, "instances") && !has(row, "chosen"),
  read: (row) => {
    const { instruction, input, output } = rowAs(row, task);
    const prompt = instructed(instruction, input);
    return [output === "" ? { kind: "prompt", prompt } : { kind: "demonstration", prompt, answer: { text: output } }];
  },
  write: (item) => {
    const instruction = questionOf(item.prompt);
    if (instruction === null || !isPlain(item)) return null;
    if (item.kind === "prompt") return { instruction, input: "", output: "" };
    return item.kind === "demonstration" ? { instruction, input: "", output: item.answer.text } : null;
  },
};

/** The instruction and its input as one question, with a blank line between them. */
export const instructed = (instruction: string, input: string) => [
  { role: "user" as const, content: input.trim() === "" ? instruction : `${instruction}\n\n${input}` },
];
