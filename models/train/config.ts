// Settings of trainers: checked before anything is read or allocated. Each trainer's own stand in a file beside it.
import * as z from "zod";
import { refusalOf } from "../../lib/vocabulary/refusal.ts";

/** A setting out of its range; the message is one sentence that names it. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** The settings with their defaults filled in. @throws ConfigError naming the first that is wrong. */
export function checked<T extends z.ZodType>(schema: T, config: unknown): z.output<T> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const { sentence } = refusalOf(result.error.issues[0]!, config);
  throw new ConfigError(sentence.startsWith('"') ? `The setting ${sentence}` : sentence);
}

export const path = z.string().min(1);
export const rate = z.number().positive().max(1);
export const share = z.number().min(0).max(0.9);

/** The settings that all trainers on a labeled file share. */
export const learningFields = {
  /** Order of the data, and whatever else is random. */
  seed: z.int().min(0).max(0xffffffff).default(1),
  /** Share of the prompts to hold out, where the data names no split. */
  validFraction: share.default(0.1),
  /**
   * What becomes of answers that do not fit the context behind their prompts: left out (the papers drop what is too long),
   * cut, without an end token then, or the whole file refused.
   */
  overlong: z.enum(["drop", "cut", "refuse"]).default("drop"),
  weightDecay: z.number().min(0).max(1).default(0),
  /**
   * Most tokens, padding included, of one pass: it bounds the memory. A step with more takes several passes, whose
   * gradients add up, so that only the last digits of the numbers depend on it.
   */
  tokens: z.int().min(1).default(2048),
};

/** Of trainers that keep the best of their measurements on held-out data. */
export const patience = z.int().min(0).max(100).default(0);

/** The paths that every trainer on a labeled file gets. */
export const runFields = {
  /** Directory for the finished model. */
  out: path,
  /** Directory for the run's checkpoint; a run that finds one of its own there goes on from it. */
  checkpoints: path,
  ...learningFields,
  /** All cores where absent. */
  threads: z.int().min(1).optional(),
};
