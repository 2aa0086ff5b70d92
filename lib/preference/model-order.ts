// A reward model's order of the answers to one prompt, held against a person's. Answers are told by anything: their label,
// or their place in the order shown.

/** Scores as they are shown. Those that look the same are a tie: nobody should have to wonder about B 0.31 > C 0.31. */
export const shownScore = (score: number): number => Math.round(score * 100) / 100 + 0;

/** Tiers, best first: modelOrder(new Map([["A", 0.31], ["B", 1.2], ["C", 0.312]])) → [["B"], ["A", "C"]] */
export function modelOrder<T>(scores: ReadonlyMap<T, number>): T[][] {
  const tiers = Map.groupBy(scores.keys(), (answer) => shownScore(scores.get(answer) ?? 0));
  return [...tiers].sort(([a], [b]) => b - a).map(([, tier]) => tier);
}

/** −log σ(winner − loser): what a reward model loses on a pair that a person ordered. */
export function pairLoss(winner: number, loser: number): number {
  const behind = loser - winner;
  // eˣ overflows for scores that lie far apart.
  return Math.max(behind, 0) + Math.log1p(Math.exp(-Math.abs(behind)));
}

export interface Agreement {
  /** Of the ranking's strict pairs, those that the model's order has the same way round. */
  agreed: number;
  strict: number;
  /** The reward model's loss of the ranking: the mean of −log σ(r_w − r_l) over its strict pairs, ln 2 for a coin. */
  loss: number;
}

/** A ranking held against scores of the same answers; null where it is all ties. */
export function agreementOf<T>(tiers: readonly (readonly T[])[], scores: ReadonlyMap<T, number>): Agreement | null {
  const score = (answer: T) => scores.get(answer) ?? 0;
  const pairs = tiers.flatMap((tier, at) =>
    tier.flatMap((winner) =>
      tiers
        .slice(at + 1)
        .flat()
        .map((loser) => [winner, loser] as const),
    ),
  );
  if (pairs.length === 0) return null;
  const loss = pairs.reduce((sum, [winner, loser]) => sum + pairLoss(score(winner), score(loser)), 0);
  const agreed = pairs.filter(([winner, loser]) => shownScore(score(winner)) > shownScore(score(loser))).length;
  return { agreed, strict: pairs.length, loss: loss / pairs.length };
}
