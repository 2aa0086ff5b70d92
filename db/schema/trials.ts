// "Try it": one answer to a prompt that is still being written. Each person's last one; nothing here is training data.
import { sql } from "drizzle-orm";
import { check, index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { candidateStates } from "./comparisons.ts";
import { model } from "./models.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const trial = sqliteTable(
  "trial",
  {
    id: text().primaryKey(),
    projectId: text()
      .notNull()
      .references(() => project.id),
    ownerId: text()
      .notNull()
      .references(() => user.id),
    modelId: text()
      .notNull()
      .references(() => model.id),
    /** The turns as JSON. They may never become a prompt. */
    messages: text().notNull(),
    temperature: real().notNull(),
    topP: real().notNull(),
    maxTokens: integer().notNull(),
    seed: integer().notNull(),
    state: text({ enum: candidateStates }).notNull(),
    text: text().notNull().default(""),
    tokens: integer().notNull().default(0),
    error: text(),
    /** Grows with every change, by which a watcher sees one. */
    revision: integer().notNull().default(0),
    createdAt: integer().notNull(),
  },
  (table) => [
    index("trial_owner").on(table.ownerId),
    check("trial_state_known", sql`state in ('waiting', 'streaming', 'done', 'stopped', 'failed')`),
    check("trial_failed", sql`state <> 'failed' or error is not null`),
  ],
);
