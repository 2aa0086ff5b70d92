// How the judge reads a text: words, sentences, lines, items. Pure and quick: some 10 µs for an answer.

import { number } from "./english.ts";

export interface Sentence {
  /** Words, numbers and marks in lower case, number words as digits. */
  tokens: readonly string[];
  /** The same as they were written. */
  raw: readonly string[];
}

export interface TextRead {
  text: string;
  /** " an owl eats 3 mice . ": tokens with spaces around, so that a phrase is found whole. */
  norm: string;
  tokens: readonly string[];
  raw: readonly string[];
  sentences: readonly Sentence[];
  /** Without empty ones and without the marks of a list. */
  lines: readonly string[];
  /** Lines that have a mark of a list before them. */
  items: readonly string[];
  /** How the lines are marked: all numbered, all dashed, or neither. */
  marks: "1." | "-" | null;
  /** Tokens that are words or numbers. */
  words: number;
}

const digits = new Map(Array.from({ length: 21 }, (_, n) => [number(n), String(n)]));
const tokenPattern = /\p{L}+|\d+|[^\s\p{L}\d]/gu;
/** A mark, perhaps a quote, and no small letter after it: `"Why?" asked the fox.` is one sentence. */
const sentenceEnd = /(?<=[.!?]["”]?)\s+(?!\p{Ll})/u;
const isWord = /^[\p{L}\d]/u;

const lowered = (raw: readonly string[]): string[] =>
  raw.map((token) => {
    const small = token.toLowerCase();
    return digits.get(small) ?? small;
  });

const phrases = new Map<string, string>();

/** A phrase in the form in which it is searched: norm("Three mice!") → " 3 mice ! ". Remembered, as phrases repeat. */
export function norm(phrase: string): string {
  let known = phrases.get(phrase);
  if (known === undefined) {
    known = ` ${lowered(phrase.match(tokenPattern) ?? []).join(" ")} `;
    if (phrases.size > 50_000) phrases.clear();
    phrases.set(phrase, known);
  }
  return known;
}

const mark = /^\s*(?:(\d+)[.)]|([-*•]))\s+/;

export function readText(text: string): TextRead {
  const marked = text.split("\n").filter((line) => line.trim() !== "");
  const kinds = marked.map((line) => mark.exec(line));
  const lines = marked.map((line) => line.replace(mark, "").trim());
  const sentences: Sentence[] = [];
  const tokens: string[] = [];
  const raw: string[] = [];
  for (const line of lines) {
    for (const part of line.split(sentenceEnd)) {
      const found = part.match(tokenPattern);
      if (!found) continue;
      const small = lowered(found);
      sentences.push({ tokens: small, raw: found });
      for (let i = 0; i < found.length; i++) {
        tokens.push(small[i]!);
        raw.push(found[i]!);
      }
    }
  }
  return {
    text,
    norm: ` ${tokens.join(" ")} `,
    tokens,
    raw,
    sentences,
    lines,
    items: lines.filter((_, i) => kinds[i]),
    marks: marksOf(kinds),
    words: tokens.reduce((sum, token) => sum + (isWord.test(token) ? 1 : 0), 0),
  };
}

function marksOf(kinds: readonly (RegExpExecArray | null)[]): "1." | "-" | null {
  if (kinds.length === 0) return null;
  if (kinds.every((kind) => kind?.[1])) return "1.";
  return kinds.every((kind) => kind?.[2]) ? "-" : null;
}

/** Does the text say one of the wordings ("14|fourteen") as whole words? */
export function says(normed: string, wordings: string): boolean {
  if (!wordings.includes("|")) return normed.includes(norm(wordings));
  return wordings.split("|").some((wording) => normed.includes(norm(wording)));
}

/** Where the earliest of the wordings begins; -1 for none. */
export function placeOf(normed: string, wordings: string): number {
  let place = -1;
  for (const wording of wordings.split("|")) {
    const at = normed.indexOf(norm(wording));
    if (at >= 0 && (place < 0 || at < place)) place = at;
  }
  return place;
}

/** The items of a list of any shape: lines, or "a, b and c" after an opening such as "You could" or "The names are". */
export function itemsOf(read: TextRead): string[] {
  const around = read.lines.length - read.items.length;
  // A line before or after a marked list is no item: "Here you are:", "Good luck!"
  if (read.items.length > 1 && around <= 2) return read.items.map((item) => item.replace(/[.!?,;]+$/, "").trim());
  const whole = read.lines.length > 1 ? read.lines : [read.text.replace(mark, "").replace(opening, "")];
  return (
    read.lines.length > 1 ? whole : whole.flatMap((text) => text.split(/,\s+(?:and |or )?|\s+and\s+|\s+or\s+|\.\s+/))
  )
    .map((item) => item.replace(/[.!?,;]+$/, "").trim())
    .filter((item) => item !== "");
}
const opening = /^\s*(?:you could|the [a-z]+ are|[^:,.]*:)\s+/i;
