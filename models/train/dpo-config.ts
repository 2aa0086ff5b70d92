// The settings of DPO with their defaults. Apart from dpo.ts, so that a screen can show them without the runtime.
import * as z from "zod";
import { learningFields, path, rate, runFields } from "./config.ts";

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
