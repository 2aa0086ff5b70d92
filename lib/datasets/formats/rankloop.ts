// What `rankloop export prompts` and `export demonstrations` write.
import { answerText, demonstrationRecord, promptRecord } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, rowAs } from "./format.ts";

export const rankloop: Format = {
  name: "rankloop",
  looks: '"prompt", or "prompt" and "completion", beside "prompt_id" or "use_case"',
  recognises: (row) => has(row, "prompt") && (has(row, "prompt_id") || has(row, "use_case")) && !has(row, "chosen"),
  read: (row) => {
    if (!has(row, "completion")) {
      const { prompt, prompt_id: promptId, use_case: useCase, split } = rowAs(row, promptRecord);
      return [{ kind: "prompt", prompt: messagesOf(prompt), ...defined({ promptId, useCase, split }) }];
    }
    const record = rowAs(row, demonstrationRecord);
    const { prompt_id: promptId, use_case: useCase, split, written_at: writtenAt } = record;
    const answer = {
      text: answerText(record.completion),
      ...defined({ id: record.demonstration_id, writer: record.labeler || undefined }),
    };
    const beside = defined({ promptId, useCase, split, writtenAt });
    return [{ kind: "demonstration", prompt: messagesOf(record.prompt), answer, ...beside }];
  },
  write: (item) => {
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
