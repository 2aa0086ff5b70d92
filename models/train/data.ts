// JSONL of comparisons → the C(K,2) pairs of each prompt together, with every answer once.
// Groups by the ids an export carries, and by the prompt's text in any other pairs file.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { messagesOf, type PromptContent, promptText } from "../../lib/preference/conversation.ts";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import { answerText, type ComparisonRecord, comparisonRecord, type Split } from "../../lib/preference/records.ts";

/** The answers to one prompt that were compared with each other, directly or through others. */
export interface PromptGroup {
  /** Says which groups belong to one prompt, so that no prompt is on both sides of a split. */
  promptKey: string;
  prompt: PromptContent;
  /** Every answer once. */
  answers: string[];
  /** Indices of answers: the first is preferred to the second. One entry for each line of the file. */
  pairs: [winner: number, loser: number][];
  split: Split | undefined;
}

/** A file that is no training data; the message is one sentence that names it, and the line where there is one. */
export class DataError extends Error {
  override name = "DataError";
}

/**
 * Read a pairs file, `{"prompt", "chosen", "rejected"}` a line, as texts or as turns; see records.ts for the fields that may ride along.
 * @throws DataError when the file is missing or has no pair; JsonlError naming file and line.
 */
export async function readComparisons(file: string): Promise<PromptGroup[]> {
  const prompts = new Map<string, ComparisonRecord[]>();
  for await (const [line, number] of lines(file)) {
    const record = parseJsonl(line, number, file, comparisonRecord);
    const key = record.prompt_id ?? promptText(messagesOf(record.prompt));
    const list = prompts.get(key);
    if (list) list.push(record);
    else prompts.set(key, [record]);
  }
  if (prompts.size === 0) throw new DataError(`${file} has no comparison in it.`);
  return [...prompts].flatMap(([key, records]) => groupsOf(key, records));
}

/** One group for each set of answers that are connected by comparisons: two rankings of other candidates share nothing. */
function groupsOf(promptKey: string, records: ComparisonRecord[]): PromptGroup[] {
  const groupOf = new Map<string, PromptGroup & { index: Map<string, number> }>();
  const groups = new Set<PromptGroup & { index: Map<string, number> }>();
  for (const record of records) {
    const chosen = record.chosen_id ?? answerText(record.chosen);
    const rejected = record.rejected_id ?? answerText(record.rejected);
    let group = groupOf.get(chosen) ?? groupOf.get(rejected);
    if (!group) {
      group = { promptKey, prompt: record.prompt, answers: [], pairs: [], split: record.split, index: new Map() };
      groups.add(group);
    }
    const other = groupOf.get(rejected);
    if (other && other !== group) {
      merge(group, other);
      for (const key of other.index.keys()) groupOf.set(key, group);
      groups.delete(other);
    }
    for (const [key, text] of [
      [chosen, answerText(record.chosen)],
      [rejected, answerText(record.rejected)],
    ] as const) {
      groupOf.set(key, group);
      if (!group.index.has(key)) group.index.set(key, group.answers.push(text) - 1);
    }
    group.pairs.push([group.index.get(chosen)!, group.index.get(rejected)!]);
  }
  return [...groups].map(({ index: _, ...group }) => group);
}

function merge(
  into: PromptGroup & { index: Map<string, number> },
  from: PromptGroup & { index: Map<string, number> },
): void {
  const shift = into.answers.length;
  into.answers.push(...from.answers);
  into.pairs.push(...from.pairs.map(([w, l]): [number, number] => [w + shift, l + shift]));
  for (const [key, i] of from.index) into.index.set(key, i + shift);
}

/**
 * Lines of a file as bytes, with their numbers from 1; an empty last one is left out. Never the whole file at once.
 * @throws DataError when the file cannot be read.
 */
export async function* lines(file: string): AsyncGenerator<[line: Uint8Array, number: number]> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new DataError(`There is no file ${file}.`);
  let rest = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield [Buffer.concat([rest, chunk.subarray(start, end)]), ++number];
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(start)]);
  }
  if (rest.length > 0) yield [rest, ++number];
}
