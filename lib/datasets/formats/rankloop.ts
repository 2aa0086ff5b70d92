// What `rankloop export prompts` and `export demonstrations` write; and answers that are to be ranked, of which no other project
// has a format: {"prompt", "answers": ["…", {"id", "text", "writer"}, …]}.
import * as z from "zod";
import { answerText, demonstrationRecord, promptRecord } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { type Answer, defined, type Format, has, isObject, rowAs } from "./format.ts";

const answerRecord = z.union(
  [
    z.string().transform((text): Answer => ({ text })),
    z
      .object({ text: z.string(), id: z.string().optional(), writer: z.string().optional() })
      .transform(({ text, id, writer }): Answer => ({ text, ...defined({ id, writer }) })),
  ],
  { error: 'a text, or {"id", "text", "writer"}' },
);
const answersRecord = promptRecord.extend({ answers: z.array(answerRecord) });
const hasAnswers = (row: unknown) =>
  isObject(row) &&
  !has(row, "tiers") &&
  Array.isArray(row.answers) &&
  row.answers.every((one) => typeof one === "string" || has(one, "text"));

export const rankloop: Format = {
  name: "rankloop",
  looks: '"prompt" and "answers"; or "prompt", alone or with "completion", beside "prompt_id", "use_case" or "user"',
  recognises: (row) =>
    has(row, "prompt") &&
    !has(row, "chosen") &&
    (["prompt_id", "use_case", "user"].some((field) => has(row, field)) || hasAnswers(row)),
  read: (row) => {
    if (has(row, "answers")) {
      const { prompt, answers, prompt_id: promptId, use_case: useCase, split, user } = rowAs(row, answersRecord);
      return [{ kind: "answers", prompt: messagesOf(prompt), answers, ...defined({ promptId, useCase, split, user }) }];
    }
    if (!has(row, "completion")) {
      const { prompt, prompt_id: promptId, use_case: useCase, split, user } = rowAs(row, promptRecord);
      return [{ kind: "prompt", prompt: messagesOf(prompt), ...defined({ promptId, useCase, split, user }) }];
    }
    const record = rowAs(row, demonstrationRecord);
    const { prompt_id: promptId, use_case: useCase, split, user, written_at: writtenAt } = record;
    const answer = {
      text: answerText(record.completion),
      ...defined({ id: record.demonstration_id, writer: record.labeler || undefined }),
    };
    const beside = defined({ promptId, useCase, split, user, writtenAt });
    return [{ kind: "demonstration", prompt: messagesOf(record.prompt), answer, ...beside }];
  },
  write: (item) => {
    if (item.kind === "answers") {
      const answers = item.answers.map(({ text, id, writer }) => defined({ id, text, writer }));
      const { prompt, promptId: prompt_id, useCase: use_case, split } = item;
      return defined({ prompt, answers, prompt_id, use_case, split });
    }
    if (item.promptId === undefined && item.useCase === undefined) return null;
    const beside = { prompt_id: item.promptId, use_case: item.useCase, split: item.split };
    if (item.kind === "prompt") return defined({ prompt: item.prompt, ...beside });
    if (item.kind !== "demonstration") return null;
    const { text, id, writer = "" } = item.answer;
    return {
      prompt: item.prompt,
      completion: [turn("assistant", text)],
      prompt_id: item.promptId,
      demonstration_id: id,
      labeler: writer,
      use_case: item.useCase,
      split: item.split,
      written_at: item.writtenAt,
    };
  },
};
