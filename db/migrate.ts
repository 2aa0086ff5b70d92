// Brings a database file to this version's tables. Not imported by the web bundle: it reads db/migrations as files.
import { existsSync, linkSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import pg from "pg";
import { closeDatabase, type Database, databaseAddress, driverOf, isPostgres, nameOf, openDatabase } from "./client.ts";
import { inWords } from "./disk-trouble.ts";
import { tokenHash } from "./id.ts";

const folder = path.join(import.meta.dirname, "migrations");
const postgresFolder = path.join(import.meta.dirname, "migrations-postgres");

/**
 * Creates the database where there is none, and applies the missing migrations, all or none. Several processes may call it
 * at once.
 * @throws Error in one sentence when the file was written by a newer version, is not ours, or its disk does not let it be
 */
export async function migrate(file: string = databaseAddress()): Promise<void> {
  if (isPostgres(file)) return upgradePostgres(file);
  if (!existsSync(file)) create(file);
  const db = openDatabase(file);
  const isOurs = driverOf(db).prepare("select 1 from sqlite_master where name = 'migration'").get();
  if (!isOurs) {
    closeDatabase(db);
    throw new Error(`${file} is no database of Rankloop: move it away, or set RANKLOOP_DATA.`);
  }
  upgrade(db);
}

/**
 * Creates a database file, whole or not at all: an empty file has lost its contents and is never taken for a new database.
 * Where several processes create it at once, the first one's stays.
 */
function create(file: string): void {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log && log.size > 0) {
    throw new Error(
      `There is no ${file}, but its write-ahead log is there: put a backup in its place with "rankloop database restore FILE", or move ${file}-wal away to begin anew.`,
    );
  }
  const fresh = `${file}.new-${process.pid}`;
  for (const part of [fresh, `${fresh}-wal`, `${fresh}-shm`]) rmSync(part, { force: true });
  try {
    writeFileSync(fresh, "", { mode: 0o600 });
    const db = openDatabase(fresh, { create: true });
    try {
      upgrade(db);
    } finally {
      closeDatabase(db);
    }
    linkSync(fresh, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw inWords(error, file);
  } finally {
    for (const part of [fresh, `${fresh}-wal`, `${fresh}-shm`]) rmSync(part, { force: true });
  }
}

/** Applies the missing migrations under a lock. drizzle's own migrator looks before it locks, so two would apply one twice. */
function upgrade(db: Database): void {
  const sqlite = driverOf(db);
  const migrations = readMigrationFiles({ migrationsFolder: folder });
  sqlite.function("sha256", (token) => tokenHash(String(token)));
  // SQLite changes a table by rebuilding it; foreign keys would fail on the state in between.
  sqlite.pragma("foreign_keys = OFF");
  try {
    const apply = sqlite.transaction(() => {
      sqlite.exec("create table if not exists migration (hash text primary key, applied_at integer not null)");
      const applied = sqlite.prepare<[], string>("select hash from migration").pluck().all();
      const record = sqlite.prepare("insert into migration (hash, applied_at) values (?, ?)");
      const newer = `${db.file} was written by a newer version of Rankloop: use that one, or another RANKLOOP_DATA.`;
      for (const migration of missing(migrations, applied, newer)) {
        for (const statement of migration.sql) sqlite.exec(statement);
        record.run(migration.hash, Date.now());
      }
      const broken = sqlite.pragma("foreign_key_check");
      if (Array.isArray(broken) && broken.length > 0)
        throw new Error(`${db.file} has rows that refer to missing rows.`);
    });
    // Waits for other processes that start at the same time.
    sqlite.pragma("busy_timeout = 5000");
    apply.immediate();
  } catch (error) {
    throw inWords(error, db.file);
  } finally {
    sqlite.pragma("busy_timeout = 0");
    sqlite.pragma("foreign_keys = ON");
  }
}

/** The same on a PostgreSQL server, where an advisory lock keeps two processes from upgrading at once. */
async function upgradePostgres(address: string): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder: postgresFolder });
  const client = new pg.Client({ connectionString: address });
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`${nameOf({ file: address })} cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext('rankloop migration'))");
    await client.query("create table if not exists migration (hash text primary key, applied_at bigint not null)");
    const { rows } = await client.query<{ hash: string }>("select hash from migration");
    const applied = rows.map(({ hash }) => hash);
    const newer = `${nameOf({ file: address })} was written by a newer version of Rankloop: use that one.`;
    for (const migration of missing(migrations, applied, newer)) {
      for (const statement of migration.sql) await client.query(statement);
      await client.query("insert into migration (hash, applied_at) values ($1, $2)", [migration.hash, Date.now()]);
    }
    await client.query("commit");
  } catch (error) {
    throw inWords(error, nameOf({ file: address }));
  } finally {
    await client.end();
  }
}

/**
 * The migrations that a database still lacks.
 * @param applied the hashes of those it has
 * @throws Error with the sentence `newer` where one of them is not known here
 */
function missing(migrations: readonly MigrationMeta[], applied: readonly string[], newer: string): MigrationMeta[] {
  const known = new Set(migrations.map(({ hash }) => hash));
  if (applied.some((hash) => !known.has(hash))) throw new Error(newer);
  return migrations.filter(({ hash }) => !applied.includes(hash));
}

/** The message of an error. A name whose addresses all refuse a connection gives an error without a message of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
