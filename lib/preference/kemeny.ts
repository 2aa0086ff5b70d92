// The majority of several rankings of the same answers: Kemeny's order (Kemeny 1959), here with ties: of all orders the one that
// agrees most with them, pair by pair, by the rule of agreement.ts. Exact, over subsets: 3^K steps, at most 19,683 for K = 9.

/**
 * The tiers that agree most with these rankings, best first; ascending within a tier. Where several agree as much it is the
 * one with fewest tiers (without a majority nothing is put above another), and of those the first by place.
 * kemeny(3, [[[0], [1, 2]], [[0], [1], [2]], [[1], [0], [2]]]) → [[0], [1], [2]]
 * @param k how many answers there are; the rankings name each by its place, from 0
 */
export function kemeny(k: number, rankings: readonly (readonly (readonly number[])[])[]): number[][] {
  const { above, tied } = gainsOf(k, rankings);
  const all = (1 << k) - 1;
  // By the set of answers not ranked yet: how much the best order of them agrees, in halves, its tiers, and its first tier.
  const best = new Float64Array(all + 1).fill(-1);
  const tierCount = new Uint8Array(all + 1);
  const first = new Uint16Array(all + 1);
  best[0] = 0;
  for (let set = 1; set <= all; set++) {
    for (let tier = set; tier > 0; tier = (tier - 1) & set) {
      const rest = set & ~tier;
      let gain = best[rest]!;
      for (let left = tier; left > 0; left &= left - 1) {
        const one = 31 - Math.clz32(left & -left);
        gain += above[one]![rest]! + tied[one]![tier & ~((1 << (one + 1)) - 1)]!;
      }
      const count = tierCount[rest]! + 1;
      const known = best[set]!;
      const isBetter =
        gain > known ||
        (gain === known && (count < tierCount[set]! || (count === tierCount[set]! && comesFirst(tier, first[set]!))));
      if (isBetter) [best[set], tierCount[set], first[set]] = [gain, count, tier];
    }
  }
  const tiers: number[][] = [];
  for (let set = all; set > 0; set &= ~first[set]!) tiers.push(placesIn(first[set]!));
  return tiers;
}

/** For each answer and each set of others: how much is agreed, in halves, where it is above all of them, or tied with all. */
function gainsOf(k: number, rankings: readonly (readonly (readonly number[])[])[]) {
  const wins = Array.from({ length: k }, () => new Float64Array(k));
  const ties = Array.from({ length: k }, () => new Float64Array(k));
  for (const tiers of rankings) {
    for (const [at, tier] of tiers.entries()) {
      for (const one of tier) {
        for (const other of tier) if (other !== one) ties[one]![other]! += 1;
        for (const below of tiers.slice(at + 1)) for (const other of below) wins[one]![other]! += 1;
      }
    }
  }
  const sums = (gain: (one: number, other: number) => number) =>
    Array.from({ length: k }, (_, one) => {
      const bySet = new Float64Array(1 << k);
      for (let set = 1; set < bySet.length; set++) {
        const other = 31 - Math.clz32(set & -set);
        bySet[set] = bySet[set & (set - 1)]! + gain(one, other);
      }
      return bySet;
    });
  return {
    above: sums((one, other) => 2 * wins[one]![other]! + ties[one]![other]!),
    tied: sums((one, other) => 2 * ties[one]![other]! + wins[one]![other]! + wins[other]![one]!),
  };
}

const placesIn = (set: number): number[] =>
  Array.from({ length: 16 }, (_, place) => place).filter((place) => set & (1 << place));

/** Is this set of places before the other one, as lists are ordered: [0] < [0, 1] < [1]? */
function comesFirst(one: number, other: number): boolean {
  const [a, b] = [placesIn(one), placesIn(other)];
  const differs = a.findIndex((place, at) => place !== b[at]);
  if (differs === -1) return a.length < b.length;
  return differs < b.length && a[differs]! < b[differs]!;
}
