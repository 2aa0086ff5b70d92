// Work in progress: the latest state of what a person is writing or ranking, replaced at every change.
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const draft = sqliteTable(
  "draft",
  {
    ownerId: text()
      .notNull()
      .references(() => user.id),
    projectId: text()
      .notNull()
      .references(() => project.id),
    /** "prompt", "demonstration:<prompt id>", "answers:<prompt id>" or "ranking:<comparison id>" */
    subject: text().notNull(),
    revision: integer().notNull(),
    /** The window that wrote it. */
    writer: text().notNull(),
    /** JSON; only the screen that wrote it knows its shape. */
    content: text().notNull(),
    savedAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.projectId, table.subject] })],
);
