// Training runs, their settings, and the points of their curves. The state of a run is the state of its job.
import { sql } from "drizzle-orm";
import { check, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { job } from "./jobs.ts";
import { model } from "./models.ts";
import { user } from "./people.ts";

export const trainingRun = sqliteTable(
  "training_run",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    name: text().notNull(),
    kind: text({ enum: ["reward"] }).notNull(),
    baseModelId: text()
      .notNull()
      .references(() => model.id),
    outputModelId: text().references(() => model.id),
    jobId: text()
      .notNull()
      .references(() => job.id),
    startedBy: text()
      .notNull()
      .references(() => user.id),
    learningRate: real().notNull(),
    epochs: integer().notNull(),
    rows: integer().notNull(),
    weightDecay: real().notNull(),
    seed: integer().notNull(),
    /** The data: rankings whose seq is at most this, so that a run repeats on what it was started on. */
    throughRanking: integer().notNull(),
    comparisons: integer().notNull(),
    pairs: integer().notNull(),
    step: integer().notNull().default(0),
    steps: integer().notNull().default(0),
    secondsLeft: real(),
    revision: integer().notNull().default(0),
    createdAt: integer().notNull(),
    finishedAt: integer(),
  },
  () => [check("training_run_kind", sql`kind in ('reward')`)],
);

export const trainingPoint = sqliteTable(
  "training_point",
  {
    /** Grows with every write, also of a step done again after a resume: what a watcher reads on from. */
    seq: integer().primaryKey({ autoIncrement: true }),
    runId: text()
      .notNull()
      .references(() => trainingRun.id),
    step: integer().notNull(),
    name: text().notNull(),
    value: real().notNull(),
  },
  (table) => [uniqueIndex("training_point_once").on(table.runId, table.name, table.step)],
);
