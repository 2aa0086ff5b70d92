// What the installation keeps beside its projects and people.
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Single values, by name. */
export const setting = sqliteTable("setting", {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Requests that have been carried out, by their idempotency key: the same one sent again is answered, not done twice. */
export const request = sqliteTable(
  "request",
  {
    /** Whoever sent it; "" for nobody. It is no foreign key, so that it does not keep a person from being deleted. */
    actorId: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of the call and its input, hexadecimal: another request under this key is refused. */
    fingerprint: text().notNull(),
    /** JSON of what the change answered. */
    result: text().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.key] })],
);
