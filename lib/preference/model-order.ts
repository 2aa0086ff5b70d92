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
