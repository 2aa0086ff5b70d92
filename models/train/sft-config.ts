// The settings of supervised fine-tuning with their defaults. Apart from sft.ts, so that a screen can show them without the
// runtime.
import * as z from "zod";
import { learningFields, path, rate, runFields, share } from "./config.ts";

const settings = {
  /**
   * Peak of the cosine, which falls to a tenth, without warm-up. The paper's 9.65e-6 is for 1.3 billion parameters, and a
   * twentieth of that size's peak in pre-training (2e-4): this is about a twentieth of ours (base-sizes.ts).
   */
  learningRate: rate.default(1e-4),
  /** The paper: 16, though the loss on held-out demonstrations rises after the first; see rewardModel. */
  epochs: z.int().min(1).max(100).default(16),
  /** Demonstrations of one step. The paper: 32. */
  batch: z.int().min(1).max(1024).default(32),
  /** Residual dropout; none while measuring. The paper: 0.2. */
  dropout: share.default(0.2),
  /**
   * λ of GPT-1's auxiliary language-model loss. Theirs is on the task's own texts, so ours is on the prompts, of which the
   * answer's loss sees nothing. GPT-1: 0.5; InstructGPT names none.
   */
  lmWeight: z.number().min(0).max(10).default(0),
  /** Longest answer sampled for the reward model, tokens. */
  answerTokens: z.int().min(1).default(128),
  ...learningFields,
};

export const sftConfig = z.object({
  ...runFields,
  ...settings,
  /** JSONL of demonstrations, see readDemonstrations. */
  data: path,
  /** Directory of the language model to start from. */
  model: path,
  /**
   * Directory of a reward model: after each epoch it scores the model's own answers to held-out prompts, and the epoch
   * with the highest mean is kept (the paper). Without it the last epoch is.
   */
  rewardModel: path.optional(),
});
export type SftTrainConfig = z.input<typeof sftConfig>;

export const sftSettings = z.object(settings);
export type SftSettings = z.output<typeof sftSettings>;
