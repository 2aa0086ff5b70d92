// Answers that say the same, word for word: a model may well write one text twice. Pure.
import { type Places, rankOf } from "./places.ts";

/** Labels of each group of answers with one text, in the order shown; spaces around it do not count. */
export function twinsAmong(candidates: readonly { label: string; text: string }[]): string[][] {
  const groups = Map.groupBy(candidates, ({ text }) => text.trim());
  return [...groups.values()].filter(({ length }) => length > 1).map((group) => group.map(({ label }) => label));
}

/** What a person may have overlooked: the first such group that the board has in different ranks; null: none. */
export function twinsApart(twins: readonly string[][], places: Places): string | null {
  for (const group of twins) {
    const ranked = group.filter((label) => rankOf(places, label) > 0);
    if (new Set(ranked.map((label) => rankOf(places, label))).size < 2) continue;
    const names = `${ranked.slice(0, -1).join(", ")} and ${ranked.at(-1)}`;
    return `${names} are the same text, word for word, in different ranks.`;
  }
  return null;
}
