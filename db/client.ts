// Opens the database. The rest of the project passes `Database` handles on; only db/ looks inside them.
import { statSync } from "node:fs";
import path from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { databaseAddress, dataDirectory, isPostgres, nameOf } from "./data-directory.ts";
import { inWords } from "./disk-trouble.ts";
import type { Durability, Engine, Orm, Search } from "./engine/orm.ts";
import { PostgresEngine } from "./engine/postgres.ts";
import { SqliteEngine } from "./engine/sqlite.ts";

export { databaseAddress, isPostgres, nameOf } from "./data-directory.ts";
export { type Durability, insertRows, isAmong, type Orm, oneUnlocked } from "./engine/orm.ts";

/** A Database is this process' connections to one file or server. */
export interface Database {
  /** The SQLite file, or the address of the PostgreSQL database. */
  readonly file: string;
  /** The data directory of the installation. */
  readonly directory: string;
}

class OpenDatabase implements Database {
  readonly file: string;
  readonly engine: Engine;
  constructor(file: string, engine: Engine) {
    this.file = file;
    this.engine = engine;
  }
  get directory(): string {
    return isPostgres(this.file) ? dataDirectory() : path.dirname(this.file);
  }
}

export interface OpenOptions {
  /**
   * How durable changes are; absent: "commit". "checkpoint" is for workers that stream text, which can be generated again:
   * the web process then need not wait for their fsyncs.
   */
  durable?: Durability;
  /** For `migrate` alone: a file that is not there yet. */
  create?: boolean;
}

// On globalThis, because a bundler may load this module twice in one process, and each file gets one connection.
const key = Symbol.for("rankloop.databases");
const shared = globalThis as typeof globalThis & { [key]?: Map<string, OpenDatabase> };
shared[key] ??= new Map();
const open: Map<string, OpenDatabase> = shared[key];

/**
 * The connection of this process to a file; opened at the first call, the same one after that (whose `durable` counts).
 * The file must be there: `migrate()` of db/migrate.ts makes it.
 * @throws Error in one sentence where it is missing, empty, damaged or cannot be written
 */
export function openDatabase(file: string = databaseAddress(), options: OpenOptions = {}): Database {
  const known = open.get(file);
  if (known) return known;
  checkNodeVersion();
  const durable = options.durable ?? "commit";
  const database = new OpenDatabase(
    file,
    isPostgres(file) ? new PostgresEngine(file, durable) : openFile(file, durable, options.create),
  );
  open.set(file, database);
  return database;
}

/** better-sqlite3 13 loads from here on; on an older Node its binary ends the process silently. */
const neededNode = 22;

/** @throws Error in one sentence when this Node cannot load better-sqlite3 */
export function checkNodeVersion(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= neededNode) return;
  throw new Error(
    `Rankloop needs Node ${neededNode} or newer, and this is Node ${version}: start it with "npm start" or "npm run", which bring their own.`,
  );
}

/** Do processes of several machines work in this database? */
export const isShared = ({ file }: Pick<Database, "file">): boolean => isPostgres(file);

function openFile(file: string, durable: Durability, create = false): SqliteEngine {
  if (!create) refuseNothing(file);
  try {
    return new SqliteEngine(file, durable);
  } catch (error) {
    throw inWords(error, file);
  }
}

/** Refuses an empty file: SQLite would take it for a new database, where there may have been one full of work. */
function refuseNothing(file: string): void {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) throw new Error(`There is no ${file}.`);
  if (size > 0) return;
  throw new Error(
    `${file} is empty, though Rankloop never leaves it so: put a backup in its place with "rankloop database restore FILE", or move it away to begin anew.`,
  );
}

/** How many other processes of Rankloop work in a server's database. */
export const othersIn = (db: Database): Promise<number> => inside(db).engine.others();

/** Copies the write-ahead log into the database file, so that the log does not grow for ever. */
export const checkpointLog = (db: Database): Promise<void> => inside(db).engine.tidy();

/** Leaves no log beside the file, so that a copy of the file is complete. */
export const asOneFile = (db: Database): void => sqliteOf(db).asOneFile();

/** Checks the whole file; a server checks its own data. @throws Error in one sentence where it is damaged */
export function checkDatabase(db: Database): void {
  if (isPostgres(db.file)) return;
  let found: unknown;
  try {
    found = sqliteOf(db).writer.pragma("quick_check(1)", { simple: true });
  } catch (error) {
    throw inWords(error, db.file);
  }
  if (found === "ok") return;
  throw inWords(Object.assign(new Error(String(found)), { code: "SQLITE_CORRUPT" }), db.file);
}

/** Ends the connection; the handle cannot be used after that. */
export function closeDatabase(db: Database): void | Promise<void> {
  open.delete(db.file);
  return inside(db).engine.close();
}

function inside(db: Database): OpenDatabase {
  return db as OpenDatabase;
}

function sqliteOf(db: Database): SqliteEngine {
  const { engine } = inside(db);
  if (engine instanceof SqliteEngine) return engine;
  throw new Error(`${nameOf(db)} is no SQLite file.`);
}

/** The drizzle of a database. It reads what is committed; a single write through it is an atomic change. */
export const ormOf = (db: Database): Orm => inside(db).engine.orm;

/** The writing connection without drizzle, for migrations, backups, and tests that look at the file itself. */
export const driverOf = (db: Database): BetterSqlite3.Database => sqliteOf(db).writer;

/** Runs an atomic change without events. To be used by `change` of db/change.ts only, which is the one way to write. */
export async function transaction<T>(
  db: Database,
  body: (tx: Orm) => Promise<T>,
  durability: Durability = "commit",
): Promise<T> {
  return inside(db).engine.change(body, durability);
}

/** Where the prompts are that hold words with these beginnings. @param words letters and digits alone */
export const searched = (db: Database, words: readonly string[]): Search => inside(db).engine.search(words);

/** Reads a database as it is at one moment, whatever others write meanwhile. */
export const snapshotOf = <T>(db: Database, body: (orm: Orm) => Promise<T>): Promise<T> =>
  inside(db).engine.snapshot(body);

/** A change that fills these tables from outside, for db/copy.ts: no trigger runs, and rows keep their numbers. */
export const refilled = <T>(db: Database, tables: readonly string[], body: (tx: Orm) => Promise<T>): Promise<T> =>
  inside(db).engine.refill(tables, body);

/**
 * Yields at once, and then whenever the rows of this id (a comparison, a trial, a training run) may have changed; of "job"
 * whenever one may be free to be taken.
 * @param everyMs between two looks, where the database tells nothing
 */
export const notices = (
  db: Database,
  of: string,
  { everyMs, signal }: { everyMs: number; signal?: AbortSignal },
): AsyncGenerator<void, void, undefined> => inside(db).engine.notices(of, everyMs, signal);

/** A query built once per connection: `const find = prepared((orm) => orm.select()….prepare()); await find(tx).get(…)`. */
export function prepared<T>(make: (orm: Orm) => T): (orm: Orm) => T {
  const made = new WeakMap<Orm, T>();
  return (orm) => {
    const known = made.get(orm);
    if (known !== undefined) return known;
    const query = make(orm);
    made.set(orm, query);
    return query;
  };
}
