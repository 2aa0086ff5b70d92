// Answers that say the same, word for word: a model may well write one text twice. Pure.
import { listed, type Tiers } from "./ranking.ts";

/** Labels of each group of answers with one text, in the order shown; spaces around it do not count. */
export function twinsAmong(candidates: readonly { label: string; text: string }[]): string[][] {
  const groups = Map.groupBy(candidates, ({ text }) => text.trim());
  return [...groups.values()].filter(({ length }) => length > 1).map((group) => group.map(({ label }) => label));
}

/** The others with this answer's text; none where it is the only one. */
export function twinsOf(twins: readonly string[][], label: string): string[] {
  return twins.find((group) => group.includes(label))?.filter((other) => other !== label) ?? [];
}

/** The first group that is ranked apart, in a sentence; null where there is none. What is not ranked yet does not count. */
export function twinsApart(twins: readonly string[][], tiers: Tiers): string | null {
  const tierOf = (label: string) => tiers.findIndex((tier) => tier.includes(label));
  for (const group of twins) {
    const ranked = group.filter((label) => tierOf(label) >= 0);
    if (new Set(ranked.map(tierOf)).size < 2) continue;
    return `${listed(ranked)} are the same text, word for word, in different ranks.`;
  }
  return null;
}
