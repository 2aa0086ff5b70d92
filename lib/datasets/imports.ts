// Imports: rows of a file come in as prompts, demonstrations, answers to rank and rankings, batch by batch.
import { hash } from "node:crypto";
import type { Durability } from "../../db/client.ts";
import * as sources from "../../db/queries/data-sources.ts";
import { type IncomingComparison, type IncomingPrompt, insertIncoming } from "../../db/queries/incoming.ts";
import { allowed, type Context } from "../context.ts";
import { promptText } from "../vocabulary/conversation.ts";
import { counted } from "../vocabulary/counted.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase, type UseCase } from "../vocabulary/labeling.ts";
import type { DataSource, ImportedRows, ImportPreview } from "../vocabulary/shapes.ts";
import { splitOf, splitOfUser } from "../writing/split.ts";
import { FileRefused, type Row } from "./files/row.ts";
import { type Answer, answersOf } from "./formats/format.ts";
import { type FormatName, formatNamed, formatTitles, type Item, knownFormat } from "./formats/index.ts";
import type { Door } from "./import-file.ts";
import { formatOf, itemsOf, rowsToRecognise, Survey } from "./survey.ts";

const leading = (ctx: Context) => allowed(ctx, "lead", "import data");

const numbered = (rows: readonly unknown[]): Row[] => rows.map((value, at) => ({ number: at + 1, value }));

/**
 * Reads rows, and stores nothing.
 * @throws DomainError BAD_REQUEST where their format is not known
 */
export async function previewRows(
  ctx: Context,
  input: { rows: readonly unknown[]; format?: FormatName | undefined },
): Promise<ImportPreview> {
  leading(ctx);
  const rows = numbered(input.rows);
  const survey = new Survey(input.format ? formatNamed(input.format) : recognisedIn(rows));
  for (const row of rows) survey.add(row);
  return previewOf(survey);
}

function recognisedIn(rows: readonly Row[]) {
  try {
    return formatOf(rows.slice(0, rowsToRecognise));
  } catch (error) {
    if (error instanceof FileRefused) throw new DomainError("BAD_REQUEST", error.message);
    throw error;
  }
}

/** A survey as people and programs see it. */
export function previewOf({ format, rows, counts, first, problems, bad, refusal }: Survey): ImportPreview {
  return {
    format: format.name,
    title: formatTitles[format.name],
    looks: format.looks,
    rows,
    counts: {
      prompts: counts.prompt,
      demonstrations: counts.demonstration,
      answers: counts.answers,
      rankings: counts.ranking,
    },
    first: first.map((item) => ({
      kind: item.kind,
      messages: [...item.prompt],
      answers: answersOf(item).map(({ text }) => text),
    })),
    problems: [...problems],
    bad,
    refusal,
  };
}

/** Those of the project, newest first. */
export async function listImports(ctx: Context): Promise<DataSource[]> {
  return (await sources.listDataSources(leading(ctx))).map(sourceShown);
}

/**
 * Begins an import. A file that has come in before by this format is the same data source, and begun again: what is there
 * already does not come in twice.
 */
export async function beginImport(
  ctx: Context,
  input: { name: string; revision: string; licence: string; hash: string; format: FormatName },
): Promise<DataSource> {
  const scope = leading(ctx);
  const { id } = await sources.insertDataSource(scope, input);
  return found(ctx, id);
}

/**
 * Stores what the rows say: all of it or nothing. What is there already stays as it is.
 * @param input.useCase of prompts whose rows do not say theirs
 * @param input.leaveOutBad false: one row that cannot be read refuses all of them
 * @throws DomainError NOT_FOUND where there is no such import, BAD_REQUEST for a row that cannot be read
 */
export async function importRows(
  ctx: Context,
  { id, rows, useCase, leaveOutBad }: { id: string; rows: readonly unknown[]; useCase: UseCase; leaveOutBad: boolean },
  durability?: Durability,
): Promise<ImportedRows> {
  const scope = leading(ctx);
  const format = knownFormat((await found(ctx, id)).format);
  if (format === null)
    throw new DomainError("CONFLICT", "Another version of Rankloop began this import: begin it again.");
  const problems: ImportedRows["problems"] = [];
  const items: Item[] = [];
  for (const row of numbered(rows)) {
    const read = itemsOf(formatNamed(format), row);
    if (Array.isArray(read)) items.push(...read);
    else problems.push({ number: row.number, reason: read.problem });
  }
  const [first] = problems;
  if (first && !leaveOutBad) {
    throw new DomainError("BAD_REQUEST", `Row ${first.number} cannot be read, and nothing was stored: ${first.reason}`);
  }
  const prompts = items.map((item) => incoming(scope.project, item, useCase));
  const added = await insertIncoming(scope, { sourceId: id, prompts }, durability);
  if (!added) throw noSuchImport();
  return { ...added, problems };
}

