// A whole file comes in: first all of it is read and nothing stored, then its rows go in, batch by batch. The same in the shell
// and in a page, each of which has its own file and its own way to the project.
import type { UseCase } from "../vocabulary/labeling.ts";
import type { DataSource, ImportedRows } from "../vocabulary/shapes.ts";
import { FileRefused, type Row } from "./files/row.ts";
import { rowFile } from "./files/row-file.ts";
import type { Unpack } from "./files/unpack.ts";
import { type FormatName, formatNamed } from "./formats/index.ts";
import type { ImportReport } from "./import-report.ts";
import { formatOf, rowsToRecognise, Survey } from "./survey.ts";

export interface ImportFile {
  name: string;
  /** Reads it from its beginning. */
  open: () => AsyncIterable<Uint8Array>;
  /** Its rows where it is Parquet, read beside this thread. */
  parquet: () => AsyncGenerator<Row, void, undefined>;
  unpack: Unpack;
  /** A SHA-256 that begins; its digest is in hexadecimal digits. */
  hash: () => { update: (bytes: Uint8Array) => unknown; digest: () => string };
}

export interface FileSurvey {
  survey: Survey;
  /** What its rows are called. */
  unit: "line" | "row" | "item";
  /** The SHA-256 of its bytes. */
  hash: string;
}

/** How much goes in at once: whoever else writes waits so long, and a request has a limit. Characters are those of the JSON. */
const atOnce = { rows: 500, characters: 200_000 };

interface Watch {
  signal?: AbortSignal | undefined;
  /** Called now and then with the rows done. */
  onRows?: ((count: number) => unknown) | undefined;
}

/**
 * Reads all of a file, and stores nothing.
 * @param how.format absent: recognised from its first rows
 * @throws FileRefused where it cannot be read, or its format is not known
 */
export async function surveyFile(
  file: ImportFile,
  { format, signal, onRows }: Watch & { format?: FormatName | undefined } = {},
): Promise<FileSurvey> {
  const { unit, rows, digest } = await opened(file);
  let survey = format ? new Survey(formatNamed(format)) : null;
  const first: Row[] = [];
  for await (const row of rows) {
    signal?.throwIfAborted();
    if (survey) survey.add(row);
    else if (first.push(row) === rowsToRecognise) survey = surveyOf(first);
    if (survey && survey.rows % atOnce.rows === 0) await onRows?.(survey.rows);
  }
  return { survey: survey ?? surveyOf(first), unit, hash: digest() };
}

function surveyOf(rows: readonly Row[]): Survey {
  const survey = new Survey(formatOf(rows));
  for (const row of rows) survey.add(row);
  return survey;
}

/** The rows of a file, and the hash of its bytes once all are read. */
async function opened({ open, parquet, name, unpack, hash: begin }: ImportFile) {
  const hash = begin();
  const hashed = async function* () {
    for await (const chunk of open()) {
      hash.update(chunk);
      yield chunk;
    }
  };
  return { ...(await rowFile(hashed(), name, unpack, parquet)), digest: () => hash.digest() };
}

/** The way into a project: the verbs of lib/datasets/imports.ts, or the calls of the API that lead to them. */
export interface Door {
  begin: (about: {
    name: string;
    revision: string;
    licence: string;
    hash: string;
    format: FormatName;
  }) => Promise<DataSource>;
  addRows: (batch: { id: string; rows: unknown[]; useCase: UseCase; leaveOutBad: true }) => Promise<ImportedRows>;
  finish: (all: { id: string; rows: number; leftOut: number }) => Promise<DataSource>;
}

/**
 * Stores what a file says, without the rows that cannot be read. Stopped, it keeps what has come in, and the same call goes on.
 * @param file as it was surveyed
 * @throws FileRefused where none of it can come in, or it has changed since
 */
export async function importFile(
  door: Door,
  file: ImportFile,
  { survey, hash }: FileSurvey,
  { signal, onRows, useCase, ...about }: Watch & { name: string; revision: string; licence: string; useCase: UseCase },
): Promise<ImportReport> {
  if (survey.refusal !== null) throw new FileRefused(survey.refusal);
  const { id } = await door.begin({ ...about, hash, format: survey.format.name });
  const none = { prompts: 0, demonstrations: 0, comparisons: 0, rankings: 0 };
  const report: ImportReport = { source: id, ...none, repeated: 0, leftOut: 0 };
  const { rows, digest } = await opened(file);
  let done = 0;
  let batch: unknown[] = [];
  let characters = 0;
  const send = async () => {
    signal?.throwIfAborted();
    const { problems, ...added } = await door.addRows({ id, rows: batch, useCase, leaveOutBad: true });
    for (const [what, count] of Object.entries(added)) report[what as keyof typeof added] += count;
    report.leftOut += problems.length;
    batch = [];
    characters = 0;
    await onRows?.(done);
  };
  for await (const row of rows) {
    if ("problem" in row) report.leftOut++;
    else {
      const length = JSON.stringify(row.value).length;
      if (batch.length > 0 && characters + length > atOnce.characters) await send();
      batch.push(row.value);
      characters += length;
    }
    done++;
    if (batch.length === atOnce.rows) await send();
  }
  if (batch.length > 0) await send();
  if (digest() !== hash) {
    throw new FileRefused("The file was changed while it came in: import it again, and what is there already stays.");
  }
  await door.finish({ id, rows: done, leftOut: report.leftOut });
  return report;
}
