// JSONL: one line ⇄ one checked record. Every complaint names the file and the line.
import type * as z from "zod";
import { refusalOf } from "../vocabulary/refusal.ts";

/** A JsonlError says in one sentence what is wrong with which line: "pairs.jsonl:17: …". */
export class JsonlError extends Error {
  override name = "JsonlError";
}

/** The most bytes a line may have: more than any record has, and little enough to be held in memory several times. */
export const longestLine = 128 * 2 ** 20;

/** Characters that JSON allows inside a string, and at which many readers of lines (Python's, Node's) end a line. */
const lineEnds = /[\u0085\u2028\u2029]/g;

/** A record as one line of JSON, without the newline, that no reader of lines breaks up. */
export const jsonlLine = (record: unknown): string =>
  JSON.stringify(record).replace(lineEnds, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Writes lines as jsonlLine does, for records that repeat the same texts: the pairs of a ranking do so many times. Each text is
 * escaped once, which takes most of the time.
 */
export class JsonlLines {
  readonly #texts = new Map<string, string>();

  /** The line of a record of plain objects, lists, texts, numbers and truth values. */
  line(value: unknown): string {
    if (typeof value === "string") return this.#text(value);
    if (Array.isArray(value)) {
      let items = "";
      for (const one of value) items += `${items === "" ? "" : ","}${this.line(one)}`;
      return `[${items}]`;
    }
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    let fields = "";
    for (const name in value) {
      const one = (value as Record<string, unknown>)[name];
      if (one !== undefined) fields += `${fields === "" ? "" : ","}${this.#text(name)}:${this.line(one)}`;
    }
    return `{${fields}}`;
  }

  #text(text: string): string {
    let json = this.#texts.get(text);
    if (json === undefined) {
      json = jsonlLine(text);
      this.#texts.set(text, json);
    }
    return json;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Parse one line. A field that is null is taken as absent: pandas and datasets write null where there is nothing.
 * @param line its text, or its bytes, which are then checked to be UTF-8
 * @param lineNumber counted from 1
 * @throws JsonlError when it is not UTF-8, not (whole) JSON, or not such a record
 */
export function parseJsonl<T extends z.ZodType>(
  line: string | Uint8Array,
  lineNumber: number,
  file: string,
  schema: T,
): z.output<T> {
  const where = `${file}:${lineNumber}`;
  const value = withoutNulls(parsed(decoded(line, where), where));
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new JsonlError(`${where}: ${refusalOf(checked.error.issues[0]!, value).sentence}`);
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function decoded(line: string | Uint8Array, where: string): string {
  if (typeof line === "string") return line;
  try {
    return utf8.decode(line);
  } catch (cause) {
    throw new JsonlError(`${where}: the line is not UTF-8 text.`, { cause });
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === "" ? "the line is empty" : "the line is not whole JSON";
    throw new JsonlError(`${where}: ${what}.`, { cause });
  }
}
