// Opens the SQLite file. The rest of the project passes `Database` handles on; only db/ looks inside them.
import { statSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { databaseFile } from "./data-directory.ts";
import { inWords } from "./disk-trouble.ts";
import { checkNodeVersion } from "./node-version.ts";

/** An open database: one connection of this process to one file. */
export interface Database {
  readonly file: string;
}

export type Orm = BetterSQLite3Database;

class OpenDatabase implements Database {
  readonly file: string;
  readonly sqlite: BetterSqlite3.Database;
  readonly orm: Orm;
  constructor(file: string, sqlite: BetterSqlite3.Database) {
    this.file = file;
    this.sqlite = sqlite;
    this.orm = drizzle(sqlite, { casing: "snake_case" });
  }
}

export interface OpenOptions {
  /**
   * `commit`: a change that returned survives SIGKILL and loss of power (one fsync per change).
   * `checkpoint`: it survives SIGKILL, and a loss of power may take the last moments. For workers that stream text:
   * what they write can be made again, and the web process need not wait for their fsyncs.
   */
  durable?: "commit" | "checkpoint";
  /** For `migrate` alone: a file that is not there yet. */
  create?: boolean;
}

/** How long a connection waits for another one's change. */
const patienceMs = 5_000;

// On globalThis: a bundler may load this module more than once in one process, and each file gets one connection.
const key = Symbol.for("rankloop.databases");
const shared = globalThis as typeof globalThis & { [key]?: Map<string, OpenDatabase> };
shared[key] ??= new Map();
const open: Map<string, OpenDatabase> = shared[key];

/**
 * The connection of this process to a file; opened at the first call, the same one after that (whose `durable` counts).
 * The file must be there: `migrate()` of db/migrate.ts makes it.
 * @throws Error in one sentence where it is missing, empty, damaged or cannot be written
 */
export function openDatabase(file: string = databaseFile(), options: OpenOptions = {}): Database {
  const known = open.get(file);
  if (known) return known;
  checkNodeVersion();
  if (!options.create) refuseNothing(file);
  const sqlite = new BetterSqlite3(file);
  try {
    prepare(sqlite, options);
  } catch (error) {
    sqlite.close();
    throw inWords(error, file);
  }
  const database = new OpenDatabase(file, sqlite);
  open.set(file, database);
  return database;
}

function prepare(sqlite: BetterSqlite3.Database, options: OpenOptions): void {
  // Before journal_mode: two processes that open a new file together both want to switch it.
  sqlite.pragma(`busy_timeout = ${patienceMs}`);
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma(`synchronous = ${options.durable === "checkpoint" ? "NORMAL" : "FULL"}`);
  // Whoever answers people leaves it to checkpointLog: copying the log into the file costs an fsync or two.
  if (options.durable !== "checkpoint") sqlite.pragma("wal_autocheckpoint = 0");
  sqlite.pragma("foreign_keys = ON");
  sqlite.pragma("cache_size = -32000");
}

/** SQLite takes a file without a byte for a new database, and would begin anew where all the work was. */
function refuseNothing(file: string): void {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) throw new Error(`There is no ${file}.`);
  if (size > 0) return;
  throw new Error(
    `${file} is empty, though Rankloop never leaves it so: put a backup in its place with "rankloop database restore FILE", or move it away to begin anew.`,
  );
}

/** The size of the log, in bytes, from which writers are held up until all of it is in the database file. */
const logBytes = 16_000_000;

/**
 * Copies what the write-ahead log holds into the database file; readers and writers of other processes go on meanwhile.
 * Where some write without a pause that never comes to an end, and the log would grow for ever: so that a long one is cut
 * while they wait, for as long as the last of it takes.
 */
export async function checkpointLog(db: Database): Promise<void> {
  const { sqlite } = inside(db);
  sqlite.pragma("wal_checkpoint(PASSIVE)");
  const { size = 0 } = statSync(`${db.file}-wal`, { throwIfNoEntry: false }) ?? {};
  if (size <= logBytes) return;
  // Who waits here for a slow reader keeps the writers waiting: rather another try a little later.
  sqlite.pragma("busy_timeout = 1000");
  try {
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    sqlite.pragma(`busy_timeout = ${patienceMs}`);
  }
}

/** Reads the whole file. @throws Error in one sentence where it is damaged */
export function checkDatabase(db: Database): void {
  let found: unknown;
  try {
    found = inside(db).sqlite.pragma("quick_check(1)", { simple: true });
  } catch (error) {
    throw inWords(error, db.file);
  }
  if (found === "ok") return;
  throw inWords(Object.assign(new Error(String(found)), { code: "SQLITE_CORRUPT" }), db.file);
}

/** Ends the connection; the handle cannot be used after that. */
export function closeDatabase(db: Database): void {
  open.delete(db.file);
  inside(db).sqlite.close();
}

function inside(db: Database): OpenDatabase {
  return db as OpenDatabase;
}

export const ormOf = (db: Database): Orm => inside(db).orm;
export const driverOf = (db: Database): BetterSqlite3.Database => inside(db).sqlite;

/**
 * Run an atomic change. BEGIN IMMEDIATE, so that what it reads is still true when it writes.
 * `body` must not await: the driver is synchronous, and an await would let other calls into the transaction.
 * @param lasting "checkpoint" spares the fsync, which holds up everyone this thread answers: for what a loss of power
 *   may undo without a loss to anybody, such as who holds an assignment. SIGKILL undoes neither.
 */
export function change<T>(db: Database, body: (orm: Orm) => T, lasting: "commit" | "checkpoint" = "commit"): T {
  const { sqlite, orm } = inside(db);
  const run = () => sqlite.transaction(() => body(orm)).immediate();
  if (lasting === "commit") return run();
  const before = sqlite.pragma("synchronous", { simple: true });
  sqlite.pragma("synchronous = NORMAL");
  try {
    return run();
  } finally {
    sqlite.pragma(`synchronous = ${before}`);
  }
}

/** A statement prepared once per connection: `const find = prepared((orm) => orm.select()….prepare()); find(db).get(…)`. */
export function prepared<T>(make: (orm: Orm) => T): (db: Database) => T {
  const made = new WeakMap<Database, T>();
  return (db) => {
    const known = made.get(db);
    if (known !== undefined) return known;
    const statement = make(ormOf(db));
    made.set(db, statement);
    return statement;
  };
}
