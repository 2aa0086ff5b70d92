// Trouble with the disk under the database, told apart from bugs.
import { accessSync, constants } from "node:fs";
import path from "node:path";

export type DiskTrouble = "full" | "read-only" | "damaged" | "locked";

/** The trouble by the code of SQLite or of the system, in the error or its cause; null for any other error. */
export function diskTroubleOf(error: unknown): DiskTrouble | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? String(error.code) : "";
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(code)) return "full";
  if (/^(SQLITE_READONLY\w*|EROFS)$/.test(code)) return "read-only";
  if (/^SQLITE_(NOTADB|CORRUPT\w*)$/.test(code)) return "damaged";
  if (/^SQLITE_(BUSY|LOCKED)(_\w+)?$/.test(code)) return "locked";
  return diskTroubleOf(error.cause);
}

export const isDiskFull = (error: unknown): boolean => diskTroubleOf(error) === "full";

const sentences: Record<DiskTrouble, (file: string) => string> = {
  full: (file) => `${file} cannot grow, because its disk is full: make room, then try again.`,
  "read-only": (file) => `${file} can only be read: make it and its disk writable, then try again.`,
  locked: (file) => `${file} is locked by another program: end that, then try again.`,
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
