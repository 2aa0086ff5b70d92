// Single values of the whole installation, by name.
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const setting = sqliteTable("setting", {
  name: text().primaryKey(),
  value: text().notNull(),
});
