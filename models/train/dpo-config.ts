// The settings of DPO with their defaults. Apart from dpo.ts, so that a screen can show them without the runtime.
import * as z from "zod";
import { learningFields, path, patience, rate, runFields } from "./config.ts";

const settings = {
  /** How much the policy may move: large β holds it to the reference. The paper: 0.1. */
  beta: z.number().positive().max(100).default(0.1),
  /** Peak of the cosine, which falls to a tenth. The paper's 1e-6 is for billions of parameters; small models want more. */
  learningRate: rate.default(5e-5),
  /** Share of the steps that warm up. The paper: 150 steps, more than a whole run on data sets of this size. */
  warmup: z.number().min(0).max(1).default(0.1),
  epochs: z.int().min(1).max(100).default(1),
  /** Answers of one step, as the reward model's. The paper: 64 pairs; two prompts of 9 answers have 72. */
  rows: z.int().min(2).default(18),
  /** What becomes of answers ranked equal: left out, or both orders right to one half. */
  ties: z.enum(["drop", "soft"]).default("drop"),
  /** Share of the pairs taken to be the wrong way round (conservative DPO, Mitchell 2023). The paper: none. */
  labelSmoothing: z.number().min(0).max(0.4).default(0),
  /**
   * Weight of −log π(y|x) a token of the preferred answers, beside the pairs' loss: against preferred answers that become
   * less likely, as both may (Pang et al. 2024 took 1). The paper: none.
   */
  sftWeight: z.number().min(0).max(10).default(0),
  /**
   * The run keeps what was best on the held-out pairs, measured some ten times; after so many measurements without a smaller
   * loss it ends. 0: it goes on to the end. The paper trains to the end.
   */
  patience,
  ...learningFields,
};

export const dpoConfig = z.object({
  ...runFields,
  ...settings,
  /** JSONL of comparisons, see readComparisons. */
  data: path,
  /** Directory of the language model to start from, which is also the reference: best one fine-tuned on demonstrations. */
  model: path,
});
export type DpoTrainConfig = z.input<typeof dpoConfig>;

export const dpoSettings = z.object(settings);
export type DpoSettings = z.output<typeof dpoSettings>;
