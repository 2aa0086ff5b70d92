// Lines of text: each is a prompt.
import { type Format, isPlain, questionOf, RowRefused } from "./format.ts";

export const lines: Format = {
  name: "lines",
  looks: "nothing but a text, which is a prompt",
  recognises: (row) => typeof row === "string",
  read: (row) => {
    if (typeof row !== "string") throw new RowRefused("The row is no text.");
    return [{ kind: "prompt", prompt: [{ role: "user", content: row }] }];
  },
  write: (item) => {
    const text = questionOf(item.prompt);
    return item.kind === "prompt" && isPlain(item) && text !== null && !/[\r\n]/.test(text) ? text : null;
  },
};
