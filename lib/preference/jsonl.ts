// One line of a JSONL file → one checked record. Every complaint names the file and the line.
import type * as z from "zod";

/** "pairs.jsonl:17: …", one sentence. */
export class JsonlError extends Error {
  override name = "JsonlError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Parse one line.
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
  const value = parsed(decoded(line, where), where);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const field = issue?.path.length ? `"${issue.path.join(".")}": ` : "";
  throw new JsonlError(`${where}: ${field}${issue?.message.replace(/\.$/, "") ?? "not such a record"}.`);
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
