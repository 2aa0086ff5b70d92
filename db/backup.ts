// Backups: copying the database while people work in it, and restoring a copy. A backup is a SQLite file, a server's as well.
// A plain copy of a SQLite database lacks what its write-ahead log still holds.
import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { bySystem, change } from "./change.ts";
import {
  asOneFile,
  checkDatabase,
  closeDatabase,
  type Database,
  driverOf,
  isPostgres,
  isShared,
  nameOf,
  openDatabase,
  ormOf,
  othersIn,
} from "./client.ts";
import { type Copied, copyRows } from "./copy.ts";
import { databaseFile } from "./data-directory.ts";
import { diskTroubleOf, inWords } from "./disk-trouble.ts";
import { migrate } from "./migrate.ts";
import { anyPerson } from "./queries/people.ts";
import { session, user, verification } from "./schema/people.ts";

/**
 * Writes everything committed so far into one file. People work on meanwhile.
 * @throws Error in one sentence where there is such a file already, or it cannot be written: then there is none
 */
export async function backUp(db: Database, file: string): Promise<{ bytes: number }> {
  if (isShared(db)) await copyDatabase(db, file);
  else
    await intoNewFile(file, async (beside) => {
      // SQLite would create it readable for everyone.
      writeFileSync(beside, "", { mode: 0o600, flag: "wx" });
      // In one step, under one read lock: between two steps a write of another process would restart it, for ever.
      await driverOf(db).backup(beside, { progress: () => 0x7fffffff });
    });
  return { bytes: statSync(file).size };
}

/** Makes a SQLite file that appears whole or not at all. @param fill makes it under another name */
async function intoNewFile<T>(file: string, fill: (beside: string) => Promise<T>): Promise<T> {
  if (existsSync(file)) throw new Error(`${file} is there already: name a file that is not.`);
  const beside = `${file}.${process.pid}.tmp`;
  try {
    const filled = await fill(beside);
    const copy = openDatabase(beside);
    try {
      checkDatabase(copy);
      asOneFile(copy);
    } finally {
      await closeDatabase(copy);
    }
    await synced(beside);
    // link, not rename: rename would replace a file that somebody else has written there meanwhile.
    linkSync(beside, file);
    await synced(path.dirname(file));
    return filled;
  } catch (error) {
    throw inWords(error, file);
  } finally {
    removeDatabase(beside);
  }
}

/**
 * Copies everything committed by now into another database, which must be a new file, or one on a server in which nobody has
 * an account yet. The whole copy appears at once: one that was broken off has left nothing, and is begun anew.
 * @throws Error in one sentence; the other database is then as before
 */
export async function copyDatabase(from: Database, address: string): Promise<Copied> {
  if (address === from.file) throw new Error(`${nameOf(from)} is the database that is to be copied: name another.`);
  if (!isPostgres(address))
    return intoNewFile(address, async (beside) => {
      await migrate(beside);
      return copyRows(from, openDatabase(beside));
    });
  await migrate(address);
  const to = openDatabase(address);
  try {
    await refuseOthers(to);
    if (await anyPerson(to)) throw new Error(`${nameOf(to)} is in use already: name an empty database.`);
    return await copyRows(from, to);
  } finally {
    await closeDatabase(to);
  }
}

async function refuseOthers(db: Database): Promise<void> {
  if ((await othersIn(db)) > 0)
    throw new Error(`Rankloop works in ${nameOf(db)}: stop it first, on every machine that shares it.`);
}

/**
 * Puts a backup in the place of the database, brought to this version's tables. Nobody may be at work in it: the launcher's
 * lock is the caller's to take. What stood there before is kept beside it. Everyone signs in anew, because a session or an
 * account that was closed since the backup would be open again.
 * @returns where the former database is now, null where there was none
 * @throws Error in one sentence where the backup is none; the database is then as it was
 */
