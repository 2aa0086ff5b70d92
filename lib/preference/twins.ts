// Twins: answers with the same text. A model may well write one text twice. Pure.
import { listed, type Tiers } from "./ranking.ts";

/** The labels of each group of twins, in the order shown. Spaces around a text do not count. */
export function twinsAmong(candidates: readonly { label: string; text: string }[]): string[][] {
  const groups = Map.groupBy(candidates, ({ text }) => text.trim());
  return [...groups.values()].filter(({ length }) => length > 1).map((group) => group.map(({ label }) => label));
}

/** The twins of one answer; none where no other answer has its text. */
export function twinsOf(twins: readonly string[][], label: string): string[] {
  return twins.find((group) => group.includes(label))?.filter((other) => other !== label) ?? [];
}

/** A sentence about the first twins in different ranks; null where there are none. Answers not ranked yet do not count. */
export function twinsApart(twins: readonly string[][], tiers: Tiers): string | null {
  const tierOf = (label: string) => tiers.findIndex((tier) => tier.includes(label));
  for (const group of twins) {
    const ranked = group.filter((label) => tierOf(label) >= 0);
    if (new Set(ranked.map(tierOf)).size < 2) continue;
    return `${listed(ranked)} are the same text, word for word, in different ranks.`;
  }
  return null;
}
