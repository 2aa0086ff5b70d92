// Imports: rows of a file come in as prompts and demonstrations, batch by batch.
import { createHash } from "node:crypto";
import * as sources from "../../db/queries/data-sources.ts";
import { allowed, type Context } from "../context.ts";
import { promptText } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase, type UseCase } from "../vocabulary/labeling.ts";
import type { DataSource, ImportedRows, ImportPreview } from "../vocabulary/shapes.ts";
import { splitOf } from "../writing/split.ts";
import { FileRefused, type Row } from "./files/row.ts";
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
    first: first.map((item) => ({ kind: item.kind, messages: [...item.prompt], answers: answersOf(item) })),
    problems: [...problems],
    bad,
    refusal,
  };
}

const answersOf = (item: Item): string[] => {
  if (item.kind === "prompt") return [];
  return item.kind === "demonstration" ? [item.answer.text] : item.answers.map(({ text }) => text);
};

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
  const prompts = items.flatMap((item) => incoming(item, useCase) ?? []);
  const added = await sources.insertIncoming(scope, { sourceId: id, prompts });
  if (!added) throw noSuchImport();
  // Kinds that have no place yet.
  const others = items.length - prompts.length;
  return { ...added, others, problems };
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

/** The way into a project for whoever is in this process. */
export const doorOf = (ctx: Context): Door => ({
  begin: (about) => beginImport(ctx, about),
  addRows: (batch) => importRows(ctx, batch),
  finish: (all) => finishImport(ctx, all),
});

const noSuchImport = () => new DomainError("NOT_FOUND", "There is no such data source.");

async function found(ctx: Context, id: string): Promise<DataSource> {
  const row = await sources.getDataSource(ctx, id);
  if (!row) throw noSuchImport();
  return sourceShown(row);
}

const sourceShown = ({ by, ...row }: sources.DataSourceRow): DataSource => ({ ...row, by: by ?? "the shell" });

/** What is stored of an item; null for a kind that has no place yet. */
function incoming(item: Item, useCase: UseCase): sources.IncomingPrompt | null {
  if (item.kind === "answers" || item.kind === "ranking") return null;
  const messages = item.prompt.map(({ role, content }) => ({ role, content }));
  const text = promptText(messages);
  const externalId = item.promptId ?? null;
  const key = keyOf(externalId, messages);
  const prompt = {
    ...{ key, externalId, messages, text },
    useCase: item.useCase === undefined ? useCase : knownUseCase(item.useCase),
    split: item.split ?? splitOf(text),
    demonstrations: [] as sources.IncomingDemonstration[],
  };
  if (item.kind === "prompt") return prompt;
  const { answer, writtenAt = null } = item;
  const own = { externalId: answer.id ?? null, externalAuthor: answer.writer ?? null };
  const said = { key: keyOf(key, own.externalId, answer.text), ...own, text: answer.text, writtenAt };
  return { ...prompt, demonstrations: [said] };
}

/** The same parts always give the same key, and others another one. */
const keyOf = (...parts: unknown[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");
