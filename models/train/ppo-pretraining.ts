// The pre-training text that PPO-ptx mixes in: documents in a fixed order, so many tokens of them for each minibatch.
import * as z from "zod";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { DataError, lines } from "./data.ts";
import { DocumentRows } from "./document-rows.ts";

/** Tokens kept, at most: a longer run reads them again. */
export const mostTokens = 2 ** 20;
const record = z.looseObject({ text: z.string().min(1) });

/**
 * @param size updates of the whole run; tokens of a minibatch, of a row and of a pass.
 * @throws DataError, JsonlError
 */
export async function pretrainingText(
  source: string | (() => Iterable<string>),
  tokenizer: Tokenizer,
  size: { updates: number; stepTokens: number; rowTokens: number; passTokens: number },
): Promise<DocumentRows> {
  const { updates, stepTokens, rowTokens, passTokens } = size;
  return new DocumentRows({
    documents: typeof source === "string" ? await readTexts(source) : source,
    tokenizer,
    widths: [rowTokens],
    steps: Math.min(updates, Math.ceil(mostTokens / stepTokens)),
    stepTokens,
    passTokens,
  });
}

/** @throws DataError when there is none; JsonlError naming file and line. */
export async function readTexts(file: string): Promise<() => string[]> {
  const list: string[] = [];
  for await (const [line, number] of lines(file)) list.push(parseJsonl(line, number, file, record).text);
  if (list.length === 0) throw new DataError(`${file} has no text in it.`);
  return () => list;
}
