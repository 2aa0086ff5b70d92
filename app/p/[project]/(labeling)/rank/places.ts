// Where each candidate stands on the board, and the notation that says the same.
import { formatRanking, parseRanking, RankingError } from "../../../../../lib/preference/ranking.ts";

/** `ranks[i]` is the rank of `labels[i]`: 1 is best, K worst, 0 unranked. So each candidate is in exactly one place. */
export type Ranks = readonly number[];

export interface Places {
  /** In the order shown. */
  readonly labels: readonly string[];
  readonly ranks: Ranks;
}

/** Best first; within a tier in the order shown; empty ranks close up. Unranked candidates are left out. */
export function tiersOf({ labels, ranks }: Places): string[][] {
  const columns = labels.map((_, column) => labels.filter((_, index) => ranks[index] === column + 1));
  return columns.filter((tier) => tier.length > 0);
}

/** "B>A=C" for the board as it stands; "" while nothing is ranked. */
export function notationOf(places: Places): string {
  return formatRanking(tiersOf(places));
}

export function unrankedOf({ labels, ranks }: Places): string[] {
  return labels.filter((_, index) => ranks[index] === 0);
}

export function rankOf({ labels, ranks }: Places, label: string): number {
  return ranks[labels.indexOf(label)] ?? 0;
}

/** Whom to rank next after `label`: the following unranked candidate, from the start again after the last. */
export function nextUnranked(places: Places, label: string): string | null {
  return roundAfter(places.labels, label).find((other) => rankOf(places, other) === 0) ?? null;
}

/** roundAfter(["A", "B", "C"], "B") → ["C", "A", "B"] */
export function roundAfter(labels: readonly string[], label: string): string[] {
  const start = labels.indexOf(label) + 1;
  return [...labels.slice(start), ...labels.slice(0, start)];
}

/** What keeps a notation from being a whole ranking, as one sentence; null when it is one. */
export function notationProblem(text: string, labels: readonly string[]): string | null {
  try {
    parseRanking(text, [...labels]);
    return null;
  } catch (error) {
    if (error instanceof RankingError) return error.message;
    throw error;
  }
}

/** The board a text says, null if it says none. Candidates it does not name (yet) are unranked: that is a board too. */
export function readNotation(text: string, labels: readonly string[]): Ranks | null {
  if (text.trim() === "") return labels.map(() => 0);
  const named = labels.filter((label) => text.toUpperCase().includes(label));
  try {
    const tiers = parseRanking(text, named);
    return labels.map((label) => tiers.findIndex((tier) => tier.includes(label)) + 1);
  } catch (error) {
    if (error instanceof RankingError) return null;
    throw error;
  }
}

export function sameRanks(a: Ranks, b: Ranks): boolean {
  return a.length === b.length && a.every((rank, index) => rank === b[index]);
}
