// What a trained policy is worth and what it cost, against the model it began as: reward, distance, loss on plain text.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import { documentLoss } from "./document-loss.ts";
import { sequenceKl } from "./ppo-evaluation.ts";
import { readTexts } from "./ppo-pretraining.ts";
import { readPrompts } from "./ppo-prompts.ts";
import { RewardScorer } from "./score.ts";

export interface PolicyEvaluationConfig {
  /** Directories of two language models with one tokenizer. */
  policy: string;
  reference: string;
  /** JSONL of {"prompt"}: best ones that neither was trained on. */
  prompts: string;
  /** Directory of a reward model. */
  reward?: string | undefined;
  /** JSONL of {"text"}. */
  texts?: string | undefined;
  /** Longest answer. */
  answerTokens: number;
  temperature: number;
  seed: number;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Figures of the policy, and of the reference under `reference/`:
 * - `eval/kl` nats of an answer, mean over the prompts, and its standard error `eval/kl_error`;
 * - `eval/no_end_fraction` share of the answers that were cut;
 * - `eval/reward` mean score of the answers, where there is a reward model; `eval/wins` share of the prompts at which the
 *   policy's answer scores higher than the reference's, equal scores counting half;
 * - `eval/loss` on the texts, nats a token, where there are any.
 * @throws DataError, JsonlError, ModelDirectoryError; the signal's reason when it aborts
 */
export async function evaluatePolicy(config: PolicyEvaluationConfig): Promise<Record<string, number>> {
  const { policy, reference, reward, texts, answerTokens, temperature, seed, threads, signal } = config;
  const prompts = await readPrompts(config.prompts);
  const documents = texts === undefined ? undefined : await readTexts(texts);
  const scorer = reward === undefined ? undefined : await RewardScorer.load(reward, { threads });
  try {
    const sampled = { reference, prompts, answerTokens, temperature, seed, threads, signal };
    const own = await sequenceKl({ ...sampled, policy });
    const others = await sequenceKl({ ...sampled, policy: reference });
    const cut = ({ answers }: Sampled) => answers.filter(({ ended }) => !ended).length / answers.length;
    const figures: Record<string, number> = {
      "eval/prompts": own.answers.length,
      "eval/kl": own.kl,
      "eval/kl_error": own.standardError,
      "eval/no_end_fraction": cut(own),
      "reference/no_end_fraction": cut(others),
    };
    if (scorer) {
      const scores = await scorer.score(own.answers, signal);
      const before = await scorer.score(others.answers, signal);
      figures["eval/reward"] = mean(scores);
      figures["reference/reward"] = mean(before);
      figures["eval/wins"] = mean(scores.map((score, i) => (1 + Math.sign(score - before[i]!)) / 2));
    }
    if (documents) {
      figures["eval/loss"] = await documentLoss(policy, documents, { threads, signal });
      figures["reference/loss"] = await documentLoss(reference, documents, { threads, signal });
    }
    return figures;
  } finally {
    await scorer?.dispose();
  }
}

interface Sampled {
  answers: { prompt: PromptContent; answer: string; ended: boolean }[];
}

const mean = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0) / numbers.length;
