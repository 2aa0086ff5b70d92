// What a trained policy is worth and what it cost, against the model it began as: reward, distance, loss on plain text.
import { documentLoss } from "./document-loss.ts";
import { besideReference, policyPair, roomyPrompts } from "./ppo-evaluation.ts";
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
 * The figures of `besideReference`; on the texts also `eval/loss` and `reference/loss`, nats a token.
 * @throws DataError, JsonlError, ModelDirectoryError; the signal's reason when it aborts
 */
export async function evaluatePolicy(config: PolicyEvaluationConfig): Promise<Record<string, number>> {
  const { policy, reference, reward, texts, threads, signal } = config;
  const prompts = await readPrompts(config.prompts);
  const documents = texts === undefined ? undefined : await readTexts(texts);
  const scorer = reward === undefined ? undefined : await RewardScorer.load(reward, { threads });
  try {
    const pair = await policyPair(config);
    const figures = await besideReference(pair, roomyPrompts(pair, { ...config, prompts }), scorer, config);
    if (!documents) return figures;
    const lossOf = (dir: string) => documentLoss(dir, documents, { threads, signal });
    return { ...figures, "eval/loss": await lossOf(policy), "reference/loss": await lossOf(reference) };
  } finally {
    await scorer?.dispose();
  }
}
