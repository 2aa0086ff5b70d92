// A format: what a row of somebody's file means. Its rows come as JSON values, or as texts where a file has lines of text.
// Pure: reading checks the form of a row alone; whether its texts may come in is asked of `itemProblem`.
import type * as z from "zod";
import type { Message } from "../../vocabulary/conversation.ts";
import type { AnswerFlag, GuardKind, PromptFlag, PromptKind, SkipReason, Split } from "../../vocabulary/labeling.ts";
import { refusalOf } from "../../vocabulary/refusal.ts";

/**
 * What people call each format, by the name that data sources are stored with: none is ever taken out or given to another
 * format.
 */
export const formatTitles = {
  rankloop: "Rankloop",
  "rankloop-rankings": "Rankloop rankings",
  "rankloop-pairs": "Rankloop pairs",
  "rankloop-ratings": "Rankloop ratings",
  "rankloop-skips": "Rankloop skips",
  oasst: "Open Assistant",
  "hh-rlhf": "HH-RLHF",
  "trl-preference": "TRL preference",
  "trl-implicit": "TRL preference, implicit prompt",
  "trl-unpaired": "TRL unpaired preference",
  "trl-completion": "TRL prompt-completion",
  "trl-text": "TRL language modelling",
  "openai-chat": "OpenAI chat",
  "openai-preference": "OpenAI preference",
  "llama-factory": "LLaMA-Factory",
  axolotl: "axolotl",
  "axolotl-reward": "axolotl, reward model",
  nectar: "Nectar",
  "nemo-rl": "NeMo RL",
  ultrafeedback: "UltraFeedback",
  arena: "Chatbot Arena",
  verl: "verl",
  argilla: "Argilla",
  "mt-bench": "MT-bench",
  "self-instruct": "Self-Instruct",
  alpaca: "Alpaca",
  lines: "Lines of text",
} as const;
export type FormatName = keyof typeof formatTitles;
export const formatNames = Object.keys(formatTitles) as [FormatName, ...FormatName[]];

/** The format by the name it was stored with; null for one that only another version knows. */
export const knownFormat = (name: string): FormatName | null => formatNames.find((known) => known === name) ?? null;

interface Asked {
  prompt: readonly Message[];
  /** The prompt's id in the file. */
  promptId?: string;
  promptKind?: PromptKind;
  useCase?: string;
  split?: Split;
  /** Who asked it, as the file says; only read. */
  user?: string;
}

/** How a model drew an answer. */
export interface Sampling {
  temperature: number;
  topP: number;
  maxTokens: number;
  seed: number;
}

export interface Answer {
  text: string;
  /** Its id in the file. */
  id?: string;
  /** Who or what wrote it, as the file says. */
  writer?: string;
  sampling?: Sampling;
}

/** What a labeler says of one answer alone. */
export interface AnswerRating {
  /** @property likert 1 to 7 */
  likert: number;
  flags: readonly AnswerFlag[];
  note: string;
  spentMs: number;
}

/** What may be said of a ranking beside its order. */
export interface RankingFacts {
  /** Its id in the file, and that of the answers that were ranked together. */
  rankingId?: string;
  comparisonId?: string;
  /** From 1: later ones of a ranking that was reopened. */
  version?: number;
  /** Whose ranking it is, as the file says. */
  labeler?: string;
  /** @property rankedAt Unix ms */
  rankedAt?: number;
  spentMs?: number;
  guidelinesVersion?: number;
  /** @property answer its place in `answers` */
  ratings?: readonly ({ answer: number } & AnswerRating)[];
  promptFlags?: readonly PromptFlag[];
  guards?: readonly { kind: GuardKind; said: string; heeded: boolean }[];
  /** The ranking that a pair was taken from: how many answers it has, and the tiers of these two, from 1. */
  among?: { k: number; ranks: readonly [number, number] };
}

/** An Item is one thing that a row says: a prompt, a demonstration, answers that are to be ranked, or a ranking. */
export type Item = Asked &
  (
    | { kind: "prompt" }
    /** @property writtenAt Unix ms */
    | { kind: "demonstration"; answer: Answer; writtenAt?: number }
    | { kind: "answers"; answers: readonly Answer[] }
    /** @property tiers places in `answers`, best tier first */
    | ({ kind: "ranking"; answers: readonly Answer[]; tiers: readonly (readonly number[])[] } & RankingFacts)
  );
export type ItemKind = Item["kind"];

/** An Outgoing is what goes out: an item, and what goes out and never comes in. */
export type Outgoing = Item | RatedAnswer | Skip;

/** An answer with what one labeler says of it alone. */
export type RatedAnswer = Asked & { kind: "rated"; answer: Answer; rating: AnswerRating } & Pick<
    RankingFacts,
    "rankingId" | "labeler" | "rankedAt"
  >;

/** A prompt whose answers somebody would not rank. @property skippedAt Unix ms */
export type Skip = Asked & {
  kind: "skip";
  comparisonId: string;
  reason: SkipReason;
  labeler: string;
  skippedAt: number;
};

export interface Format {
  name: FormatName;
  /** How its rows look, in words that end "rows with …". */
  looks: string;
  /** Does a row look like one of this format? It may still have faults. */
  recognises(row: unknown): boolean;
  /** @throws RowRefused */
  read(row: unknown): Item[];
  /** The row that says this; null where the format cannot carry it, whole and as it is. Absent: the format is only read. */
  write?(item: Outgoing): object | string | null;
}

/** A RowRefused says in one sentence why a row cannot be read. */
export class RowRefused extends Error {
  override name = "RowRefused";
}

/** The row as this schema has it, what is null in it taken as absent. @throws RowRefused */
export function rowAs<T extends z.ZodType>(row: unknown, schema: T): z.output<T> {
  const given = withoutNulls(row);
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  throw new RowRefused(refusalOf(checked.error.issues[0]!, given).sentence);
}

/** pandas and datasets write null where there is nothing. */
export function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** has({ prompt: "Hi", label: null }, "prompt") → true; a field that is null is absent */
export const has = (row: unknown, ...fields: readonly string[]): boolean =>
  isObject(row) && fields.every((field) => row[field] !== undefined && row[field] !== null);

/** An object without the fields that are undefined. */
export const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** The one question of a prompt without other turns; null where it has more. */
export const questionOf = ([only, ...others]: readonly Message[]): string | null =>
  only?.role === "user" && others.length === 0 ? only.content : null;

/** The answers that somebody speaks of. */
export function answersOf(item: Outgoing): readonly Answer[] {
  if ("answers" in item) return item.answers;
  return "answer" in item ? [item.answer] : [];
}

const said = new Set(["kind", "prompt", "answer", "answers", "tiers", "rating"]);

/** Does an item say nothing but turns, answers and their order? Most formats have no place for ids, people and times. */
export const isPlain = (item: Outgoing): boolean =>
  Object.keys(item).every((field) => said.has(field)) && answersOf(item).every((one) => Object.keys(one).length === 1);

/** An item without all else. */
export function plainOf(item: Outgoing): Outgoing {
  const { kind, prompt } = item;
  const bare = ({ text }: Answer): Answer => ({ text });
  switch (kind) {
    case "demonstration":
      return { kind, prompt, answer: bare(item.answer) };
    case "answers":
      return { kind, prompt, answers: item.answers.map(bare) };
    case "ranking":
      return { kind, prompt, answers: item.answers.map(bare), tiers: item.tiers };
    case "rated":
      return { kind, prompt, answer: bare(item.answer), rating: item.rating };
    case "prompt":
      return { kind, prompt };
    case "skip":
      return item;
  }
}
