// From the rewards of an answer's tokens to the advantage of each token: generalised advantage estimation (Schulman et
// al. 2016) and the whitening around it (Ziegler et al. 2019, lm-human-preferences).
import { moments } from "../interval.ts";

export interface Advantages {
  /** Â_t: how much better the token was than the value function had expected. */
  advantages: Float64Array;
  /** R_t = Â_t + V_t: what the value function should have said. */
  returns: Float64Array;
}

/**
 * δ_t = r_t + γ·V_{t+1} − V_t, with V = 0 after the last token; Â_t = δ_t + γλ·Â_{t+1}. One answer, T tokens.
 * estimate([0, 1], [0.5, 0.5], 1, 0.5): δ = [0, 0.5], Â = [0.25, 0.5], R = [0.75, 1].
 * @param values V_t, read before token t is known.
 */
export function estimate(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  gamma: number,
  lambda: number,
): Advantages {
  const T = rewards.length;
  const advantages = new Float64Array(T);
  const returns = new Float64Array(T);
  let [advantage, next] = [0, 0];
  for (let t = T - 1; t >= 0; t--) {
    const value = values[t]!;
    advantage = rewards[t]! + gamma * next - value + gamma * lambda * advantage;
    advantages[t] = advantage;
    returns[t] = advantage + value;
    next = value;
  }
  return { advantages, returns };
}

/**
 * Scale numbers to variance 1, in place, over all lists together. Padding must not be among them.
 * @param mean "shift" takes the mean away (advantages), "keep" leaves it unscaled where it was (rewards).
 */
export function whiten(lists: readonly Float64Array[], mean: "keep" | "shift"): void {
  const all = new Float64Array(lists.reduce((n, list) => n + list.length, 0));
  let start = 0;
  for (const list of lists) {
    all.set(list, start);
    start += list.length;
  }
  const { mean: middle, variance } = moments(all);
  const scale = 1 / Math.sqrt(variance + 1e-8);
  const shift = mean === "keep" ? middle : 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) list[i] = (list[i]! - middle) * scale + shift;
  }
}
