// Projects, the people in them with a role each, and the settings of each project. Roots of work (prompts, use-case
// descriptions, guidelines, runs, drafts, jobs, …) carry the project; what hangs on a root belongs where its root does.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { roles } from "../../lib/vocabulary/labeling.ts";
import { user } from "./people.ts";

export const project = sqliteTable(
  "project",
  {
    /** Order of making. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    name: text().notNull().unique(),
    /** Null for those that Rankloop made itself. */
    createdBy: text().references(() => user.id),
    createdAt: integer().notNull(),
    /** Read-only and out of the lists since then. */
    archivedAt: integer(),
  },
  () => [check("project_name", sql`name <> ''`)],
);

/** Who is in a project, as what. */
export const member = sqliteTable(
  "member",
  {
    projectId: text()
      .notNull()
      .references(() => project.id),
    userId: text()
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    role: text({ enum: roles }).notNull(),
    joinedAt: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.userId] }),
    index("member_user").on(table.userId),
    check("member_role", sql`role in ('admin', 'reviewer', 'engineer', 'labeler', 'writer', 'annotator')`),
  ],
);

/** Single values of a project, by name. */
export const projectSetting = sqliteTable(
  "project_setting",
  {
    projectId: text()
      .notNull()
      .references(() => project.id),
    name: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.name] })],
);
