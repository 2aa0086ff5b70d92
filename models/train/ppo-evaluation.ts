// What a policy's training is judged by: how far it went from where it began, and what a scorer says of its answers to
// prompts that it did not learn on.
import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { Architecture } from "../gpt/architecture.ts";
import { languageModel, type Weights } from "../gpt/checkpoint.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { mean, moments } from "../interval.ts";
import { DataError } from "./data.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import { k1, k3, sumOver } from "./kl.ts";
import type { Scorer } from "./ppo-config.ts";
import { encoded, type Prompt } from "./ppo-prompts.ts";
import { episodeText, rollout } from "./rollout.ts";

interface Model {
  config: Architecture;
  weights: Weights;
}

/** Two language models that read the same tokens. */
export interface PolicyPair {
  policy: Model;
  reference: Model;
  tokenizer: Tokenizer;
}

interface Sampling {
  /** Longest answer, as in training. */
  answerTokens: number;
  temperature?: number;
  seed?: number;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface SequenceKl {
  /** KL(π‖π_ref) of whole answers, nats: the mean of Σ k1. */
  kl: number;
  /** Standard error of that mean. */
  standardError: number;
  /** The same by k3. */
  k3: number;
  /** The answers it was measured on, one to each prompt. */
  answers: { prompt: PromptContent; answer: string; ended: boolean; kl: number }[];
}

export interface SequenceKlConfig extends Sampling {
  /** Directories of two language models with one tokenizer. */
  policy: string;
  reference: string;
  /** Those that leave no room for an answer are left out. */
  prompts: readonly PromptContent[];
}

/**
 * Sample an answer of the policy to each prompt and compare its log-probabilities with the reference's. √kl is the
 * distance of Gao et al. 2022.
 * @throws ModelDirectoryError; DataError when no prompt leaves room for an answer; the signal's reason when it aborts.
 */
export async function sequenceKl(config: SequenceKlConfig): Promise<SequenceKl> {
  const pair = await policyPair(config);
  return await klOf(pair, roomyPrompts(pair, config), config);
}

/** @throws ModelDirectoryError */
export async function policyPair(dirs: { policy: string; reference: string }): Promise<PolicyPair> {
  const [policy, reference] = await Promise.all([languageModel(dirs.policy), languageModel(dirs.reference)]);
  return { policy, reference, tokenizer: await loadTokenizer(dirs.policy) };
}

/** @throws DataError when no prompt leaves room for an answer. */
export function roomyPrompts(
  { policy, reference, tokenizer }: PolicyPair,
  { prompts, answerTokens }: { prompts: readonly PromptContent[]; answerTokens: number },
): Prompt[] {
  const context = Math.min(policy.config.nCtx, reference.config.nCtx);
  const roomy = encoded(prompts, tokenizer).filter(({ ids }) => ids.length + answerTokens <= context);
  if (roomy.length === 0) throw new DataError(`No prompt leaves room for an answer of ${answerTokens} tokens.`);
  return roomy;
}

async function klOf(
  { policy, reference, tokenizer }: PolicyPair,
  prompts: readonly Prompt[],
  { answerTokens, temperature = 1, seed = 1, threads, signal }: Sampling,
): Promise<SequenceKl> {
  const ids = prompts.map((prompt) => prompt.ids);
  const seeds = ids.map((_, i) => seed * 2 ** 32 + i);
  const episodes = await rollout({ ...policy, tokenizer, answerTokens, temperature, threads }, ids, seeds, signal);
  const forward = new ForwardPass(reference.config, answerLogProbabilities(temperature), { threads });
  try {
    const packs = episodes.map(({ prompt, answer }) => ({ prompt, answers: [answer] }));
    const read = await forward.run(reference.weights, packs, signal);
    const pairs = episodes.map(({ logProbs }, i) => ({ logProbs, referenceLogProbs: read[i]![0]! }));
    const kls = pairs.map((pair) => sumOver(pair, k1));
    const { mean: kl, variance } = moments(kls);
    return {
      kl,
      standardError: Math.sqrt(variance / kls.length),
      k3: mean(pairs.map((pair) => sumOver(pair, k3))),
      answers: episodes.map((episode, i) => ({
        prompt: prompts[i]!.content,
        answer: episodeText(tokenizer, episode),
        ended: episode.ended,
        kl: kls[i]!,
      })),
    };
  } finally {
    await forward.dispose();
  }
}

/**
 * The policy beside the reference, an answer of each to every prompt from the same random numbers:
 * - `eval/kl` nats of an answer, a mean over the prompts, and its standard error `eval/kl_error`; `eval/prompts`;
 * - `eval/no_end_fraction` share of the answers that were cut, `reference/no_end_fraction` of the reference's;
 * - with a scorer `eval/reward` and `reference/reward`, mean scores of the answers as they are given; `eval/reward_gain`,
 *   their difference; `eval/wins`, the share of the prompts at which the policy's answer scores higher, equal scores
 *   counting half.
 * @throws the signal's reason when it aborts.
 */
export async function besideReference(
  pair: PolicyPair,
  prompts: readonly Prompt[],
  scorer: Pick<Scorer, "score"> | undefined,
  sampling: Sampling,
): Promise<Record<string, number>> {
  const own = await klOf(pair, prompts, sampling);
  const others = await klOf({ ...pair, policy: pair.reference }, prompts, sampling);
  const figures: Record<string, number> = {
    "eval/prompts": prompts.length,
    "eval/kl": own.kl,
    "eval/kl_error": own.standardError,
    "eval/no_end_fraction": mean(own.answers.map(({ ended }) => Number(!ended))),
    "reference/no_end_fraction": mean(others.answers.map(({ ended }) => Number(!ended))),
  };
  if (!scorer) return figures;
  const scores = Array.from(await scorer.score(own.answers, sampling.signal));
  const before = Array.from(await scorer.score(others.answers, sampling.signal));
  return {
    ...figures,
    "eval/reward": mean(scores),
    "reference/reward": mean(before),
    "eval/reward_gain": mean(scores) - mean(before),
    "eval/wins": mean(scores.map((score, i) => (1 + Math.sign(score - before[i]!)) / 2)),
  };
}
