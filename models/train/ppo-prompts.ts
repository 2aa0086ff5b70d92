// The prompts that a policy learns on: JSONL of {"prompt"}, as token ids.
import type * as z from "zod";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import { promptRecord } from "../../lib/preference/records.ts";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { DataError, lines } from "./data.ts";
import { splitByPrompt } from "./split.ts";

const record = promptRecord.pick({ prompt: true, prompt_id: true, split: true });

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
export const readPrompts = async (file: string): Promise<PromptContent[]> =>
  (await readRecords(file)).map(({ prompt }) => prompt);

async function readRecords(file: string): Promise<z.infer<typeof record>[]> {
  const records = [];
  for await (const [line, number] of lines(file)) records.push(parseJsonl(line, number, file, record));
  if (records.length === 0) throw new DataError(`${file} has no prompt in it.`);
  return records;
}

/** Held-out prompts that a policy is measured on, at most. */
const mostHeldOut = 64;

/**
 * The prompts of a file that leave room for an answer in the context, to learn on and to measure on, and how many leave
 * none or are too long.
 * @throws DataError where none is left; JsonlError.
 */
export async function promptsThatFit(
  file: string,
  tokenizer: Tokenizer,
  settings: { promptTokens: number; answerTokens: number; validFraction: number; seed: number },
  context: number,
): Promise<{ prompts: Prompt[]; heldOut: Prompt[]; dropped: number }> {
  const { promptTokens, answerTokens, validFraction, seed } = settings;
  const most = Math.min(promptTokens, context - answerTokens);
  const records = await readRecords(file);
  const all = encoded(
    records.map(({ prompt }) => prompt),
    tokenizer,
  ).map((prompt, i) => {
    const { prompt_id, split } = records[i]!;
    return { ...prompt, promptKey: prompt_id ?? promptText(messagesOf(prompt.content)), split };
  });
  const roomy = all.filter(({ ids }) => ids.length <= most);
  const { train: prompts, heldOut } = splitByPrompt(roomy, file, validFraction, seed);
  if (prompts.length === 0) {
    throw new DataError(
      `${file} has no prompt of at most ${most} tokens, which answers of ${answerTokens} leave room for.`,
    );
  }
  return { prompts, heldOut: heldOut.slice(0, mostHeldOut), dropped: all.length - roomy.length };
}
