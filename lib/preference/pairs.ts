// The C(K,2) pairs inside one ranking of K candidates (Ouyang et al. 2022, §3.5): strict + tied = K(K−1)/2, always.
import type { Tiers } from "./ranking.ts";

/** Two candidates of different tiers. Ranks are tiers, 1 = best. */
export interface StrictPair {
  chosen: string;
  rejected: string;
  chosenRank: number;
  rejectedRank: number;
}

/** TiePolicy says what two candidates of one tier become: no pair (InstructGPT), or one in each direction (a target of 0.5). */
export type TiePolicy = "drop" | "both";

/**
 * The ordered pairs of a ranking, best first. Ties make none unless the policy says so.
 * orderedPairs([["B"], ["A", "C"]]) → B over A, B over C
 */
export function orderedPairs(tiers: Tiers, ties: TiePolicy = "drop"): StrictPair[] {
  const ranked = tiers.flatMap((tier, index) => tier.map((label) => ({ label, rank: index + 1 })));
  return ranked.flatMap((better) =>
    ranked
      .filter(
        ({ label, rank }) => rank > better.rank || (ties === "both" && rank === better.rank && label !== better.label),
      )
      .map(({ label, rank }) => ({
        chosen: better.label,
        rejected: label,
        chosenRank: better.rank,
        rejectedRank: rank,
      })),
  );
}

/** How many pairs of a ranking are strict and how many tied: countPairs([["B"], ["A", "C"]]) → { strict: 2, tied: 1 } */
export function countPairs(tiers: readonly (readonly unknown[])[]): { strict: number; tied: number } {
  const choose2 = (n: number) => (n * (n - 1)) / 2;
  const tied = tiers.reduce((sum, tier) => sum + choose2(tier.length), 0);
  const k = tiers.reduce((sum, tier) => sum + tier.length, 0);
  return { strict: choose2(k) - tied, tied };
}
