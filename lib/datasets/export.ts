// Exports: what goes out as rows of a format, a page at a time, so that an export is never whole in memory; and the counts of
// what was written, changed and left out, which add up. Every set and every format goes this one way.
import type { InProject } from "../../db/change.ts";
import type { RankingRange, Watermark } from "../../db/queries/exports.ts";
import { allowed, type Context } from "../context.ts";
import { jsonlLine } from "../preference/jsonl.ts";
import { countPairs, orderedPairs } from "../preference/pairs.ts";
import { type Message, promptText } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Split } from "../vocabulary/labeling.ts";
import { type Asked, type Choices, namesIn, type OutFormatName, type Tally, type TieChoice } from "./choices.ts";
import { choices } from "./choices-schema.ts";
import { plainOf } from "./formats/format.ts";
import { formatNamed, type Outgoing } from "./formats/index.ts";
import { formatsOf, type OutFormat, outFormats } from "./out-formats.ts";
import { outgoing } from "./outgoing.ts";
import { Texts } from "./texts.ts";

export const noTally = (): Tally => ({
  ...{ read: 0, merged: 0, strict: 0, tied: 0, tiedLines: 0, equal: 0, refused: 0, lines: 0 },
  ...{ trimmed: 0, flattened: 0, typed: 0, tokens: [] },
});

/** A Plan is what somebody asked for, made sense of. */
export interface Plan {
  choices: Choices;
  name: OutFormatName;
  format: OutFormat;
  range: RankingRange;
  trim: boolean;
}

/** @throws DomainError NOT_FOUND for a format that the set does not go out in, BAD_REQUEST for choices that it does not have */
export function planOf(asked: Asked): Plan {
  const given = choices.parse(asked);
  const { dataset, split, useCase, labelers, from, until, model, flag, withoutFlag, withoutGuard } = given;
  const names = formatsOf(dataset);
  const name = given.format ?? names[0]!;
  const format = outFormats[dataset][name];
  if (!format) {
    throw new DomainError("NOT_FOUND", `There is no such export: ${dataset} go out as ${names.join(", ")}.`);
  }
  const problem = notOf(given, format);
  if (problem !== null) throw new DomainError("BAD_REQUEST", problem);
  const range = {
    split: split === "all" ? undefined : split,
    labelers: namesIn(labelers),
    ...{ useCase, from, until, model, flag, withoutFlag, withoutGuard },
  };
  return { choices: given, name, format, range, trim: given.trim ?? !format.texts };
}

/** Why these choices do not go together; null where they do. */
function notOf({ dataset, ties, rankings, file, ...given }: Choices, format: OutFormat): string | null {
  if (file === "parquet" && format.trees)
    return `${format.title} has trees, and Parquet has columns: choose JSON lines.`;
  const ofRankings = dataset === "comparisons" || dataset === "rankings" || dataset === "ratings";
  const { model, flag, withoutFlag, withoutGuard } = given;
  if (!ofRankings && [model, flag, withoutFlag, withoutGuard].some((one) => one !== undefined)) {
    return `Models, flags and warnings belong to rankings: ${dataset} have none.`;
  }
  if (rankings !== "all" && dataset !== "comparisons" && dataset !== "rankings") {
    return "Which rankings go out is chosen for comparisons and rankings alone.";
  }
  if (ties !== "drop" && dataset !== "comparisons") return "What ties become is chosen for pairs alone.";
  return ties === "keep" && format.closed ? `${format.title} has no place for the label of a tie.` : null;
}

/**
 * The rows that go out, page by page.
 * @param tally counts along
 * @param raw nothing is left out or changed but for what the format cannot say: for runs, which repeat on the same bytes
 */
export async function* exportRows(
  of: InProject,
  { choices: { dataset, ties, rankings, mask, pseudonyms }, format, range, trim }: Plan,
  tally: Tally,
  { raw = false }: { raw?: boolean } = {},
): AsyncGenerator<object[], void, undefined> {
  const texts = new Texts({ trim, mask });
  const tokens = new Set<string>();
  for await (const page of outgoing(of, { dataset, range, rankings, pseudonyms })) {
    const rows: object[] = [];
    tally.read += page.read;
    if (dataset === "comparisons" || dataset === "rankings") tally.merged += page.read - page.items.length;
    texts.begin();
    for (const whole of page.items) {
      const item = texts.written(format.facts ? whole : dataset === "rankings" ? bestFirst(whole) : plainOf(whole));
      for (const { said, label } of dataset === "comparisons" ? pairsIn(item, ties, format, tally) : [{ said: item }]) {
        if (label !== undefined && !raw && saysTwice(said)) {
          tally.equal++;
          continue;
        }
        const row = rowOf(said, format, ties === "keep" ? label : undefined);
        if (row === null) {
          tally.refused++;
          continue;
        }
        rows.push(row);
        tally.lines++;
        if (texts.isTrimmed(said)) tally.trimmed++;
        if (format.texts && (said.prompt.length > 1 || said.prompt[0]?.role !== "user")) tally.flattened++;
        const typed = texts.typed(said);
        if (typed.length > 0) tally.typed++;
        for (const token of typed) if (tokens.size < mostTokens) tokens.add(token);
      }
    }
    tally.tokens = [...tokens];
    if (rows.length > 0) yield rows;
  }
}

