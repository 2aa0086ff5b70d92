// Brings a database file to this version's tables. Not imported by the web bundle: it reads db/migrations as files.
import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { change, driverOf, openDatabase } from "./client.ts";
import { tokenHash } from "./token-hash.ts";

const folder = path.join(import.meta.dirname, "migrations");

/**
 * Applies the migrations that are missing, all or none. Safe to call from several processes at once.
 * drizzle's own migrator reads what is applied before it takes the lock, so two of them would run the same one twice.
 * @throws Error when the file was written by a newer version, naming it.
 */
export function migrate(file?: string): void {
  const db = openDatabase(file);
  const sqlite = driverOf(db);
  const migrations = readMigrationFiles({ migrationsFolder: folder });
  sqlite.function("sha256", (token) => tokenHash(String(token)));
  // SQLite changes a table by building it anew; foreign keys would see the moment in between.
  sqlite.pragma("foreign_keys = OFF");
  try {
    change(db, () => {
      sqlite.exec("create table if not exists migration (hash text primary key, applied_at integer not null)");
      const applied = new Set(sqlite.prepare<[], string>("select hash from migration").pluck().all());
      const known = new Set(migrations.map((migration) => migration.hash));
      if ([...applied].some((hash) => !known.has(hash))) {
        throw new Error(
          `${db.file} was written by a newer version of Rankloop: use that one, or another RANKLOOP_DATA.`,
        );
      }
      const record = sqlite.prepare("insert into migration (hash, applied_at) values (?, ?)");
      for (const migration of migrations) {
        if (applied.has(migration.hash)) continue;
        for (const statement of migration.sql) sqlite.exec(statement);
        record.run(migration.hash, Date.now());
      }
      const broken = sqlite.pragma("foreign_key_check");
      if (Array.isArray(broken) && broken.length > 0)
        throw new Error(`${db.file} has rows that refer to missing rows.`);
    });
  } finally {
    sqlite.pragma("foreign_keys = ON");
  }
}