/** @throws DomainError NOT_FOUND */
export async function finishImport(
  ctx: Context,
  input: { id: string; rows: number; leftOut: number },
): Promise<DataSource> {
  if (input.leftOut > input.rows) throw new DomainError("BAD_REQUEST", "More rows were left out than the file has.");
  if (!(await sources.finishDataSource(leading(ctx), input))) throw noSuchImport();
  return found(ctx, input.id);
}

/**
 * Deletes all that came in from a file.
 * @throws DomainError NOT_FOUND; CONFLICT where people, or other files, have built on it: their work would be gone, too
 */
export async function removeImport(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await sources.removeDataSource(leading(ctx), input);
  if (outcome === "not found") throw noSuchImport();
  if ("id" in outcome) return { ok: true };
  const { demonstrations, comparisons, rankings } = outcome.builtOn;
  const parts = [
    [demonstrations, "demonstration"],
    [comparisons, "set of answers", "sets of answers"],
    [rankings, "ranking"],
  ] as const;
  const built = parts.flatMap(([count, one, many]) => (count > 0 ? [counted(count, one, many)] : []));
  const those = new Intl.ListFormat("en").format(built);
  throw new DomainError("CONFLICT", `What came in cannot be deleted: ${those} made of it since would be gone, too.`);
}

/**
 * The way into a project for whoever is in this process. The end of the import makes all of it durable: a loss of power before
 * may undo the last moments, and the same import goes on where they were.
 */
export const doorOf = (ctx: Context): Door => ({
  begin: (about) => beginImport(ctx, about),
  addRows: (batch) => importRows(ctx, batch, "checkpoint"),
  finish: (all) => finishImport(ctx, all),
});

const noSuchImport = () => new DomainError("NOT_FOUND", "There is no such data source.");

async function found(ctx: Context, id: string): Promise<DataSource> {
  const row = await sources.getDataSource(ctx, id);
  if (!row) throw noSuchImport();
  return sourceShown(row);
}

const sourceShown = ({ by, ...row }: sources.DataSourceRow): DataSource => ({ ...row, by: by ?? "the shell" });

/** What is stored of an item. */
function incoming(project: string, item: Item, useCase: UseCase): IncomingPrompt {
  const messages = item.prompt.map(({ role, content }) => ({ role, content }));
  const text = promptText(messages);
  const externalId = item.promptId ?? null;
  const user = item.user?.normalize("NFC").trim() || null;
  const key = keyOf(externalId, messages);
  return {
    ...{ key, externalId, messages, text },
    useCase: item.useCase === undefined ? useCase : knownUseCase(item.useCase),
    split: item.split ?? (user === null ? splitOf(text) : splitOfUser(project, user)),
    externalAuthor: user,
    demonstrations:
      item.kind === "demonstration" ? [{ ...answered(key, item.answer), writtenAt: item.writtenAt ?? null }] : [],
    comparisons: item.kind === "answers" || item.kind === "ranking" ? [compared(key, item)] : [],
  };
}

function answered(promptKey: string, { id, writer, text }: Answer) {
  const externalId = id ?? null;
  return { key: keyOf(promptKey, externalId, text), externalId, externalAuthor: writer ?? null, text };
}

/** Answers in an order that tells nothing of how good they are, and is the same each time. */
function compared(promptKey: string, item: Extract<Item, { kind: "answers" | "ranking" }>): IncomingComparison {
  const given = item.answers.map((answer) => ({ ...answered(promptKey, answer), sampling: answer.sampling ?? null }));
  const key = keyOf(promptKey, given.map((answer) => answer.key).toSorted());
  // Equal ones stay as they came.
  const shown = given
    .map((answer, place) => ({ place, answer, shuffled: keyOf(key, answer.key) }))
    .toSorted((one, other) => compare(one.shuffled, other.shuffled));
  const answers = shown.map(({ answer }) => answer);
  if (item.kind === "answers") return { key, answers, ranking: null };
  const positionOf = new Map(shown.map(({ place }, position) => [place, position]));
  const at = (place: number) => positionOf.get(place) ?? 0;
  const tiers = item.tiers.map((places) => places.map(at).toSorted((a, b) => a - b));
  const order = tiers.map((tier) => tier.map((position) => answers[position]?.key));
  const said = { externalId: item.rankingId ?? null, externalLabeler: item.labeler ?? null };
  const ranking = {
    ...{ key: keyOf(key, said, order), ...said, tiers },
    rankedAt: item.rankedAt ?? null,
    spentMs: item.spentMs ?? null,
    // The last one of an answer, and of a kind, counts.
    ratings: [
      ...new Map(item.ratings?.map(({ answer, ...one }) => [answer, { ...one, position: at(answer) }])).values(),
    ].map(({ flags, ...one }) => ({ ...one, flags: [...new Set(flags)] })),
    promptFlags: [...new Set(item.promptFlags)],
    guards: [...new Map(item.guards?.map((guard) => [guard.kind, guard])).values()],
  };
  return { key, answers, ranking };
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** The same parts always give the same key, and others another one: 128 bits of a SHA-256. */
const keyOf = (...parts: unknown[]): string => hash("sha256", JSON.stringify(parts), "hex").slice(0, 32);
