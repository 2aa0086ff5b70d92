// What somebody asks for when data goes out: which set, in which format, which part of it, and how its texts are written. Pure.
// What checks it is in choices-schema.ts: a page that only asks does without.
import type * as z from "zod";
import type { choices, tally } from "./choices-schema.ts";

/** The sets that go out: whole rankings, or their pairs. */
export const outSets = ["comparisons", "rankings", "demonstrations", "prompts", "ratings", "skips"] as const;
export type OutSet = (typeof outSets)[number];

/** The names of formats in addresses and in the shell; not every set goes in each: see out-formats.ts. */
export const outFormatNames = [
  "text",
  "conversational",
  "trl",
  "trl-text",
  "trl-implicit",
  "kto",
  "openai",
  "hh-rlhf",
  "llama-factory",
  "axolotl",
  "axolotl-reward",
  "alpaca",
  "nectar",
  "nemo-rl",
  "arena",
  "oasst",
  "verl",
] as const;
export type OutFormatName = (typeof outFormatNames)[number];

export const fileKinds = ["jsonl", "csv", "parquet"] as const;
export type FileKind = (typeof fileKinds)[number];

/**
 * What two answers of one tier become: no line; a line each way, which a trainer learns as ½; or one line, and every line says
 * in `label` whether it is a pair (1) or a tie (0.5).
 */
export const tieChoices = ["drop", "both", "keep"] as const;
export type TieChoice = (typeof tieChoices)[number];

/** All rankings, one for each set of answers (the majority of its rankings), or one for each prompt (the first). */
export const whichRankings = ["all", "majority", "first"] as const;
export type WhichRankings = (typeof whichRankings)[number];

export type Choices = z.output<typeof choices>;
/** What is absent is as it is by default. */
export type Asked = z.input<typeof choices>;

/** The choices as an address has them; what is absent or no is left out. */
export function inAddress({ dataset: _, ...asked }: Asked): string {
  const fields = Object.entries(asked).filter(([, value]) => value !== undefined && value !== false && value !== "");
  return new URLSearchParams(fields.map(([name, value]) => [name, String(value)])).toString();
}

/** "ada, grace" → ["ada", "grace"]; undefined where nobody is named. */
export function namesIn(list: string | undefined): string[] | undefined {
  const names = (list ?? "").split(",").flatMap((name) => name.trim() || []);
  return names.length > 0 ? names : undefined;
}

export type Tally = z.infer<typeof tally>;
