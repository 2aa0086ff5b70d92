// Does a story stay with what it has? It speaks of "the goose" only after "a goose", and its cast does not grow without end.

import { animals } from "./animals.ts";
import type { TextRead } from "./answer-text.ts";
import { animalNames, boys, girls, people } from "./people.ts";
import { foods, things } from "./things.ts";

/** Nouns that need an introduction; plural and singular of one count as the same. */
const nouns = new Map(
  [...animals, ...foods, ...things].flatMap((x) => [x.name, x.plural].map((word) => [word, x.name] as const)),
);
/** What is simply there: "the lamp went out", "under the bed". */
for (const word of ["lamp", "ball", "bed", "hen", "letter", "candle", "boat", "rope", "drum"]) nouns.delete(word);

const names = new Set([...people.map((p) => p.name), ...girls, ...boys, ...animalNames]);
const definite = new Set(["the", "my", "this"]);

/**
 * How many nouns and names of a story come from nowhere: "the" or "my" with a noun that neither the story nor the prompt
 * has named, and names beyond those of the prompt and two more.
 */
export function danglingIn({ tokens, raw }: TextRead, prompt: TextRead): number {
  const known = new Set<string>();
  for (const token of prompt.tokens) {
    const noun = nouns.get(token);
    if (noun) known.add(noun);
  }
  const given = new Set(prompt.raw);
  const cast = new Set<string>();
  let dangling = 0;
  tokens.forEach((token, i) => {
    const word = raw[i]!;
    if (names.has(word) && !given.has(word)) cast.add(word);
    const noun = nouns.get(token);
    if (noun === undefined || (word !== token && i > 0 && names.has(word))) return;
    // "the kite of a baker" says whose it is.
    if (!known.has(noun) && definite.has(tokens[i - 1] ?? "") && tokens[i + 1] !== "of") dangling++;
    known.add(noun);
  });
  return dangling + Math.max(0, cast.size - 2);
}