/** A ranking without the order its answers were shown in: the best comes first, those of a tie by their texts. */
function bestFirst(whole: Outgoing): Outgoing {
  const item = plainOf(whole);
  if (item.kind !== "ranking") return item;
  const { answers } = item;
  const byText = (a: number, b: number) => (answers[a]!.text < answers[b]!.text ? -1 : 1);
  const order = item.tiers.map((tier) => tier.toSorted(byText));
  let place = 0;
  return {
    ...item,
    answers: order.flat().map((at) => answers[at]!),
    tiers: order.map((tier) => tier.map(() => place++)),
  };
}

/** How many different tokens are named: people may type whatever looks like one. */
const mostTokens = 20;

/** The pairs of a ranking as items of two answers. @property label 1 for a pair, 0.5 for a tie */
function* pairsIn(
  item: Outgoing,
  ties: TieChoice,
  { facts, mixed }: OutFormat,
  tally: Tally,
): Generator<{ said: Outgoing; label?: number }, void, undefined> {
  if (item.kind !== "ranking") return;
  const { answers, tiers } = item;
  const counts = countPairs(tiers);
  tally.strict += counts.strict;
  tally.tied += counts.tied;
  for (const { chosen, rejected, chosenRank, rejectedRank } of orderedPairs(tiers, ties)) {
    const isTie = chosenRank === rejectedRank;
    if (isTie) tally.tiedLines++;
    const isTurned = mixed === true && answers[rejected]!.text < answers[chosen]!.text;
    const said: Outgoing = isTurned
      ? { ...item, answers: [answers[rejected]!, answers[chosen]!], tiers: [[1], [0]] }
      : { ...item, answers: [answers[chosen]!, answers[rejected]!], tiers: inOrder };
    if (facts) said.among = { k: answers.length, ranks: [chosenRank, rejectedRank] };
    yield { said, label: isTie ? 0.5 : 1 };
  }
}

const inOrder = [[0], [1]];

const saysTwice = (item: Outgoing) => "answers" in item && item.answers[0]?.text === item.answers[1]?.text;

/** The row that says an item; null where the format cannot. @param label of a pair, where ties keep one */
export function rowOf(item: Outgoing, { codec, texts }: OutFormat, label?: number): object | null {
  const row = formatNamed(codec).write?.(item) ?? null;
  if (row === null || typeof row === "string") return null;
  const written = texts ? withTexts(row) : row;
  return label === undefined ? written : { ...written, label };
}

/** A row with one text in place of turns. */
function withTexts(row: {
  prompt?: Message[];
  chosen?: Message[];
  rejected?: Message[];
  completion?: Message[];
}): object {
  const { prompt, chosen, rejected, completion } = row;
  return {
    ...row,
    ...(prompt && { prompt: promptText(prompt) }),
    ...(chosen && { chosen: chosen[0]?.content }),
    ...(rejected && { rejected: rejected[0]?.content }),
    ...(completion && { completion: completion[0]?.content }),
  };
}

/** What trainers here read of a data set: all of it, with its ids, as it was written. */
export interface RawRange {
  format?: "text" | "conversational" | undefined;
  split?: Split | "all" | undefined;
  /** The data to export, as of then; absent: as of the first line. */
  at?: Watermark | undefined;
}

const rawLines = (dataset: "comparisons" | "demonstrations" | "prompts") =>
  async function* (
    of: InProject,
    { at, format = "text", split }: RawRange = {},
  ): AsyncGenerator<string, void, undefined> {
    const plan = planOf({ dataset, format, split, trim: false });
    const rows = exportRows(of, { ...plan, range: { ...plan.range, at } }, noTally(), { raw: true });
    for await (const page of rows) for (const row of page) yield jsonlLine(row);
  };

/**
 * One line per ordered pair of every ranking, without the line end: oldest ranking first, best pairs first. Ties make no line.
 * Permission is not checked here: verbs and the shell do that.
 */
export const comparisonLines = rawLines("comparisons");

/** One line per demonstration that was not sent back, in its latest version, without the line end, oldest first. */
export const demonstrationLines = rawLines("demonstrations");

/** One line per prompt, without the line end, oldest first: what a policy practises on. */
export const promptLines = rawLines("prompts");

/**
 * The rows of an export for someone who may export, and what is counted of them.
 * @throws DomainError UNAUTHORIZED or FORBIDDEN, and as planOf, before the first row
 */
export async function openExport(
  ctx: Context,
  asked: Asked,
): Promise<{ plan: Plan; tally: Tally; rows: AsyncGenerator<object[], void, undefined> }> {
  allowed(ctx, "export", "export data");
  const plan = planOf(asked);
  const tally = noTally();
  return { plan, tally, rows: exportRows(ctx, plan, tally) };
}
