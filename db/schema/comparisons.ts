// K candidates for one prompt, to be ranked together, and the scores reward models give them.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { model } from "./models.ts";
import { user } from "./people.ts";
import { prompt } from "./prompts.ts";

export const comparisonStates = ["generating", "ready", "ranked", "stopped", "failed"] as const;
export const candidateStates = ["waiting", "streaming", "done", "stopped", "failed"] as const;

export const comparison = sqliteTable(
  "comparison",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    k: integer().notNull(),
    state: text({ enum: comparisonStates }).notNull(),
    /** How far the heads of a reward model's ensemble disagree on the order; null: not judged, or by one without heads. */
    disagreement: real(),
    /** The reward model whose numbers stand; null while there are none of these answers. */
    judgedBy: text().references(() => model.id),
    /** Grows with every change of the comparison, its candidates or their scores: what a watcher looks at. */
    revision: integer().notNull().default(0),
    createdBy: text()
      .notNull()
      .references(() => user.id),
    createdAt: integer().notNull(),
    /** When a lead handed it out again: skips of before do not count any more. */
    handedOutAt: integer(),
  },
  (table) => [
    index("comparison_prompt").on(table.promptId),
    index("comparison_state").on(table.state, table.seq),
    index("comparison_unsure").on(table.state, table.disagreement).where(sql`disagreement is not null`),
    check("comparison_k", sql`k between 2 and 9`),
    check("comparison_state_known", sql`state in ('generating', 'ready', 'ranked', 'stopped', 'failed')`),
  ],
);

export const candidate = sqliteTable(
  "candidate",
  {
    id: text().primaryKey(),
    comparisonId: text()
      .notNull()
      .references(() => comparison.id),
    /** Place in the shuffled order, from 0: the label shown is the letter of this place. */
    position: integer().notNull(),
    modelId: text()
      .notNull()
      .references(() => model.id),
    temperature: real().notNull(),
    topP: real().notNull(),
    maxTokens: integer().notNull(),
    seed: integer().notNull(),
    state: text({ enum: candidateStates }).notNull(),
    text: text().notNull().default(""),
    tokens: integer().notNull().default(0),
    /** Why the text ends: the stop token, or maxTokens reached. */
    finish: text({ enum: ["stop", "length"] }),
    error: text(),
  },
  (table) => [
    uniqueIndex("candidate_place").on(table.comparisonId, table.position),
    check("candidate_position", sql`position between 0 and 8`),
    check("candidate_state_known", sql`state in ('waiting', 'streaming', 'done', 'stopped', 'failed')`),
    check("candidate_done", sql`state <> 'done' or finish is not null`),
    check("candidate_failed", sql`state <> 'failed' or error is not null`),
  ],
);

export const candidateScore = sqliteTable(
  "candidate_score",
  {
    candidateId: text()
      .notNull()
      .references(() => candidate.id),
    modelId: text()
      .notNull()
      .references(() => model.id),
    score: real().notNull(),
    scoredAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.candidateId, table.modelId] })],
);
