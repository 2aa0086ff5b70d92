// MT-bench's questions (github.com/lm-sys/FastChat): what the person asks, one turn after the other. The answer between them is
// the model's own and stands in no file, so that the turns follow each other as they are.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import type { UseCase } from "../../vocabulary/labeling.ts";
import { defined, type Format, has, rowAs } from "./format.ts";

const question = z.object({
  question_id: z.union([z.string(), z.number()]).optional(),
  category: z.string().optional(),
  turns: z.array(z.string()).min(1),
});

/** The categories that are use cases here; the others, such as math, are none. */
const useCases: Record<string, UseCase> = { writing: "generation", extraction: "extract" };

export const mtBench: Format = {
  name: "mt-bench",
  looks: '"question_id" and "turns"',
  recognises: (row) => has(row, "question_id", "turns"),
  read: (row) => {
    const { question_id: id, category = "", turns } = rowAs(row, question);
    const beside = defined({ promptId: id === undefined ? undefined : `${id}`, useCase: useCases[category] });
    return [{ kind: "prompt", prompt: turns.map((text) => turn("user", text)), ...beside }];
  },
};
