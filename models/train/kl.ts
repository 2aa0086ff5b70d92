// How far a policy has moved from its reference: estimates of KL(π‖π_ref) from sampled tokens (Schulman 2020), the
// rewards that charge for it, and the coefficient that follows a target (Ziegler et al. 2019).

/** Tokens of one answer, by their log-probabilities: under the policy they were sampled from, and under the reference. */
export interface Tokens {
  logProbs: ArrayLike<number>;
  referenceLogProbs: ArrayLike<number>;
}

/** k1 = log π − log π_ref of one token sampled from π. Its mean is the KL; single ones may be below 0. */
export const k1 = (logProb: number, referenceLogProb: number): number => logProb - referenceLogProb;

/**
 * k3 = (r − 1) − log r with r = π_ref/π, of one token sampled from π. Its mean is the KL too, and it is never below 0:
 * less noise than k1 where the two are close.
 */
export function k3(logProb: number, referenceLogProb: number): number {
  const logRatio = referenceLogProb - logProb;
  return Math.expm1(logRatio) - logRatio;
}

/** Σ over the tokens of an answer. */
export function sumOver({ logProbs, referenceLogProbs }: Tokens, estimator: typeof k1): number {
  let sum = 0;
  for (let t = 0; t < logProbs.length; t++) sum += estimator(logProbs[t]!, referenceLogProbs[t]!);
  return sum;
}

/** r_t = −β·(log π − log π_ref) at every token, and the answer's score at the last one beside it. */
export function tokenRewards(tokens: Tokens, score: number, beta: number): Float64Array {
  const { logProbs, referenceLogProbs } = tokens;
  const rewards = Float64Array.from(logProbs, (logProb, t) => -beta * k1(logProb, referenceLogProbs[t]!));
  const last = rewards.length - 1;
  rewards[last] = rewards[last]! + score;
  return rewards;
}

/** A KlTarget moves β up and down so that KL meets it (lm-human-preferences); without one β is constant (InstructGPT). */
export interface KlTarget {
  /** KL of an answer to aim at, nats. */
  target: number;
  /** Episodes in which β may change e-fold for each 100 % that KL is off; the error counts as 20 % at most. */
  horizon: number;
}

/** β · (1 + clip(KL/target − 1, ±0.2) · episodes/horizon), rounded to float32 so that a checkpoint holds it exactly. */
export function nextBeta(beta: number, kl: number, episodes: number, { target, horizon }: KlTarget): number {
  const error = Math.max(-0.2, Math.min(0.2, kl / target - 1));
  return Math.fround(beta * (1 + (error * episodes) / horizon));
}
