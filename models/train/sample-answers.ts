// One answer of a language model to each of many prompts, decoded together: what models are compared by.
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import { languageModel } from "../gpt/checkpoint.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { DataError } from "./data.ts";
import { encoded } from "./ppo-prompts.ts";
import { episodeText, rollout } from "./rollout.ts";

export interface SampledAnswer {
  text: string;
  /** Tokens, the end token not counted. */
  tokens: number;
  /** The model ended it; else it was cut at the longest length. */
  ended: boolean;
}

export interface SampleAnswersConfig {
  /** Directory of a language model. */
  model: string;
  prompts: readonly PromptContent[];
  /**
   * Each prompt is the beginning of a document, without the model's chat template: how GPT-3 was asked. Documents begin
   * with the end token, as in pre-training.
   */
  bare?: boolean;
  /** Longest answer, tokens, the end token included. */
  answerTokens: number;
  temperature?: number;
  /** Answer i depends on the model, prompt i, the seed and i. */
  seed?: number;
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Answers in the order of the prompts.
 * @throws ModelDirectoryError; DataError when a prompt leaves no room for an answer in the model's context; the
 *   signal's reason when it aborts.
 */
export async function sampleAnswers(config: SampleAnswersConfig): Promise<SampledAnswer[]> {
  const { bare = false, answerTokens, temperature = 1, seed = 1, threads, signal } = config;
  const model = await languageModel(config.model);
  const tokenizer = await loadTokenizer(config.model);
  const prompts = bare
    ? config.prompts.map((prompt) => [tokenizer.eosId, ...tokenizer.encode(`${promptText(messagesOf(prompt))}\n`)])
    : encoded(config.prompts, tokenizer).map(({ ids }) => ids);
  const longest = Math.max(0, ...prompts.map(({ length }) => length));
  if (longest + answerTokens > model.config.nCtx) {
    throw new DataError(`A prompt of ${longest} tokens leaves no room for an answer of ${answerTokens}.`);
  }
  const seeds = prompts.map((_, i) => seed * 2 ** 32 + i);
  const episodes = await rollout({ ...model, tokenizer, answerTokens, temperature, threads }, prompts, seeds, signal);
  return episodes.map((episode) => ({
    text: episodeText(tokenizer, episode),
    tokens: episode.answer.length - Number(episode.ended),
    ended: episode.ended,
  }));
}
