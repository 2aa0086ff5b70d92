// The model list. The weights themselves are directories: models/zoo/<directory> or <data>/models/<directory>.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { project } from "./projects.ts";

export const model = sqliteTable(
  "model",
  {
    id: text().primaryKey(),
    /** The one that trained it; null for the installation's, which all projects may use. */
    projectId: text().references(() => project.id, { onDelete: "cascade" }),
    name: text().notNull(),
    kind: text({ enum: ["lm", "reward"] }).notNull(),
    /** Which root `directory` is under, so that both may move. */
    origin: text({ enum: ["shipped", "trained"] }).notNull(),
    directory: text().notNull(),
    parameters: integer().notNull(),
    /** Tokens of prompt and answer together. */
    context: integer().notNull(),
    createdAt: integer().notNull(),
    /** When its files were deleted; the row stays, because answers and runs refer to it. */
    deletedAt: integer(),
  },
  () => [
    check("model_kind", sql`kind in ('lm', 'reward')`),
    check("model_origin", sql`origin in ('shipped', 'trained')`),
  ],
);

export const modelMetric = sqliteTable(
  "model_metric",
  {
    modelId: text()
      .notNull()
      .references(() => model.id),
    name: text().notNull(),
    value: real().notNull(),
  },
  (table) => [primaryKey({ columns: [table.modelId, table.name] })],
);
