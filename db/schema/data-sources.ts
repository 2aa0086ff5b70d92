// Data sources: the files that prompts, demonstrations, answers and rankings came in from.
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const dataSource = sqliteTable(
  "data_source",
  {
    /** Order of coming in. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    projectId: text()
      .notNull()
      .references(() => project.id),
    /** As people call it: at first the name of the file. */
    name: text().notNull(),
    /** The version of it, as its publisher counts; "" where nobody said. */
    revision: text().notNull(),
    /** The terms under which it may be used; "" where nobody said. */
    licence: text().notNull(),
    /** The SHA-256 of the file as it is, packed where it was packed. */
    hash: text().notNull(),
    /** The format that its rows were read by. */
    format: text().notNull(),
    /** Null for the shell. */
    importedBy: text().references(() => user.id),
    createdAt: integer().notNull(),
    /** When all of it had come in; null while it comes in, and after a stop. */
    finishedAt: integer(),
    /** What it added; a comparison is a set of answers. */
    prompts: integer().notNull().default(0),
    demonstrations: integer().notNull().default(0),
    comparisons: integer().notNull().default(0),
    rankings: integer().notNull().default(0),
    /** The rows of the file, and those of them left out because they cannot be read; null until all of it had come in. */
    rows: integer(),
    leftOut: integer(),
  },
  (table) => [
    index("data_source_project").on(table.projectId, table.seq),
    uniqueIndex("data_source_once").on(table.projectId, table.hash, table.format),
    check("data_source_name", sql`name <> ''`),
    check(
      "data_source_counts",
      sql`prompts >= 0 and demonstrations >= 0 and comparisons >= 0 and rankings >= 0 and left_out <= "rows"`,
    ),
    check(
      "data_source_finished",
      sql`(finished_at is null) = ("rows" is null) and (finished_at is null) = (left_out is null)`,
    ),
  ],
);
