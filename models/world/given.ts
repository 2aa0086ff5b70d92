// What an answer says that the given text does not: names, animals, foods, things, towns, colours, days, numbers.

import { animals } from "./animals.ts";
import type { TextRead } from "./answer-text.ts";
import { boys, girls, people, towns } from "./people.ts";
import { colours, days, foods, things } from "./things.ts";

/** Words that stand for something in a text; plural and singular of one count as the same. */
const meanings = new Map<string, string>([
  ...[...animals, ...foods, ...things].flatMap((x) => [x.name, x.plural].map((word) => [word, x.name] as const)),
  ...[...colours, ...days.map((day) => day.toLowerCase()), ...towns.map((t) => t.name.toLowerCase())].map(
    (word) => [word, word] as const,
  ),
]);
const names = new Set([...people.map((p) => p.name), ...girls, ...boys]);

/** How many different meaningful words of the answer do not stand in the text. */
export function inventedIn({ tokens, raw }: TextRead, given: TextRead): number {
  const said = new Set<string>();
  for (const token of given.tokens) {
    const meaning = meanings.get(token);
    if (meaning) said.add(meaning);
  }
  const words = new Set(given.tokens);
  const invented = new Set<string>();
  tokens.forEach((token, i) => {
    const meaning = meanings.get(token);
    if (
      meaning
        ? !said.has(meaning)
        : (names.has(raw[i]!) || (/^\d+$/.test(token) && Number(token) > 2)) && !words.has(token)
    )
      invented.add(token);
  });
  return invented.size;
}
