// What somebody asks for when data goes out: which set, in which format, which part of it, and how its texts are written. Pure.
import * as z from "zod";
import { answerFlagNames, guardKinds, promptFlagNames, splits, useCases } from "../vocabulary/labeling.ts";

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

const flag = z.enum([...answerFlagNames, ...promptFlagNames]);
/** Yes or no, as it stands in an address or in JSON. */
const yes = z.union([z.boolean(), z.stringbool()]);
const moment = z.coerce.number().int();

export const choices = z.object({
  dataset: z.enum(outSets),
  /** Absent: the set's first. */
  format: z.enum(outFormatNames).optional(),
  file: z.enum(fileKinds).default("jsonl"),
  gzip: yes.default(false),
  split: z.enum(["all", ...splits]).default("all"),
  useCase: z.enum(useCases).optional(),
  /** User names, with commas between them. */
  labelers: z.string().max(2_000).optional(),
  /** Made at this moment or later, and before the second; Unix ms. */
  from: moment.optional(),
  until: moment.optional(),
  /** The name of a model that wrote one of the answers. */
  model: z.string().max(200).optional(),
  flag: flag.optional(),
  withoutFlag: flag.optional(),
  withoutGuard: z.enum(guardKinds).optional(),
  rankings: z.enum(whichRankings).default("all"),
  ties: z.enum(tieChoices).default("drop"),
  /** White space around answers is left out; absent: in formats with turns. */
  trim: yes.optional(),
  /** Tokens that people typed are broken up by a space. */
  mask: yes.default(false),
  /** Labelers are called by a name that says nothing of them, and is always the same. */
  pseudonyms: yes.default(false),
});
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

/** A Tally counts what an export read, wrote, changed and left out. */
export const tally = z.object({
  /** Rankings, demonstrations, prompts, ratings or skips that match. */
  read: z.int(),
  /** Rankings of the same answers, or of the same prompt, of which one is left. */
  merged: z.int(),
  /** Pairs of the rankings that go out: strict + tied = Σ C(K,2). */
  strict: z.int(),
  tied: z.int(),
  /** Lines that tied pairs became. */
  tiedLines: z.int(),
  /** Lines of pairs that say the same twice, which are left out. */
  equal: z.int(),
  /** Lines that the format cannot say, which are left out. */
  refused: z.int(),
  lines: z.int(),
  /** Lines with an answer that had white space around it. */
  trimmed: z.int(),
  /** Lines with a conversation that became one text. */
  flattened: z.int(),
  /** Lines with tokens that people typed, and which. */
  typed: z.int(),
  tokens: z.array(z.string()),
});
export type Tally = z.infer<typeof tally>;
