// From scored episodes to the feeds of one update: rewards, advantages and returns of a minibatch, a number for each
// token of its answers.
import { mean, moments } from "../interval.ts";
import { type Advantages, estimate, whiten } from "./gae.ts";
import { tokenRewards } from "./kl.ts";
import type { Batch } from "./optimizer.ts";
import type { Episode } from "./rollout.ts";
import { perToken, RowShapes, rowsFeeds, sizeOf } from "./rows.ts";

/** An episode with what was measured on it before the update. */
export interface Scored extends Episode {
  referenceLogProbs: ArrayLike<number>;
  /** V before each token, of the value function as it was. */
  values: ArrayLike<number>;
  /** Of the whole answer, normalised. */
  score: number;
}

/** An episode in its minibatch. */
export interface Sample {
  episode: Scored;
  estimates: Advantages;
}

export interface EstimateSettings {
  beta: number;
  gamma: number;
  lambda: number;
  whitenRewards: boolean;
}

/** Rewards, whitened where asked; advantages from them, whitened; returns: over one minibatch, as lm-human-preferences does it. */
export function estimates(episodes: readonly Scored[], settings: EstimateSettings): Sample[] {
  const { beta, gamma, lambda, whitenRewards } = settings;
  const rewards = episodes.map((episode) => tokenRewards(episode, episode.score, beta));
  if (whitenRewards) whiten(rewards, "keep");
  const samples = episodes.map((episode, i) => ({
    episode,
    estimates: estimate(rewards[i]!, episode.values, gamma, lambda),
  }));
  whiten(
    samples.map((sample) => sample.estimates.advantages),
    "shift",
  );
  return samples;
}

/** 1 − Var(R − V)/Var(R) over all tokens: 1 where the values say the returns, 0 where they say no more than their mean. */
export function explainedVariance(samples: readonly Sample[]): number {
  const returns = samples.flatMap((sample) => [...sample.estimates.returns]);
  const values = samples.flatMap(({ episode }) => Array.from(episode.values));
  const { variance } = moments(returns);
  return variance === 0 ? 0 : 1 - moments(returns.map((r, t) => r - values[t]!)).variance / variance;
}

/** Shapes of updates: prompts of known lengths, answers of at most `answerTokens`. */
export function updateShapes(
  promptLengths: readonly number[],
  { answerTokens, tokens, context }: { answerTokens: number; tokens: number; context: number },
): RowShapes {
  const longest = promptLengths.reduce((a, b) => Math.max(a, b));
  // As many states as are read when all answers are as long as they may be: rows of many short prompts may have more, and
  // then stay emptier.
  const share = answerTokens / (mean(promptLengths) + answerTokens);
  return new RowShapes({
    longest: Math.min(context, Math.ceil((longest + answerTokens) / 16) * 16),
    tokens,
    parts: [1, 0.5, 0.25],
    reads: (R, W) => Math.max(Math.min(answerTokens, W), Math.ceil(share * R * W)),
  });
}

/**
 * A minibatch's tokens for the losses of ppo-loss.ts, in as many batches as it takes: each token weighs
 * 1/(tokens of the minibatch), so the losses of the batches add up to means over all of them.
 */
export function updateBatches(rows: RowShapes, samples: readonly Sample[], padId: number): Batch[] {
  const tokens = samples.reduce((n, { episode }) => n + episode.answer.length, 0);
  return rows
    .batches(samples, ({ episode }) => sizeOf(episode))
    .map(({ rows, shape }) => {
      const members = rows.flat();
      const of = (list: (sample: Sample) => ArrayLike<number>) => perToken(members.map(list), shape);
      const feeds = {
        ...rowsFeeds(
          rows.map((row) => row.map(({ episode }) => episode)),
          shape,
          padId,
        ),
        old_log_probs: of(({ episode }) => episode.logProbs),
        advantages: of((sample) => sample.estimates.advantages),
        old_values: of(({ episode }) => episode.values),
        returns: of((sample) => sample.estimates.returns),
        weight: of(({ episode }) => new Float32Array(episode.answer.length).fill(1 / tokens)),
      };
      return { feeds, shape };
    });
}
