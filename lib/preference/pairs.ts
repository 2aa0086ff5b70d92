// The C(K,2) pairs inside one ranking of K candidates (Ouyang et al. 2022, §3.5): strict + tied = K(K−1)/2, always.

/** Two candidates, of different tiers unless they are a tie. Ranks are tiers, 1 = best. */
export interface OrderedPair<T> {
  chosen: T;
  rejected: T;
  chosenRank: number;
  rejectedRank: number;
}

/**
 * TiePolicy says what two candidates of one tier become: no pair (InstructGPT), one in each direction (a target of 0.5), or one
 * that keeps both ranks.
 */
export type TiePolicy = "drop" | "both" | "keep";

/**
 * The ordered pairs of a ranking, best first. Ties make none unless the policy says so.
 * orderedPairs([["B"], ["A", "C"]]) → B over A, B over C
 */
export function orderedPairs<T>(tiers: readonly (readonly T[])[], ties: TiePolicy = "drop"): OrderedPair<T>[] {
  const ranked = tiers.flatMap((tier, index) => tier.map((label) => ({ label, rank: index + 1 })));
  const isPair = (better: number, worse: number) => {
    const tied = ranked[better]!.rank === ranked[worse]!.rank;
    if (tied) return ties === "both" ? worse !== better : ties === "keep" && worse > better;
    return worse > better;
  };
  return ranked.flatMap((better, at) =>
    ranked
      .filter((_, other) => isPair(at, other))
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
