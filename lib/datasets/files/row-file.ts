// The rows of a file, one after the other, in memory that does not grow with it: JSON lines, a JSON list, CSV, lines of text,
// each packed or not; Parquet. A row that cannot be read comes as its number and the reason, and those after it are read.
import { RowRefused } from "../formats/format.ts";
import { csvRows, separatorOf } from "./csv.ts";
import { elements } from "./json-list.ts";
import { parseStrictly } from "./json-text.ts";
import { decoded, FileRefused, Gathering, holdsNul, joined, type Piece, type Row, tooLong } from "./row.ts";
import { packingOf, type Unpack, unpacked } from "./unpack.ts";

export interface RowFile {
  /** What its rows are called. */
  unit: "line" | "row" | "item";
  rows: AsyncGenerator<Row, void, undefined>;
}

/**
 * Looks into a file, and reads its rows.
 * @param name of the file, whose end tells CSV and lines of text apart
 * @param parquet its rows where it is Parquet, which is read from its end
 * @throws FileRefused for what is no such file; the rows throw it, too, where the file breaks off
 */
export async function rowFile(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  unpack: Unpack,
  parquet: () => AsyncGenerator<Row, void, undefined>,
): Promise<RowFile> {
  const packed = await Ahead.of(bytes);
  const packing = packingOf(packed.head);
  const plain = packing ? await Ahead.of(unpacked(packed.all(), packing, unpack)) : packed;
  if (isParquet(plain.head)) {
    if (packing) throw new FileRefused("The file is Parquet, packed once more: unpack it first.");
    return { unit: "row", rows: rowsAfter(plain.all(), parquet) };
  }
  refuseOthers(plain.head);
  const all = plain.all(startOfText(plain.head));
  const text = new TextDecoder().decode(plain.head).trimStart();
  if (text === "" && plain.isWhole) throw new FileRefused("The file is empty.");
  const ends = /\.(\w+)(?:\.(?:gz|zst|zstd))?$/i.exec(name)?.[1]?.toLowerCase();
  if (ends === "csv" || ends === "tsv")
    return { unit: "row", rows: csvRows(all, ends === "tsv" ? "\t" : separatorOf(text)) };
  if (ends !== "txt" && text.startsWith("[")) return { unit: "item", rows: jsonRows(elements(all)) };
  const isJson = ends === "jsonl" || ends === "ndjson" || ends === "json" || text.startsWith("{");
  return { unit: "line", rows: isJson && ends !== "txt" ? jsonRows(linesOf(all)) : textRows(linesOf(all)) };
}

/** The first bytes of a stream, and then all of it. */
class Ahead {
  readonly head: Uint8Array;
  /** Is the head all there is? */
  readonly isWhole: boolean;
  readonly #rest: AsyncIterator<Uint8Array>;

  private constructor(head: Uint8Array, isWhole: boolean, rest: AsyncIterator<Uint8Array>) {
    this.head = head;
    this.isWhole = isWhole;
    this.#rest = rest;
  }

  static async of(bytes: AsyncIterable<Uint8Array>): Promise<Ahead> {
    const rest = bytes[Symbol.asyncIterator]();
    const parts: Uint8Array[] = [];
    let isWhole = false;
    for (let size = 0; size < 4_096 && !isWhole; ) {
      const { done, value } = await rest.next();
      if (done) isWhole = true;
      else {
        parts.push(value);
        size += value.length;
      }
    }
    return new Ahead(joined(parts), isWhole, rest);
  }

  /** Everything from this place on. */
  async *all(from = 0): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield this.head.subarray(from);
      for (let next = await this.#rest.next(); !next.done; next = await this.#rest.next()) yield next.value;
    } finally {
      await this.#rest.return?.();
    }
  }
}

/** "PAR1" */
const isParquet = (head: Uint8Array) => [0x50, 0x41, 0x52, 0x31].every((byte, at) => head[at] === byte);

/** Its bytes pass by once in their order, for whoever counts or hashes them. */
async function* rowsAfter(
  bytes: AsyncIterable<Uint8Array>,
  parquet: () => AsyncGenerator<Row, void, undefined>,
): AsyncGenerator<Row, void, undefined> {
  for await (const _ of bytes);
  yield* parquet();
}

function refuseOthers(head: Uint8Array): void {
  const begins = (...bytes: number[]) => bytes.every((byte, at) => head[at] === byte);
  // Without a mark every second byte of the first letters is NUL.
  const [a, b, c, d] = head;
  const isUnmarked = (a === 0) !== (b === 0) && (a === 0) === (c === 0) && (b === 0) === (d === 0);
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff) || isUnmarked) {
    throw new FileRefused("The file is UTF-16: save it as UTF-8 first (in Excel as “CSV UTF-8”).");
  }
  if (begins(0x50, 0x4b, 3, 4))
    throw new FileRefused("The file is a ZIP archive or an Excel workbook: save what is in it as CSV first.");
}

/** Past the mark that Excel and others put before UTF-8. */
const startOfText = (head: Uint8Array) => (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0);

const newline = 0x0a;

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  const line = new Gathering();
  let number = 1;
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      line.add(chunk.subarray(start, end));
      yield { number: number++, bytes: line.take() };
      start = end + 1;
    }
    if (start < chunk.length) line.add(chunk.subarray(start));
  }
  if (!line.isEmpty) yield { number, bytes: line.take() };
}

/** The row that `read` makes of a piece, or why there is none; null for a blank piece. */
function rowOf({ number, bytes }: Piece, read: (text: string) => unknown): Row | null {
  if (bytes === "too long") return { number, problem: tooLong };
  try {
    const text = decoded(bytes);
    if (text.includes("\u0000")) throw new RowRefused(holdsNul);
    return text.trim() === "" ? null : { number, value: read(text) };
  } catch (error) {
    if (error instanceof RowRefused) return { number, problem: error.message };
    throw error;
  }
}

async function* jsonRows(pieces: AsyncIterable<Piece>): AsyncGenerator<Row, void, undefined> {
  for await (const piece of pieces) {
    const row = rowOf(piece, parseStrictly);
    if (row) yield row;
  }
}

async function* textRows(pieces: AsyncIterable<Piece>): AsyncGenerator<Row, void, undefined> {
  for await (const piece of pieces) {
    const row = rowOf(piece, (text) => text.replace(/\r$/, ""));
    if (row) yield row;
  }
}
