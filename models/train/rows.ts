// Prompts with an answer each as rows of token ids, the unit in which a reward model reads.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";

export interface Row {
  ids: number[];
  /** Tokens were cut away to fit the context. */
  cut: boolean;
}

/**
 * Prompt and answer as one row, the end token last. What exceeds `context` is cut: of the prompt its beginning, down to
 * half the context, then the end of the answer.
 */
export function answerRow(tokenizer: Tokenizer, prompt: PromptContent, answer: string, context: number): Row {
  const [p, a] = [tokenizer.encodePrompt(prompt), tokenizer.encodeAnswer(answer)];
  if (p.length + a.length <= context) return { ids: [...p, ...a], cut: false };
  const promptRoom = Math.max(context - a.length, Math.floor(context / 2));
  const kept = p.slice(Math.max(0, p.length - promptRoom));
  return { ids: [...kept, ...a.slice(0, context - kept.length)], cut: true };
}

/** Widths that rows are padded to: one graph is built for each. Steps of about √2, so little is padding. */
const widths = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];

/** The smallest width that holds `length` tokens, at most the model's context. */
export function rowWidth(length: number, context: number): number {
  return Math.min(widths.find((width) => width >= length) ?? context, context);
}

/**
 * `count` rows of `width`: ids [count, width], padded on the right, and each row's last token as an index into
 * [count · width]. Rows that are not there repeat the padding.
 */
export function padRows(rows: readonly Row[], count: number, width: number, padId: number) {
  const ids = new Int32Array(count * width).fill(padId);
  const last = Int32Array.from({ length: count }, (_, r) => r * width);
  for (const [r, row] of rows.entries()) {
    ids.set(row.ids, r * width);
    last[r] = r * width + row.ids.length - 1;
  }
  return { ids, last };
}
