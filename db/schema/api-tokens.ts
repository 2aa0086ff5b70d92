// Tokens that programs come with in place of a person.
import { sql } from "drizzle-orm";
import { check, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const apiToken = sqliteTable(
  "api_token",
  {
    id: text().primaryKey(),
    /** The one whose models it opens, beside those of the installation. */
    projectId: text()
      .notNull()
      .references(() => project.id),
    /** What it is for, in the words of who made it. */
    name: text().notNull(),
    hash: text().notNull().unique(),
    /** What it opens. */
    scope: text({ enum: ["serving"] }).notNull(),
    /** Whoever made it: it is worth nothing once their account is closed. */
    userId: text()
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    createdAt: integer().notNull(),
    revokedAt: integer(),
  },
  () => [check("api_token_scope", sql`scope in ('serving')`)],
);
