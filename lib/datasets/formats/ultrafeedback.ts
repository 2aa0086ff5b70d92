// UltraFeedback (huggingface.co/datasets/openbmb/UltraFeedback): an instruction and the completions of several models, each with
// a score. The higher score is better; equal ones are a tie.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, type Item, rowAs, withoutNulls } from "./format.ts";
import { tiersOfRanks } from "./ranks.ts";

const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
const completion = z.preprocess(
  withoutNulls,
  z.object({
    model: z.string().optional(),
    response: z.string(),
    overall_score: number.optional(),
    "fine-grained_score": number.optional(),
  }),
);
const record = z.object({ instruction: z.string(), completions: z.array(completion).min(1) });

export const ultraFeedback: Format = {
  name: "ultrafeedback",
  looks: '"instruction" and "completions" with "response"',
  recognises: (row) => has(row, "instruction", "completions"),
  read: (row) => {
    const { instruction, completions } = rowAs(row, record);
    const prompt = [turn("user", instruction)];
    const answers = completions.map(({ response: text, model: writer }) => ({ text, ...defined({ writer }) }));
    // One score for all: the two are not on one scale.
    const scores = (["overall_score", "fine-grained_score"] as const)
      .map((name) => completions.flatMap((one) => one[name] ?? []))
      .find((some) => some.length === completions.length);
    if (!scores) return [{ kind: "answers", prompt, answers } satisfies Item];
    return [{ kind: "ranking", prompt, answers, tiers: tiersOfRanks(scores.map((score) => -score)) }];
  },
};
