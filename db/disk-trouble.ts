// Trouble with the disk under the database, or on the way to its server, told apart from bugs.
import { accessSync, constants } from "node:fs";
import path from "node:path";

export type DiskTrouble = "full" | "read-only" | "damaged" | "locked" | "unreachable";

/** The code of an error for a server that does not answer; other servers than the database's may refuse a connection, too. */
export const unreachableCode = "RANKLOOP_UNREACHABLE";

/** The trouble by the code of SQLite, PostgreSQL or the system, in the error or its cause; null for any other error. */
export function diskTroubleOf(error: unknown): DiskTrouble | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? String(error.code) : "";
  if (code === unreachableCode) return "unreachable";
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT|53100)$/.test(code)) return "full";
  if (/^(SQLITE_READONLY\w*|EROFS|25006)$/.test(code)) return "read-only";
  if (/^(SQLITE_(NOTADB|CORRUPT\w*)|XX00[12])$/.test(code)) return "damaged";
  if (/^(SQLITE_(BUSY|LOCKED)(_\w+)?|40001|40P01|55P03)$/.test(code)) return "locked";
  return diskTroubleOf(error.cause);
}

export const isDiskFull = (error: unknown): boolean => diskTroubleOf(error) === "full";

const sentences: Record<DiskTrouble, (file: string) => string> = {
  full: (file) => `${file} cannot grow, because its disk is full: make room, then try again.`,
  "read-only": (file) => `${file} can only be read: make it and its disk writable, then try again.`,
  locked: (file) => `${file} is locked by another program: end that, then try again.`,
  unreachable: (file) => `${file} does not answer: start its server, then try again.`,
  damaged: (file) =>
    `${file} is damaged: put a backup in its place with "rankloop database restore FILE". What is left in it can be read with ".recover" of the sqlite3 program.`,
};

/** Is the file on a read-only disk? SQLite says only that it cannot be opened, because it needs to create a log beside it. */
function isReadOnly(file: string): boolean {
  try {
    accessSync(path.dirname(file), constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && /^(EROFS|EACCES|EPERM)$/.test(String(error.code));
  }
}

/** The error as one sentence about the file where the disk is to blame, else unchanged. */
export function inWords(error: unknown, file: string): unknown {
  const trouble = diskTroubleOf(error) ?? (isReadOnly(file) ? "read-only" : null);
  return trouble === null ? error : new Error(sentences[trouble](file), { cause: error });
}
