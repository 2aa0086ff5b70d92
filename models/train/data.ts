// JSONL → training data: comparisons as the C(K,2) pairs of each prompt together, with every answer once (by the ids an
// export carries, and by the prompt's text in any other pairs file), and demonstrations.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { JsonlError, longestLine, parseJsonl } from "../../lib/preference/jsonl.ts";
import { orderedPairs } from "../../lib/preference/pairs.ts";
import {
  answerText,
  type ComparisonRecord,
  comparisonRow,
  demonstrationRecord,
  type RankingRecord,
} from "../../lib/preference/records.ts";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Split } from "../../lib/vocabulary/labeling.ts";

/** The answers to one prompt that were compared with each other, directly or through others. */
export interface PromptGroup {
  /** Says which groups belong to one prompt, so that no prompt is on both sides of a split. */
  promptKey: string;
  prompt: PromptContent;
  /** Every answer once. */
  answers: string[];
  /** Indices of answers: the first is preferred to the second. One entry for each line of the file. */
  pairs: [winner: number, loser: number][];
  /** Indices of answers, the lower one first, that a ranking put into one tier. */
  ties: [one: number, other: number][];
  split: Split | undefined;
}

/** A file that is no training data; the message is one sentence that names it, and the line where there is one. */
export class DataError extends Error {
  override name = "DataError";
}

/**
 * Read a file of comparisons: a line is a pair, `{"prompt", "chosen", "rejected"}`, as texts or as turns, or a whole ranking,
 * `{"prompt", "answers", "tiers"}`; see records.ts for the fields that may ride along.
 *
 * A whole ranking has its ties. Ties have no line among this project's pairs, but the tiers of a ranking are in its lines: two answers that share a
 * `ranking_id` and have the same `chosen_rank` or `rejected_rank` are a tie. So files with these three fields give ties
 * (but for rankings of one tier, which have no line at all), and so do files of others whose line has both ranks equal.
 * Files without ranks have none.
 * @throws DataError when the file is missing or has no comparison; JsonlError naming file and line.
 */
export async function readComparisons(file: string): Promise<PromptGroup[]> {
  const prompts = new Map<string, ComparisonRecord[]>();
  for await (const [line, number] of lines(file)) {
    const row = parseJsonl(line, number, file, comparisonRow);
    const records = "pair" in row ? [row.pair] : pairsOfRanking(row.ranking, number);
    const [{ prompt, prompt_id }] = records as [ComparisonRecord];
    const key = prompt_id ?? promptText(messagesOf(prompt));
    const list = prompts.get(key);
    if (list) list.push(...records);
    else prompts.set(key, records);
  }
  if (prompts.size === 0) throw new DataError(`${file} has no comparison in it.`);
  return [...prompts].flatMap(([key, records]) => groupsOf(key, records));
}

/** The pairs of a whole ranking, its ties among them. */
function pairsOfRanking(ranking: RankingRecord, line: number): ComparisonRecord[] {
  const { prompt, prompt_id, split, answers, tiers, ranking_id = `ranking in line ${line}` } = ranking;
  const answer = (place: number) => ({
    text: answers[place]!.text,
    id: answers[place]!.id ?? `${ranking_id}, ${place}`,
  });
  return orderedPairs(tiers, "keep").map(
    ({ chosen, rejected, chosenRank: chosen_rank, rejectedRank: rejected_rank }) => {
      const [better, worse] = [answer(chosen), answer(rejected)];
      const ids = { prompt_id, ranking_id, chosen_id: better.id, rejected_id: worse.id };
      return { prompt, chosen: better.text, rejected: worse.text, ...ids, chosen_rank, rejected_rank, split };
    },
  );
}

/** A group while it is put together. */
interface Gathered extends PromptGroup {
  /** Answers by id, or text where they have none. */
  index: Map<string, number>;
  /** Tier of each answer in each ranking, by the ranking's id. */
  tiers: Map<string, Map<number, number>>;
}

