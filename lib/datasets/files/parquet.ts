// Parquet: rows by groups, as they were written. A file is read from its end, so that its bytes must be within reach in any
// order; one group is in memory at a time, and one that is too large for that is refused.
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { FileRefused, type Row } from "./row.ts";

/** What is read of a file in any order. */
export interface Bytes {
  size: number;
  /** The bytes from one place to before another. */
  slice: (from: number, to: number) => Promise<ArrayBuffer>;
}

/** What a group may hold: pyarrow writes a million rows together, and mostly far fewer bytes. */
const mostOf = { rows: 2 ** 20, bytes: 2 ** 29 };

const damaged = "The Parquet file is damaged: it cannot be read to its end.";
const tooLarge = `The Parquet file has a group of more than ${mostOf.rows.toLocaleString("en")} rows or ${mostOf.bytes / 2 ** 20} MB: write it with smaller row groups.`;

/** No page unpacks to more than a group may hold, whatever its header says. */
const unpackers = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > mostOf.bytes) throw new FileRefused(tooLarge);
      return unpack(input, length);
    },
  ]),
);

/** @throws FileRefused where it is damaged, or too large to be read in bounded memory */
export async function* parquetRows({ size, slice }: Bytes): AsyncGenerator<Row, void, undefined> {
  const file: AsyncBuffer = { byteLength: size, slice: (from, to = size) => slice(from, to) };
  const metadata = await guarded(() => parquetMetadataAsync(file));
  let rowStart = 0;
  for (const { num_rows, total_byte_size } of metadata.row_groups) {
    const count = Number(num_rows);
    if (count > mostOf.rows || Number(total_byte_size) > mostOf.bytes) throw new FileRefused(tooLarge);
    const rows = await guarded(() => rowsOf(file, metadata, rowStart, rowStart + count));
    if (rows.length !== count) throw new FileRefused(damaged);
    for (const [at, row] of rows.entries()) yield { number: rowStart + at + 1, value: asJson(row) };
    rowStart += count;
  }
}

const rowsOf = (file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number) =>
  parquetReadObjects({ file, metadata, compressors: unpackers, rowStart, rowEnd, geoparquet: false });

async function guarded<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    // Of a browser's file that has changed or gone meanwhile.
    if (error instanceof DOMException) throw error;
    throw new FileRefused(damaged, { cause: error });
  }
}

/** A value as JSON has it: whole numbers as numbers, times as texts; bytes that are no text are left out. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return value instanceof Uint8Array ? null : Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, asJson(field)]));
}
