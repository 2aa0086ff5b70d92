// The prompts that a policy learns on: JSONL of {"prompt"}, as token ids.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import { promptRecord } from "../../lib/preference/records.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { DataError, lines } from "./data.ts";

const record = promptRecord.pick({ prompt: true });

export interface Prompt {
  content: PromptContent;
  ids: readonly number[];
}

/** Prompts as a model reads them; one of no token becomes the end token, which GPT-2 begins a text with. */
export const encoded = (contents: readonly PromptContent[], tokenizer: Tokenizer): Prompt[] =>
  contents.map((content) => {
    const ids = tokenizer.encodePrompt(content);
    return { content, ids: ids.length === 0 ? [tokenizer.eosId] : ids };
  });

/** @throws DataError when there is none; JsonlError naming file and line. */
export async function readPrompts(file: string): Promise<PromptContent[]> {
  const contents: PromptContent[] = [];
  for await (const [line, number] of lines(file)) contents.push(parseJsonl(line, number, file, record).prompt);
  if (contents.length === 0) throw new DataError(`${file} has no prompt in it.`);
  return contents;
}

/**
 * The prompts of a file that leave room for an answer in the context, and how many do not or are too long.
 * @throws DataError where none is left; JsonlError.
 */
export async function promptsThatFit(
  file: string,
  tokenizer: Tokenizer,
  { promptTokens, answerTokens }: { promptTokens: number; answerTokens: number },
  context: number,
): Promise<{ prompts: Prompt[]; dropped: number }> {
  const most = Math.min(promptTokens, context - answerTokens);
  const all = encoded(await readPrompts(file), tokenizer);
  const prompts = all.filter(({ ids }) => ids.length <= most);
  if (prompts.length === 0) {
    throw new DataError(
      `${file} has no prompt of at most ${most} tokens, which answers of ${answerTokens} leave room for.`,
    );
  }
  return { prompts, dropped: all.length - prompts.length };
}
