// Rows as the bytes of a file: JSON lines, CSV or Parquet, packed or not, page by page in memory that does not grow with them.
import { createGzip } from "node:zlib";
import { stringify } from "csv-stringify/sync";
import { JsonlLines, jsonlLine } from "../../preference/jsonl.ts";
import type { FileKind } from "../choices.ts";
import { formulaQuoted } from "./csv.ts";
import { through } from "./through.ts";
import { parquetBytes } from "./write-parquet.ts";

type Pages = AsyncIterable<readonly object[]>;

/**
 * The bytes of a file of these rows.
 * @param sample a row that has something in each of its lists: the columns of CSV and Parquet
 */
export function fileBytes(
  rows: Pages,
  { file, gzip }: { file: FileKind; gzip: boolean },
  sample: object,
): AsyncGenerator<Uint8Array, void, undefined> {
  const plain = { jsonl: jsonlBytes, csv: csvBytes, parquet: parquetBytes }[file](rows, sample);
  return gzip ? through(plain, createGzip()) : plain;
}

async function* jsonlBytes(rows: Pages): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const page of rows) {
    const lines = new JsonlLines();
    // One by one: a character beyond Latin-1 in one line would double what the others take on their way.
    yield Buffer.concat(page.map((row) => Buffer.from(`${lines.line(row)}\n`)));
  }
}

/** What is no text, number or truth value stands in its cell as JSON. Excel takes a file for UTF-8 by the mark at its beginning. */
async function* csvBytes(rows: Pages, sample: object): AsyncGenerator<Uint8Array, void, undefined> {
  const columns = Object.keys(sample);
  const lines = (cells: readonly (readonly unknown[])[]) =>
    Buffer.from(stringify([...cells], { record_delimiter: "windows", cast: { boolean: String } }));
  yield Buffer.concat([Buffer.from("\ufeff"), lines([columns])]);
  for await (const page of rows) yield lines(page.map((row) => columns.map((name) => cell(row[name as keyof object]))));
}

function cell(value: unknown): unknown {
  if (typeof value === "string") return formulaQuoted(value);
  return typeof value === "object" && value !== null ? jsonlLine(value) : value;
}
