// How far two orders of the same answers agree, pair by pair: one rule for screens, trainers, the world and the
// reproduction. An order may be a person's tiers or the scores of a reward model, whose tiers and loss are defined here too.

/** Agreement counts the pairs of two orders, and how many of them the orders agree on. Both add up over rankings and prompts. */
export interface Agreement {
  agreed: number;
  pairs: number;
}

/**
 * One pair of answers: 1 where both orders have it the same way round or both tie it, ½ where one ties what the other
 * orders (Nakano et al. 2021, WebGPT), 0 where they have it opposite.
 * @param one, other above 0: the first answer of the pair is better; below 0: the second; 0: a tie
 */
function pairAgreement(one: number, other: number): number {
  if (Math.sign(one) === Math.sign(other)) return 1;
  return one === 0 || other === 0 ? 0.5 : 0;
}

/** Agreement of a person's ordered pairs with scores. Equal scores are a tie, and count half. */
export function agreementOnPairs<T>(
  pairs: readonly (readonly [winner: T, loser: T])[],
  score: (answer: T) => number,
): Agreement {
  const agreed = pairs.reduce((sum, [winner, loser]) => sum + pairAgreement(1, score(winner) - score(loser)), 0);
  return { agreed, pairs: pairs.length };
}

/** Agreement of two rankings of the same answers over every pair, tied pairs included. */
export function agreementOfRankings<T>(one: readonly (readonly T[])[], other: readonly (readonly T[])[]): Agreement {
  const [inOne, inOther] = [tierOf(one), tierOf(other)];
  const answers = one.flat();
  let [agreed, pairs] = [0, 0];
  answers.forEach((first, i) => {
    for (const second of answers.slice(i + 1)) {
      agreed += pairAgreement(inOne(second) - inOne(first), inOther(second) - inOther(first));
      pairs++;
    }
  });
  return { agreed, pairs };
}

/** Agreement over the pairs that `one` orders, as the accuracy of a reward model is measured, but of another person. */
export function agreementOnOrdered<T>(one: readonly (readonly T[])[], other: readonly (readonly T[])[]): Agreement {
  const tier = tierOf(other);
  return agreementOnPairs(pairsOf(one), (answer) => -tier(answer));
}

export function totalAgreement(all: readonly Agreement[]): Agreement {
  return all.reduce((a, b) => ({ agreed: a.agreed + b.agreed, pairs: a.pairs + b.pairs }), { agreed: 0, pairs: 0 });
}

/** agreementShare is from 0 to 1, and null where there is no pair to agree on. */
export const agreementShare = ({ agreed, pairs }: Agreement): number | null => (pairs === 0 ? null : agreed / pairs);

export interface ModelAgreement extends Agreement {
  /** The reward model's loss of the ranking: the mean of −log σ(r_w − r_l) over its pairs, ln 2 for a coin. */
  loss: number;
}

/**
 * The agreement of a ranking with a reward model's scores of the same answers, taken as a screen shows them.
 * @returns null where the ranking is all ties
 */
export function modelAgreement<T>(
  tiers: readonly (readonly T[])[],
  scores: ReadonlyMap<T, number>,
): ModelAgreement | null {
  const score = (answer: T) => scores.get(answer) ?? 0;
  const pairs = pairsOf(tiers);
  if (pairs.length === 0) return null;
  const loss = pairs.reduce((sum, [winner, loser]) => sum + pairLoss(score(winner), score(loser)), 0);
  return { ...agreementOnPairs(pairs, (answer) => shownScore(score(answer))), loss: loss / pairs.length };
}

/** The pairs that a ranking orders, the better answer first. */
const pairsOf = <T>(tiers: readonly (readonly T[])[]) =>
  tiers.flatMap((tier, i) => {
    const below = tiers.slice(i + 1).flat();
    return tier.flatMap((winner) => below.map((loser) => [winner, loser] as const));
  });

/** The tier that each answer of a ranking is in, from 0. */
function tierOf<T>(tiers: readonly (readonly T[])[]): (answer: T) => number {
  const at = new Map(tiers.flatMap((tier, i) => tier.map((answer) => [answer, i] as const)));
  return (answer) => at.get(answer) ?? Number.NaN;
}

/** A score as screens show it. Scores that look the same are a tie: nobody should have to wonder about B 0.31 > C 0.31. */
export const shownScore = (score: number): number => Math.round(score * 100) / 100 + 0;

/** The tiers that scores make, best first: modelOrder(new Map([["A", 0.31], ["B", 1.2], ["C", 0.312]])) → [["B"], ["A", "C"]] */
export function modelOrder<T>(scores: ReadonlyMap<T, number>): T[][] {
  const tiers = Map.groupBy(scores.keys(), (answer) => shownScore(scores.get(answer) ?? 0));
  return [...tiers].sort(([a], [b]) => b - a).map(([, tier]) => tier);
}

/** pairLoss is −log σ(winner − loser): a reward model's loss on a pair that a person ordered. */
export function pairLoss(winner: number, loser: number): number {
  const behind = loser - winner;
  // eˣ overflows for scores that lie far apart.
  return Math.max(behind, 0) + Math.log1p(Math.exp(-Math.abs(behind)));
}
