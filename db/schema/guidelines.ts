// Guidelines for labelers, in every version, and which version each person has read.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { guidelineTopics } from "../../lib/vocabulary/labeling.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const guidelines = sqliteTable(
  "guidelines",
  {
    projectId: text()
      .notNull()
      .references(() => project.id),
    topic: text({ enum: guidelineTopics }).notNull(),
    /** From 1; the highest is in force. */
    version: integer().notNull(),
    /** Markdown. */
    text: text().notNull(),
    /** Null for those that come with Rankloop. */
    authorId: text().references(() => user.id),
    createdAt: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.topic, table.version] }),
    check("guidelines_topic", sql`topic in ('write', 'rank')`),
  ],
);

/** The latest version a person has read. */
export const guidelinesRead = sqliteTable(
  "guidelines_read",
  {
    userId: text()
      .notNull()
      .references(() => user.id),
    projectId: text()
      .notNull()
      .references(() => project.id),
    topic: text({ enum: guidelineTopics }).notNull(),
    version: integer().notNull(),
    readAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.projectId, table.topic] })],
);
