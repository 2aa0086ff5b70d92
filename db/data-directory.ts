// The data directory of an installation: the SQLite file, trained models, training runs. Only its owner may read it: anybody
// else who could would read every answer, and sign in as anyone.
import { accessSync, chmodSync, constants, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

// Asked for with every request, so each is created once.
const made = new Set<string>();

/** The data directory: RANKLOOP_DATA, or ./data. Created where it is missing. */
export function dataDirectory(): string {
  // Not for the bundler: it would take the whole project for a part of the server.
  const directory = path.resolve(/* turbopackIgnore: true */ process.env.RANKLOOP_DATA || "data");
  if (!made.has(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  made.add(directory);
  return directory;
}

/** The path of the database in a data directory, which need not exist. */
export const databaseFileIn = (directory: string): string => path.join(directory, "rankloop.sqlite");

export const databaseFile = (): string => databaseFileIn(dataDirectory());

/** RANKLOOP_DATABASE, or the file in the data folder. @throws Error in one sentence where it is no such address */
export function databaseAddress(): string {
  const address = process.env.RANKLOOP_DATABASE;
  if (!address) return databaseFile();
  if (isPostgres(address)) return address;
  throw new Error("RANKLOOP_DATABASE is no address like postgres://user:password@host/name.");
}

/** Does this name a PostgreSQL database, and no file? */
export const isPostgres = (address: string): boolean => /^postgres(ql)?:\/\//.test(address);

/** For sentences: the file, or the address without its password. */
export const nameOf = ({ file }: { file: string }): string =>
  isPostgres(file) ? file.replace(/\/\/[^@/]*@/, "//") : file;

/** One launcher works in a data folder; where the database is a server's, one on each machine that shares the folder. */
export const launcherLockIn = (directory: string): string =>
  path.join(directory, process.env.RANKLOOP_DATABASE ? `launcher-${hostname()}.lock` : "launcher.lock");

/** The bit of folders like /tmp, where everyone may create files. */
const stickyBit = 0o1000;

/** Matches what Rankloop itself puts into a data folder. Anything else stays as it is: the folder may be somebody's home. */
const ours =
  /^(rankloop\.sqlite|session-secret|sealing-secret|launcher(-.+)?\.lock|reproduction-password|logs$|models$|runs$|texts$)/;

/**
 * Creates a data folder that only its owner can read: 0700 for folders and 0600 for files, also where an earlier version left
 * them open. Files that this process and its children write from now on are closed as well.
 * @throws Error in one sentence where the folder cannot be written or closed
 */
export function closeToOthers(directory: string): void {
  process.umask(0o077);
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EROFS" ? "it is on a disk that can only be read" : "this user may not write it";
    throw new Error(`${directory} cannot hold the data: ${why}. Make it writable, or set RANKLOOP_DATA.`, {
      cause: error,
    });
  }
  if (lstatSync(directory).mode & stickyBit) {
    throw new Error(`${directory} is everyone's: set RANKLOOP_DATA to a folder of its own.`);
  }
  close(directory);
  for (const name of readdirSync(directory)) if (ours.test(name)) closeAll(path.join(directory, name));
}

function closeAll(place: string): void {
  const entry = lstatSync(place, { throwIfNoEntry: false });
  if (!entry || entry.isSymbolicLink()) return;
  close(place);
  if (entry.isDirectory()) for (const name of readdirSync(place)) closeAll(path.join(place, name));
}

function close(place: string): void {
  const { mode } = lstatSync(place);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(place, mode & 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A temporary file of a process that is just ending.
    if (code === "ENOENT") return;
    throw new Error(`Others can read ${place}, and this user may not change that: make it the user's own.`, {
      cause: error,
    });
  }
}
