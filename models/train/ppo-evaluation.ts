// What a policy's training is judged by, measured on model directories: how far it went from where it began, and what
// that cost on pre-training text.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { DataError } from "./data.ts";
import { answerLogProbabilities, Forward } from "./forward.ts";
import { moments } from "./gae.ts";
import { k1, k3, sumOver } from "./kl.ts";
import { languageModel } from "./language-model.ts";
import { encoded } from "./ppo-prompts.ts";
import { episodeText, rollout } from "./rollout.ts";

export interface SequenceKl {
  /** KL(π‖π_ref) of whole answers, nats: the mean of Σ k1. */
  kl: number;
  /** Standard error of that mean. */
  standardError: number;
  /** The same by k3. */
  k3: number;
  /** The answers it was measured on, one to each prompt that left room for one. */
  answers: { prompt: PromptContent; answer: string; ended: boolean; kl: number }[];
}

export interface SequenceKlConfig {
  /** Directories of two language models with one tokenizer. */
  policy: string;
  reference: string;
  prompts: readonly PromptContent[];
  /** Longest answer, as in training. */
  answerTokens: number;
  temperature?: number;
  seed?: number;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Sample an answer of the policy to each prompt and compare its log-probabilities with the reference's. √kl is the
 * distance of Gao et al. 2022.
 * @throws ModelDirectoryError; DataError when no prompt leaves room for an answer; the signal's reason when it aborts.
 */
export async function sequenceKl(config: SequenceKlConfig): Promise<SequenceKl> {
  const { answerTokens, temperature = 1, seed = 1, threads, signal } = config;
  const [policy, reference] = await Promise.all([languageModel(config.policy), languageModel(config.reference)]);
  const tokenizer = await loadTokenizer(config.policy);
  const context = Math.min(policy.config.nCtx, reference.config.nCtx);
  const prompts = encoded(config.prompts, tokenizer).filter(({ ids }) => ids.length + answerTokens <= context);
  if (prompts.length === 0) throw new DataError(`No prompt leaves room for an answer of ${answerTokens} tokens.`);
  const ids = prompts.map((prompt) => prompt.ids);
  const seeds = ids.map((_, i) => seed * 2 ** 32 + i);
  const episodes = await rollout({ ...policy, tokenizer, answerTokens, temperature, threads }, ids, seeds, signal);
  const forward = new Forward(reference.config, answerLogProbabilities(temperature), { threads });
  try {
    const packs = episodes.map(({ prompt, answer }) => ({ prompt, answers: [answer] }));
    const read = await forward.run(reference.weights, packs, signal);
    const pairs = episodes.map(({ logProbs }, i) => ({ logProbs, referenceLogProbs: read[i]![0]! }));
    const kls = pairs.map((pair) => sumOver(pair, k1));
    const { mean, variance } = moments(kls);
    return {
      kl: mean,
      standardError: Math.sqrt(variance / kls.length),
      k3: moments(pairs.map((pair) => sumOver(pair, k3))).mean,
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
