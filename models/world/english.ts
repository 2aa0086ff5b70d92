// The little grammar that the world's sentences need: articles, lists, numbers, capitals.
import type { Random } from "../random.ts";

/** "owl" → "an owl", "unicorn" → "a unicorn". */
export const a = (noun: string): string => (/^([aeio]|u(?!ni|se))/i.test(noun) ? `an ${noun}` : `a ${noun}`);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** ["a", "b", "c"] → "a, b and c" */
export function list(items: readonly string[], word = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

const words =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(" ");
words.push("seventeen", "eighteen", "nineteen", "twenty");

/** 3 → "three"; numbers over twenty stay digits. */
export const number = (n: number): string => words[n] ?? String(n);

/** "fox" → "foxes", "pony" → "ponies", "puppy dog" → "puppy dogs"; irregular ones are in the tables of the world. */
export function plural(noun: string): string {
  if (/(s|x|ch|sh)$/.test(noun)) return `${noun}es`;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  if (/[^f]fe$/.test(noun)) return `${noun.slice(0, -2)}ves`;
  return `${noun}s`;
}

/**
 * Sentences into one text: each starts with a capital, also after a full stop inside an item; false and empty
 * items (beats that a short story leaves out) are dropped.
 */
export function paragraph(sentences: readonly (string | false | undefined)[]): string {
  return sentences
    .filter((sentence) => typeof sentence === "string" && sentence.length > 0)
    .map((sentence) => capital(sentence as string).replace(/([.!?]"?) ([a-z])/g, startSentence))
    .join(" ");
}

/** Capital after an end mark, but not in `"Why?" asked the fox`, where the sentence goes on after the quote. */
const startSentence = (match: string, end: string, letter: string) =>
  end === '!"' || end === '?"' ? match : `${end} ${letter.toUpperCase()}`;

/** ["eggs", "milk"] in one of the shapes a list can have: commas, numbers or dashes. */
export function shapedList(r: Random, items: readonly string[]): string {
  const shape = r.next();
  if (shape < 0.45) return items.map((item, i) => `${i + 1}. ${capital(item)}`).join("\n");
  if (shape < 0.6) return items.map((item) => `- ${capital(item)}`).join("\n");
  return `${capital(list(items))}.`;
}
