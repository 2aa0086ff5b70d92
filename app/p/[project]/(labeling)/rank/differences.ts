// Where two answers differ, word by word: for each the runs of text that both have, and those that only it has.
import { diffArrays } from "diff";

export interface Run {
  /** Of its first character. */
  start: number;
  text: string;
  isOnlyHere: boolean;
}

/** The runs of each side, one after the other, are its text. */
export type Differences = readonly [Run[], Run[]];

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/** Words and signs, each with the space after it: "Hi,  you" → ["Hi", ",  ", "you"]. In every script, also without spaces. */
function wordsOf(text: string): string[] {
  const list: string[] = [];
  for (const { segment } of words.segment(text)) {
    if (list.length > 0 && segment.trim() === "") list.push((list.pop() ?? "") + segment);
    else list.push(segment);
  }
  return list;
}

/**
 * Space alone makes no difference.
 * @param timeoutMs texts with hardly anything in common take long to compare, and what comes of it tells nobody anything
 * @returns null when that time has passed
 */
export function differencesOf(one: string, other: string, timeoutMs: number): Differences | null {
  const [mine, yours] = [wordsOf(one), wordsOf(other)];
  const key = (word: string) => word.trim();
  const changes = diffArrays(mine.map(key), yours.map(key), { timeout: timeoutMs });
  if (!changes) return null;
  const [left, right] = [startSide(mine), startSide(yours)];
  for (const { count, added, removed } of changes) {
    if (!added) left.take(count, removed);
    if (!removed) right.take(count, added);
  }
  return [left.runs, right.runs];
}

function startSide(list: readonly string[]) {
  const runs: Run[] = [];
  let word = 0;
  let start = 0;
  const take = (count: number, isOnlyHere: boolean) => {
    const text = list.slice(word, word + count).join("");
    word += count;
    if (text === "") return;
    runs.push({ start, text, isOnlyHere });
    start += text.length;
  };
  return { runs, take };
}

/** How many words stand in runs that only one side has. */
export function wordsOnlyHere(runs: readonly Run[]): number {
  let count = 0;
  for (const { text } of runs.filter((run) => run.isOnlyHere)) {
    for (const { isWordLike } of words.segment(text)) if (isWordLike) count++;
  }
  return count;
}
