// Ranks ⇄ tiers: many formats give each answer a rank, the lower the better, and equal ones to a tie. Pure.

/** tiersOfRanks([2, 1, 2]) → [[1], [0, 2]]: places by rank, best first */
export function tiersOfRanks(ranks: readonly number[]): number[][] {
  const tiers = Map.groupBy(ranks.keys(), (place) => ranks[place] ?? 0);
  return [...tiers].toSorted(([a], [b]) => a - b).map(([, places]) => places);
}

/** ranksOfTiers([[1], [0, 2]]) → [1, 0, 1]: the tier of each place, from 0 */
export function ranksOfTiers(tiers: readonly (readonly number[])[]): number[] {
  const ranks: number[] = [];
  for (const [rank, places] of tiers.entries()) for (const place of places) ranks[place] = rank;
  return ranks;
}
