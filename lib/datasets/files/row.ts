// A row of a file, and what the readers of rows share.
import { RowRefused } from "../formats/format.ts";

/** A FileRefused says in one sentence why a file cannot be read, or not to its end. */
export class FileRefused extends Error {
  override name = "FileRefused";
}

/** The most bytes of a row: more than any record has. */
export const longestRow = 2 ** 24;
export const notUtf8 = "It is not UTF-8 text.";
export const holdsNul = "It holds the character NUL (U+0000), which cannot be kept.";
export const tooLong = `It is longer than ${longestRow / 2 ** 20} MB.`;

/** @property number counted from 1 as people see it: of the line, of the row in a spreadsheet, of the item in a list */
export type Row = { number: number; value: unknown } | { number: number; problem: string };

/** A Piece is the bytes of one row; "too long" where there were too many to keep. */
export type Piece = { number: number; bytes: Uint8Array | "too long" };

/** The bytes of these parts, one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A row is gathered from the parts of chunks that it spans; what has come of it is not copied again and again. */
export class Gathering {
  #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= longestRow) this.#parts.push(part);
    else this.#parts = [];
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** What was gathered; the next row begins. */
  take(): Uint8Array | "too long" {
    const all = this.#length <= longestRow ? joined(this.#parts) : "too long";
    this.#parts = [];
    this.#length = 0;
    return all;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws RowRefused */
export function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RowRefused(notUtf8);
  }
}
