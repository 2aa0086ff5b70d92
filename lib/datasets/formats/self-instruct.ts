// Tasks of Self-Instruct (github.com/yizhongw/self-instruct): an instruction with one or more inputs and their outputs.
import * as z from "zod";
import { instructed } from "./alpaca.ts";
import { type Format, has, type Item, rowAs } from "./format.ts";

const task = z.object({
  instruction: z.string(),
  instances: z.array(z.object({ input: z.string().default(""), output: z.string() })).min(1),
});

export const selfInstruct: Format = {
  name: "self-instruct",
  looks: '"instruction" and "instances"',
  recognises: (row) => has(row, "instruction", "instances"),
  read: (row) => {
    const { instruction, instances } = rowAs(row, task);
    return instances.map(({ input, output }): Item => {
      const prompt = instructed(instruction, input);
      return { kind: "demonstration", prompt, answer: { text: output } };
    });
  },
};
