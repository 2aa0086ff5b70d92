// Training runs, their settings and data, and the points of their curves. The state of a run is the state of its job.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { trainingDatasets, trainingKinds } from "../../lib/vocabulary/labeling.ts";
import { job } from "./jobs.ts";
import { model } from "./models.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const trainingRun = sqliteTable(
  "training_run",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    projectId: text()
      .notNull()
      .references(() => project.id),
    name: text().notNull(),
    kind: text({ enum: trainingKinds }).notNull(),
    baseModelId: text()
      .notNull()
      .references(() => model.id),
    /** The reward model of PPO, or the one that chooses an epoch of fine-tuning. */
    rewardModelId: text().references(() => model.id),
    outputModelId: text().references(() => model.id),
    jobId: text()
      .notNull()
      .references(() => job.id),
    startedBy: text()
      .notNull()
      .references(() => user.id),
    /** JSON, by kind: the trainer's settings as they were sent to it; read only through db/queries/training-runs.ts. */
    settings: text().notNull(),
    /** The watermark of the data: rows up to these, so that a resumed run reads the data it was started on. */
    throughRanking: integer().notNull(),
    throughDemonstration: integer().notNull(),
    throughReview: integer().notNull(),
    throughPrompt: integer().notNull(),
    step: integer().notNull().default(0),
    steps: integer().notNull().default(0),
    secondsLeft: real(),
    /** The work under way between two steps, e.g. "sampling 256 answers"; null where it is not known. */
    phase: text(),
    revision: integer().notNull().default(0),
    createdAt: integer().notNull(),
    finishedAt: integer(),
  },
  (table) => [
    uniqueIndex("training_run_output").on(table.outputModelId),
    check("training_run_kind", sql`kind in ('sft', 'reward', 'dpo', 'ppo')`),
    check("training_run_settings", sql`json_valid(settings)`),
    check("training_run_rewarded", sql`kind <> 'ppo' or reward_model_id is not null`),
  ],
);

/** What a run reads. The files are under <data>/runs/<run>. */
export const trainingData = sqliteTable(
  "training_data",
  {
    runId: text()
      .notNull()
      .references(() => trainingRun.id),
    dataset: text({ enum: trainingDatasets }).notNull(),
    /** Which texts these are; null for people's data. */
    source: text(),
    /** How many comparisons, demonstrations, prompts or texts there are. */
    items: integer().notNull(),
    /** Lines of the file: for comparisons their pairs without ties. */
    lines: integer().notNull(),
    /** SHA-256 of the file, hexadecimal; null before it is written. */
    hash: text(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.dataset] }),
    check("training_data_known", sql`dataset in ('demonstrations', 'comparisons', 'prompts', 'texts')`),
    check("training_data_source", sql`(dataset = 'texts') = (source is not null)`),
  ],
);

export const trainingPoint = sqliteTable(
  "training_point",
  {
    /** Grows with every write, also of a step repeated after a resume; a watcher reads on from it. */
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