/** One group for each set of answers that are connected by comparisons: two rankings of other candidates share nothing. */
function groupsOf(promptKey: string, records: ComparisonRecord[]): PromptGroup[] {
  const groupOf = new Map<string, Gathered>();
  const groups = new Set<Gathered>();
  for (const [line, record] of records.entries()) {
    const chosen = record.chosen_id ?? answerText(record.chosen);
    const rejected = record.rejected_id ?? answerText(record.rejected);
    let group = groupOf.get(chosen) ?? groupOf.get(rejected);
    if (!group) {
      const { prompt, split } = record;
      group = { promptKey, prompt, answers: [], pairs: [], ties: [], split, index: new Map(), tiers: new Map() };
      groups.add(group);
    }
    const other = groupOf.get(rejected);
    if (other && other !== group) {
      merge(group, other);
      for (const key of other.index.keys()) groupOf.set(key, group);
      groups.delete(other);
    }
    const { chosen_rank, rejected_rank } = record;
    // A line that belongs to no ranking is one of two answers.
    const ranking = record.ranking_id ?? `line ${line}`;
    const tiers = group.tiers.get(ranking) ?? new Map<number, number>();
    group.tiers.set(ranking, tiers);
    for (const [key, text, rank] of [
      [chosen, answerText(record.chosen), chosen_rank],
      [rejected, answerText(record.rejected), rejected_rank],
    ] as const) {
      groupOf.set(key, group);
      if (!group.index.has(key)) group.index.set(key, group.answers.push(text) - 1);
      if (rank !== undefined) tiers.set(group.index.get(key)!, rank);
    }
    if (chosen_rank === undefined || chosen_rank !== rejected_rank) {
      group.pairs.push([group.index.get(chosen)!, group.index.get(rejected)!]);
    }
  }
  return [...groups].map(({ index: _, tiers, ...group }) => ({ ...group, ties: [...tiers.values()].flatMap(tiesOf) }));
}

/** Pairs of answers with the same tier. */
function tiesOf(tiers: ReadonlyMap<number, number>): [number, number][] {
  const answers = [...tiers.keys()].sort((a, b) => a - b);
  return answers.flatMap((one, i) =>
    answers
      .slice(i + 1)
      .flatMap((other): [number, number][] => (tiers.get(one) === tiers.get(other) ? [[one, other]] : [])),
  );
}

function merge(into: Gathered, from: Gathered): void {
  const shift = into.answers.length;
  into.answers.push(...from.answers);
  into.pairs.push(...from.pairs.map(([w, l]): [number, number] => [w + shift, l + shift]));
  for (const [key, i] of from.index) into.index.set(key, i + shift);
  for (const [ranking, tiers] of from.tiers) {
    const joined = into.tiers.get(ranking) ?? new Map<number, number>();
    into.tiers.set(ranking, joined);
    for (const [i, rank] of tiers) joined.set(i + shift, rank);
  }
}

/** A prompt with the answer a person wrote. */
export interface Demonstration {
  /** As PromptGroup's. */
  promptKey: string;
  prompt: PromptContent;
  answer: string;
  split: Split | undefined;
}

/**
 * Read a demonstrations file, `{"prompt", "completion"}` a line, as texts or as turns.
 * @throws DataError when the file is missing or empty; JsonlError naming file and line.
 */
export async function readDemonstrations(file: string): Promise<Demonstration[]> {
  const demonstrations: Demonstration[] = [];
  for await (const [line, number] of lines(file)) {
    const { prompt, completion, prompt_id, split } = parseJsonl(line, number, file, demonstrationRecord);
    const promptKey = prompt_id ?? promptText(messagesOf(prompt));
    demonstrations.push({ promptKey, prompt, answer: answerText(completion), split });
  }
  if (demonstrations.length === 0) throw new DataError(`${file} has no demonstration in it.`);
  return demonstrations;
}

/**
 * Lines of a file as bytes, with their numbers from 1; an empty last one is left out. Never the whole file at once.
 * @throws DataError when the file cannot be read; JsonlError at a line longer than `longestLine`.
 */
export async function* lines(file: string): AsyncGenerator<[line: Uint8Array, number: number]> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new DataError(`There is no file ${file}.`);
  // A line's parts, put together once it ends: what has come of it is never copied again and again.
  let parts: Buffer[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield [Buffer.concat([...parts, chunk.subarray(start, end)]), number++];
      [parts, length] = [[], 0];
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) {
      throw new JsonlError(`${file}:${number}: the line is longer than ${longestLine / 2 ** 20} MB.`);
    }
  }
  if (length > 0) yield [Buffer.concat(parts), number];
}
