// The JSONL contract between labeling and training: what an export writes and a trainer reads, one record a line.
// Field names and meanings are those TRL opens unchanged (FACTS: `{prompt, chosen, rejected}`, `{prompt, completion}`).
import * as z from "zod";
import { message } from "../vocabulary/conversation.ts";
import { splits } from "../vocabulary/labeling.ts";

/** A text, or TRL's conversational form of it: turns, of which a prompt has any number and an answer one. */
const promptField = z.union([z.string(), z.array(message).min(1)]);
const answerField = z.union([z.string(), z.array(message).length(1)]);

/** One ordered pair of a ranking. The ids let a trainer put the C(K,2) pairs of one prompt back together. */
export const comparisonRecord = z.object({
  prompt: promptField,
  chosen: answerField,
  rejected: answerField,
  prompt_id: z.string().optional(),
  ranking_id: z.string().optional(),
  /** From 1. A ranking that was reopened (its labeler had seen by then which model wrote what) has a later one. */
  ranking_version: z.int().min(1).optional(),
  chosen_id: z.string().optional(),
  rejected_id: z.string().optional(),
  /** K, the number of candidates that were ranked together. */
  k: z.int().min(2).optional(),
  /** Tiers, 1 = best. Two candidates of one tier are a tie. */
  chosen_rank: z.int().min(1).optional(),
  rejected_rank: z.int().min(1).optional(),
  labeler: z.string().optional(),
  split: z.enum(splits).optional(),
  /** When the ranking was submitted, Unix ms. */
  ranked_at: z.int().optional(),
});
export type ComparisonRecord = z.infer<typeof comparisonRecord>;

/** One prompt with the ideal answer a person wrote. */
export const demonstrationRecord = z.object({
  prompt: promptField,
  completion: answerField,
  prompt_id: z.string().optional(),
  demonstration_id: z.string().optional(),
  labeler: z.string().optional(),
  use_case: z.string().optional(),
  split: z.enum(splits).optional(),
  /** When the demonstration was written, Unix ms. */
  written_at: z.int().optional(),
});
export type DemonstrationRecord = z.infer<typeof demonstrationRecord>;

/** A prompt alone: what a policy practises on. */
export const promptRecord = z.object({
  prompt: promptField,
  prompt_id: z.string().optional(),
  use_case: z.string().optional(),
  split: z.enum(splits).optional(),
});
export type PromptRecord = z.infer<typeof promptRecord>;

/** The text of an answer in either form. */
export const answerText = (answer: z.infer<typeof answerField>): string =>
  typeof answer === "string" ? answer : (answer[0]?.content ?? "");