export async function restore(
  backup: string,
  { file = databaseFile(), now }: { file?: string; now: number },
): Promise<{ people: number; former: string | null }> {
  return withCopyOf(backup, `${file}.restored-${process.pid}`, async (fresh) => {
    const people = await readied(fresh, backup, now);
    await synced(fresh);
    const former = existsSync(file) ? `${file}.before-${inNames(now)}` : null;
    if (former) keep(file, former);
    // The log of the former database must not be taken for the log of the new one.
    for (const part of ["-wal", "-shm"]) rmSync(file + part, { force: true });
    renameSync(fresh, file);
    await synced(path.dirname(file));
    return { people, former };
  });
}

/**
 * The same for a server's database, which is filled with the backup's rows in one change: it is as before or whole.
 * @returns where a backup of the former rows is now
 * @throws Error in one sentence where the backup is none, or somebody is at work in the database
 */
export async function restoreInto(
  db: Database,
  backup: string,
  now: number,
): Promise<{ people: number; former: string }> {
  return withCopyOf(backup, path.join(db.directory, `restored-${process.pid}.sqlite`), async (fresh) => {
    const people = await readied(fresh, backup, now);
    await refuseOthers(db);
    const former = path.join(db.directory, `before-${inNames(now)}.sqlite`);
    await backUp(db, former);
    const source = openDatabase(fresh);
    try {
      await copyRows(source, db);
    } finally {
      await closeDatabase(source);
    }
    return { people, former };
  });
}

/** Copies a backup to `fresh`, which is removed again where `body` leaves it. */
async function withCopyOf<T>(backup: string, fresh: string, body: (fresh: string) => Promise<T>): Promise<T> {
  removeDatabase(fresh);
  try {
    copyFileSync(backup, fresh);
    // The log of a database that was copied together with it.
    if (existsSync(`${backup}-wal`)) copyFileSync(`${backup}-wal`, `${fresh}-wal`);
    return await body(fresh);
  } finally {
    removeDatabase(fresh);
  }
}

/** A time as a part of a file's name. */
const inNames = (ms: number): string => new Date(ms).toISOString().replaceAll(/[:.]/g, "-");

/** Checks a copy of a backup and brings it to this version's tables. @returns how many people are in it */
async function readied(copy: string, backup: string, now: number): Promise<number> {
  const sentenceOf = (error: unknown) =>
    (error instanceof Error ? error.message : String(error)).replaceAll(copy, backup);
  let db: Database | undefined;
  try {
    db = openDatabase(copy);
    checkDatabase(db);
    await migrate(copy);
    const people = (await ormOf(db).select({ id: user.id }).from(user).all()).length;
    await change(bySystem(db, now), async (orm, tell) => {
      const { changes } = await orm.delete(session).run();
      await orm.delete(verification).run();
      const before = { restoredAt: null, sessions: changes };
      await tell({ verb: "database.restore", subject: "database", before, after: { restoredAt: now, sessions: 0 } });
    });
    asOneFile(db);
    return people;
  } catch (error) {
    const trouble = diskTroubleOf(error);
    if (trouble === "damaged") throw new Error(`${backup} is damaged, or no backup: choose another.`, { cause: error });
    throw new Error(sentenceOf(error), { cause: error });
  } finally {
    if (db) closeDatabase(db);
  }
}

/** Keeps the database under another name, with the contents of its log; a damaged one together with the log file. */
function keep(file: string, former: string): void {
  try {
    const db = openDatabase(file);
    driverOf(db).pragma("wal_checkpoint(TRUNCATE)");
    closeDatabase(db);
  } catch {
    if (existsSync(`${file}-wal`)) linkSync(`${file}-wal`, `${former}-wal`);
  }
  linkSync(file, former);
}

function removeDatabase(file: string): void {
  for (const part of ["", "-wal", "-shm", "-journal"]) rmSync(file + part, { force: true });
}

/** Syncs a file, or the names in a folder, to the disk. */
async function synced(place: string): Promise<void> {
  const handle = await open(place, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
