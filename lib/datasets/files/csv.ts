// CSV: the first row names the columns. The separator is the one that the first row has most of: Excel writes ";" in many
// countries. A cell that is empty is absent. The parser is its browser build, which runs in Node, too.
import { CsvError, parse } from "csv-parse/browser/esm";
import { FileRefused, holdsNul, longestRow, notUtf8, type Row } from "./row.ts";

export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
): AsyncGenerator<Row, void, undefined> {
  let columns: string[] | undefined;
  let number = 0;
  for await (const cells of recordsOf(bytes, delimiter)) {
    number++;
    if (columns === undefined) columns = columnsOf(cells);
    else if (cells.some((cell) => cell !== "")) yield rowOf(number, columns, cells);
  }
}

/** The cells of each row. @throws FileRefused */
async function* recordsOf(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
): AsyncGenerator<string[], void, undefined> {
  const parser = parse({ delimiter, relax_column_count: true, max_record_size: longestRow });
  let records: string[][] = [];
  parser.on("data", (cells: string[]) => records.push(cells));
  const failed = new Promise<never>((_, reject) => {
    parser.once("error", (error) =>
      reject(error instanceof CsvError ? new FileRefused(sentenceOf(error), { cause: error }) : error),
    );
  });
  // Also where nobody waits for it just then.
  failed.catch(() => {});
  const utf8 = new TextDecoder();
  for await (const chunk of bytes) {
    const text = utf8.decode(chunk, { stream: true });
    await Promise.race([new Promise<void>((resolve) => parser.write(text, () => resolve())), failed]);
    yield* records;
    records = [];
  }
  const ended = new Promise<void>((resolve) => parser.once("end", resolve));
  parser.end(utf8.decode());
  await Promise.race([ended, failed]);
  yield* records;
}

function sentenceOf({ code, lines }: CsvError): string {
  if (code === "CSV_MAX_RECORD_SIZE") {
    return `A row of more than ${longestRow / 2 ** 20} MB ends in line ${lines} or later: is a quote missing?`;
  }
  if (code === "CSV_QUOTE_NOT_CLOSED") return "The file breaks off within a cell in quotes: is a quote missing?";
  return `Line ${lines} has a quote where none may stand: a cell that holds one is in quotes, and the quote in it is written twice.`;
}

/** The separator that stands most often in the first line, outside of quotes. */
export function separatorOf(head: string): string {
  const line = head.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/, 1)[0] ?? "";
  const count = (separator: string) => line.split(separator).length;
  return [",", ";", "\t"].toSorted((a, b) => count(b) - count(a))[0] ?? ",";
}

/** What a decoder writes for bytes that are no UTF-8. */
const unreadable = "\ufffd";

/** @throws FileRefused */
function columnsOf(cells: readonly string[]): string[] {
  if (cells.some((cell) => cell.includes(unreadable))) {
    throw new FileRefused("The first row is not UTF-8 text: save the file as UTF-8 (in Excel as “CSV UTF-8”).");
  }
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice === undefined) return names;
  throw new FileRefused(`Two columns are named "${twice.slice(0, 100)}": the first row names each once.`);
}

function rowOf(number: number, columns: readonly string[], cells: readonly string[]): Row {
  if (cells.slice(columns.length).some((cell) => cell !== "")) {
    return { number, problem: `It has ${cells.length} cells, and there are ${columns.length} columns.` };
  }
  if (cells.some((cell) => cell.includes(unreadable))) return { number, problem: notUtf8 };
  if (cells.some((cell) => cell.includes("\u0000"))) return { number, problem: holdsNul };
  const fields = columns.flatMap((name, at) =>
    name === "" || !cells[at] ? [] : [[name, formulaUnquoted(cells[at])] as const],
  );
  return { number, value: Object.fromEntries(fields) };
}

/** What a spreadsheet would take for a formula begins with one of these. */
const formula = /^'*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/;

/** formulaQuoted("=1+1") → "'=1+1": a spreadsheet shows it as it is, and runs nothing */
export const formulaQuoted = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** The cell as it was before. */
export const formulaUnquoted = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
