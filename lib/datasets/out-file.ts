// An export as a file: its name, its type, its bytes.
import type { OutSet } from "./choices.ts";
import { type Plan, rowOf } from "./export.ts";
import { fileBytes } from "./files/write-rows.ts";
import { type Answer, type Item, type Outgoing, plainOf } from "./formats/format.ts";
import { formatsOf } from "./out-formats.ts";

const types = {
  jsonl: "application/jsonl; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
} as const;

export const fileType = ({ choices: { file, gzip } }: Plan): string => (gzip ? "application/gzip" : types[file]);

/** comparisons-train.jsonl, comparisons-all-conversational.jsonl, rankings-all-nectar.parquet, prompts-all.csv.gz */
export function fileName({ choices: { dataset, split, file, gzip }, name }: Plan): string {
  const format = name === formatsOf(dataset)[0] ? "" : `-${name}`;
  return `${dataset}-${split}${format}.${file}${gzip ? ".gz" : ""}`;
}

export const outFile = (
  { choices, format }: Plan,
  rows: AsyncIterable<object[]>,
): AsyncGenerator<Uint8Array, void, undefined> => fileBytes(rows, choices, sampleRow({ choices, format }));

/** A row with something in each of its fields and lists: it says what columns there are, and of what kind. */
export function sampleRow({ choices: { dataset, ties }, format }: Pick<Plan, "choices" | "format">): object {
  const item = samples[dataset];
  const row = rowOf(format.facts ? item : plainOf(item), format, ties === "keep" ? 1 : undefined);
  if (row === null) throw new Error(`${format.title} says nothing of ${dataset}.`);
  return row;
}

const text = "a";
const sampling = { temperature: 1, topP: 1, maxTokens: 1, seed: 1 };
const answers: Answer[] = [
  { id: text, text, writer: text, sampling },
  { id: text, text: "b", writer: text, sampling },
];
const rating = { likert: 7, flags: ["satisfies-constraint" as const], note: text, spentMs: 1 };
const asked = {
  prompt: [{ role: "user" as const, content: text }],
  promptId: text,
  useCase: text,
  split: "train" as const,
};
const ranking = {
  kind: "ranking",
  ...asked,
  ...{
    answers,
    tiers: [[0], [1]],
    promptKind: "plain",
    comparisonId: text,
    rankingId: text,
    version: 1,
    labeler: text,
  },
  ...{ rankedAt: 1, spentMs: 1, guidelinesVersion: 1, ratings: [{ answer: 0, ...rating }], promptFlags: ["ambiguous"] },
  guards: [{ kind: "untouched-order", said: text, heeded: true }],
} satisfies Item;
const ranked = { rankingId: text, labeler: text, rankedAt: 1 };
const skip = { reason: "unclear" as const, labeler: text, skippedAt: 1 };

const samples: Record<OutSet, Outgoing> = {
  rankings: ranking,
  comparisons: { ...ranking, among: { k: 2, ranks: [1, 2] } },
  demonstrations: { kind: "demonstration", ...asked, answer: answers[0]!, writtenAt: 1 },
  prompts: { kind: "prompt", ...asked },
  ratings: { kind: "rated", ...asked, answer: answers[0]!, rating, ...ranked },
  skips: { kind: "skip", ...asked, comparisonId: text, ...skip },
};
