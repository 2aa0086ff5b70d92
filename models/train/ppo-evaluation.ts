// What a policy's training is judged by, measured on model directories: how far it went from where it began, and what
// that cost on pre-training text.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { packRows } from "./corpus.ts";
import { DataError } from "./data.ts";
import { moments } from "./gae.ts";
import { k1, k3, sumOver } from "./kl.ts";
import { languageModel } from "./language-model.ts";
import { EpisodeForward, tokenLogProbs } from "./ppo-forward.ts";
import { encoded } from "./ppo-prompts.ts";
import { type Episode, episodeText, rollout } from "./rollout.ts";
import { EpisodeRows } from "./rows.ts";

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
  threads?: number;
}

/**
 * Sample an answer of the policy to each prompt and compare its log-probabilities with the reference's. √kl is the
 * distance of Gao et al. 2022.
 * @throws ModelDirectoryError; DataError when no prompt leaves room for an answer.
 */
export async function sequenceKl(config: SequenceKlConfig): Promise<SequenceKl> {
  const { answerTokens, temperature = 1, seed = 1, threads } = config;
  const [policy, reference] = await Promise.all([languageModel(config.policy), languageModel(config.reference)]);
  const tokenizer = await loadTokenizer(config.policy);
  const context = Math.min(policy.config.nCtx, reference.config.nCtx);
  const prompts = encoded(config.prompts, tokenizer).filter(({ ids }) => ids.length + answerTokens <= context);
  if (prompts.length === 0) throw new DataError(`No prompt leaves room for an answer of ${answerTokens} tokens.`);
  const ids = prompts.map((prompt) => prompt.ids);
  const seeds = ids.map((_, i) => seed * 2 ** 32 + i);
  const episodes = await rollout({ ...policy, tokenizer, answerTokens, temperature, threads }, ids, seeds);
  const lengths = ids.map(({ length }) => length);
  const rows = new EpisodeRows(lengths, { answerTokens, tokens: 2048, context });
  const forward = new EpisodeForward(reference.config, "lm", tokenLogProbs(temperature), rows, threads);
  try {
    const referenceLogProbs = await forward.run(reference.weights, episodes);
    const pairs = episodes.map(({ logProbs }, i) => ({ logProbs, referenceLogProbs: referenceLogProbs[i]! }));
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

/**
 * Mean loss of a language model on documents, nats a token: rows that begin with the end token, as in pre-training.
 * @throws ModelDirectoryError; Error when there is no document.
 */
export async function documentLoss(
  dir: string,
  documents: () => Iterable<string>,
  { rows = 64, rowTokens = 128, threads }: { rows?: number; rowTokens?: number; threads?: number } = {},
): Promise<number> {
  const { config, weights } = await languageModel(dir);
  const length = Math.min(rowTokens + 1, config.nCtx);
  const { ids } = packRows(documents, await loadTokenizer(dir), rows, length);
  // A row is an answer to its end token.
  const episodes = Array.from({ length: rows }, (_, r): Episode => {
    const [first, ...rest] = ids.subarray(r * length, (r + 1) * length);
    return { prompt: [first!], answer: rest, logProbs: new Float32Array(rest.length), ended: false };
  });
  const shapes = new EpisodeRows([1], { answerTokens: length - 1, tokens: 2048, context: config.nCtx });
  const forward = new EpisodeForward(config, "lm", tokenLogProbs(1), shapes, threads);
  try {
    const logProbs = await forward.run(weights, episodes);
    return -moments(logProbs.flatMap((row) => [...row])).mean;
  } finally {
    await forward.dispose();
  }
}
