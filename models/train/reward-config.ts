// The settings of reward-model training with their defaults. Apart from reward.ts, so that a screen can show them without
// the runtime.
import * as z from "zod";
import { learningFields, path, patience, rate, runFields } from "./config.ts";

const settings = {
  /** Peak of the cosine, which falls to a tenth. The paper's 9e-6 is for 6 billion parameters; small models want more. */
  learningRate: rate.default(1e-4),
  /** Passes over the data. More than one overfits (the paper). */
  epochs: z.int().min(1).max(100).default(1),
  /**
   * Answers of one step, about: steps hold equally many tokens, and no prompt is torn apart. The paper's 64 prompts are 256 to 576 answers, but
   * data sets here have hundreds of prompts and not 33,000: they need their steps.
   */
  rows: z.int().min(2).default(18),
  /** What becomes of answers ranked equal, see Ties. The paper drops them. */
  ties: z.enum(["drop", "soft", "davidson"]).default("drop"),
  /**
   * The head also reads how likely the answer is to the model itself (rewardFeatures), and is fitted before the body learns.
   * InstructGPT's does not. For small models and few comparisons: what a model has learned about good answers is in what it
   * would say, and hardly in its state at the last token. Such a model wants the paper's own learning rate, or it forgets
   * that. A reward model that is gone on with keeps its head.
   */
  likelihood: z.boolean().default(false),
  /**
   * The run keeps what was best on the held-out pairs, measured some ten times; after so many measurements without a smaller
   * loss it ends. 0: it goes on to the end. The paper trains one epoch, and no more.
   */
  patience,
  ...learningFields,
};

export const rewardConfig = z.object({
  ...runFields,
  ...settings,
  /** JSONL of comparisons, see readComparisons. */
  data: path,
  /** Directory of the model to start from: a language model, or a reward model to go on with. */
  model: path,
  /** JSONL of demonstrations: the finished model scores them 0 on average (the paper). Without it, the training answers. */
  demonstrations: path.optional(),
});
export type RewardTrainConfig = z.input<typeof rewardConfig>;

export const rewardSettings = z.object(settings);
export const rewardDefaults = rewardSettings.parse({});
export type RewardSettings = typeof rewardDefaults;
