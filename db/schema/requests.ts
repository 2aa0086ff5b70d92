// Requests that have been carried out, under the key each sender gave its own: the same again is answered, not done twice.
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const request = sqliteTable(
  "request",
  {
    /** Whoever sent it; "" for nobody. No reference: it says nothing of a person, and stands in no one's way. */
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
