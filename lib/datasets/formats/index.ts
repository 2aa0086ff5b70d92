// All formats, how one is recognised, and how its rows are read and checked.

import { limits } from "../../vocabulary/limits.ts";
import { refusalOf } from "../../vocabulary/refusal.ts";
import { promptContent, text } from "../../vocabulary/shapes.ts";
import { alpaca } from "./alpaca.ts";
import { arena } from "./arena.ts";
import { argilla } from "./argilla.ts";
import { axolotl } from "./axolotl.ts";
import { axolotlReward } from "./axolotl-reward.ts";
import {
  answersOf,
  type Format,
  type FormatName,
  formatTitles,
  type Item,
  isObject,
  questionOf,
  RowRefused,
} from "./format.ts";
import { hhRlhf } from "./hh-rlhf.ts";
import { lines } from "./lines.ts";
import { llamaFactory } from "./llama-factory.ts";
import { mtBench } from "./mt-bench.ts";
import { nectar } from "./nectar.ts";
import { nemoRl } from "./nemo-rl.ts";
import { oasst } from "./oasst.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiPreference } from "./openai-preference.ts";
import { rankloop } from "./rankloop.ts";
import { rankloopPairs } from "./rankloop-pairs.ts";
import { rankloopRankings } from "./rankloop-rankings.ts";
import { rankloopRatings } from "./rankloop-ratings.ts";
import { rankloopSkips } from "./rankloop-skips.ts";
import { selfInstruct } from "./self-instruct.ts";
import { trlCompletion } from "./trl-completion.ts";
import { trlImplicit } from "./trl-implicit.ts";
import { trlPreference } from "./trl-preference.ts";
import { trlText } from "./trl-text.ts";
import { trlUnpaired } from "./trl-unpaired.ts";
import { ultraFeedback } from "./ultrafeedback.ts";
import { verl } from "./verl.ts";

export {
  type Format,
  type FormatName,
  formatNames,
  formatTitles,
  type Item,
  type ItemKind,
  knownFormat,
  type Outgoing,
  RowRefused,
} from "./format.ts";

/** Every format, the more particular ones first: a row is of the first that recognises it. */
export const formats: readonly Format[] = [
  rankloopRankings,
  rankloopPairs,
  rankloopRatings,
  rankloopSkips,
  verl,
  rankloop,
  oasst,
  argilla,
  arena,
  ultraFeedback,
  openaiPreference,
  axolotl,
  axolotlReward,
  llamaFactory,
  nectar,
  nemoRl,
  hhRlhf,
  trlImplicit,
  trlUnpaired,
  trlPreference,
  trlCompletion,
  openaiChat,
  selfInstruct,
  mtBench,
  alpaca,
  trlText,
  lines,
];

const byName = new Map(formats.map((format) => [format.name, format]));

export function formatNamed(name: FormatName): Format {
  const format = byName.get(name);
  if (!format) throw new Error(`There is no format ${name}.`);
  return format;
}

/** The format that more than half of these rows look like; null where none is. */
export function recognised(rows: readonly unknown[]): Format | null {
  const votes = rows.map((row) => formats.find((format) => format.recognises(row)));
  return formats.find((format) => votes.filter((vote) => vote === format).length * 2 > rows.length) ?? null;
}

/** What is said of rows that no format knows. */
export function unknownRows(rows: readonly unknown[]): string {
  const first = rows[0];
  const fields = isObject(first) ? Object.keys(first).slice(0, 8) : [];
  const seen =
    fields.length > 0
      ? `Its first row has the fields ${fields.map((one) => `"${one.slice(0, 40)}"`).join(", ")}`
      : "Its first row has no fields";
  return `The format of the file is not known. ${seen}; read are ${Object.values(formatTitles).join(", ")}.`;
}

/** What a row says, checked. @throws RowRefused */
export function itemsIn(format: Format, row: unknown): Item[] {
  const items = format.read(row);
  for (const item of items) {
    const problem = itemProblem(item);
    if (problem !== null) throw new RowRefused(problem);
  }
  return items;
}

const answerContent = text("The answer", limits.answerCharacters);

/** Why the texts of an item may not come in, in one sentence: the rules that people's own texts follow; null where they may. */
export function itemProblem(item: Item): string | null {
  const asked = promptContent.safeParse(questionOf(item.prompt) ?? item.prompt);
  if (!asked.success) return refusalOf(asked.error.issues[0]!, item.prompt).sentence;
  const answers = answersOf(item);
  if (item.kind === "answers" || item.kind === "ranking") {
    const { min, max } = limits.k;
    if (answers.length < min) return "One answer cannot be ranked: at least two can.";
    const texts = new Set(answers.map(({ text }) => text));
    if (texts.size < min) return "The answers are all the same text: there is nothing to rank.";
    if (answers.length > max) return `These are ${answers.length} answers: at most ${max} can be ranked together.`;
  }
  for (const { text } of answers) {
    const answered = answerContent.safeParse(text);
    if (!answered.success) return refusalOf(answered.error.issues[0]!, text).sentence;
  }
  const { rankingId, labeler } = item.kind === "ranking" ? item : {};
  const long = [item.promptId, rankingId, labeler, ...answers.flatMap(({ id, writer }) => [id, writer])].find(
    (name) => (name?.length ?? 0) > 200,
  );
  if (long !== undefined) return `"${long.slice(0, 40)}…" is too long for an id or a name: at most 200 characters.`;
  return holdsNul(item) ? "The text holds the character NUL (U+0000), which cannot be kept." : null;
}

const holdsNul = (value: unknown): boolean =>
  typeof value === "string"
    ? value.includes("\u0000")
    : typeof value === "object" && value !== null && Object.values(value).some(holdsNul);
