// K candidates for one prompt, to be ranked together, and the scores reward models give them.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { dataSource } from "./data-sources.ts";
import { model } from "./models.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";
import { prompt } from "./prompts.ts";

export const comparisonStates = ["generating", "ready", "stopped", "failed"] as const;
export const candidateStates = ["waiting", "streaming", "done", "stopped", "failed"] as const;

export const comparison = sqliteTable(
  "comparison",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    /** Its prompt's: the next assignment is found by it. */
    projectId: text()
      .notNull()
      .references(() => project.id),
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    /** The prompt's seq, by which lists of prompts are paged. The database fills it in, by a trigger. */
    promptSeq: integer(),
    k: integer().notNull(),
    /** The state of the answers' generation. `stillWanted` says how far they are ranked. */
    state: text({ enum: comparisonStates }).notNull(),
    /** How many rankings this comparison is to get; null: as many as the project wants of each. */
    wanted: integer(),
    /**
     * What is wanted less the rankings that count; below zero where more came than were wanted. Derived, and kept by
     * db/steps/wanted.ts: the next assignment is found by it in one step, however many comparisons are complete.
     */
    stillWanted: integer().notNull(),
    /** How far the heads of a reward model's ensemble disagree on the order; null: not scored, or by one without heads. */
    disagreement: real(),
    /** The reward model whose scores count; null while these answers have none. */
    judgedBy: text().references(() => model.id),
    /** Grows with every change of the comparison, its candidates or their scores: by it a watcher notices a change. */
    revision: integer().notNull().default(0),
    /** Who asked for the answers; null of answers that came in from a data source. */
    createdBy: text().references(() => user.id),
    sourceId: text().references(() => dataSource.id, { onDelete: "cascade" }),
    /** As of a prompt: a hash of the prompt's key and of the answers, in whatever order. */
    importKey: text(),
    createdAt: integer().notNull(),
    /** When a lead handed it out again: earlier skips do not count any more. */
    handedOutAt: integer(),
  },
  (table) => [
    index("comparison_prompt").on(table.promptId),
    index("comparison_source").on(table.sourceId).where(sql`source_id is not null`),
    uniqueIndex("comparison_imported_once").on(table.projectId, table.importKey).where(sql`import_key is not null`),
    // What is to be handed out, and nothing else: see isWanting in db/steps/wanted.ts, which says it in the same words.
    index("comparison_wanting").on(table.projectId, table.seq).where(sql`state = 'ready' and still_wanted > 0`),
    // The prompts of which rankings are wanted, and those that have all: lists of prompts read them in their order.
    index("comparison_wanting_prompt")
      .on(table.projectId, table.promptSeq)
      .where(sql`state = 'ready' and still_wanted > 0`),
    index("comparison_complete").on(table.projectId, table.promptSeq).where(sql`state = 'ready' and still_wanted <= 0`),
    index("comparison_unsure")
      .on(table.projectId, table.disagreement)
      .where(sql`state = 'ready' and still_wanted > 0 and disagreement is not null`),
    check("comparison_k", sql`k between 2 and 9`),
    check("comparison_state_known", sql`state in ('generating', 'ready', 'stopped', 'failed')`),
    check("comparison_wanted", sql`wanted >= 1`),
    check(
      "comparison_imported",
      sql`(source_id is null) = (created_by is not null) and (source_id is null) = (import_key is null)`,
    ),
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
    /** The model that writes it; or else the person who wrote it, or the data source that it came in from. */
    modelId: text().references(() => model.id),
    authorId: text().references(() => user.id),
    sourceId: text().references(() => dataSource.id, { onDelete: "cascade" }),
    /** Its id there, and who or what wrote it, as the data source calls them. */
    externalId: text(),
    externalAuthor: text(),
    /** These four are null of an answer that no model writes. */
    temperature: real(),
    topP: real(),
    maxTokens: integer(),
    seed: integer(),
    /** How often it was drawn again because another answer had the same text. */
    redraws: integer().notNull().default(0),
    state: text({ enum: candidateStates }).notNull(),
    text: text().notNull().default(""),
    tokens: integer().notNull().default(0),
    /** Why the text ends: the stop token, or maxTokens reached. */
    finish: text({ enum: ["stop", "length"] }),
    error: text(),
  },
  (table) => [
    uniqueIndex("candidate_place").on(table.comparisonId, table.position),
    index("candidate_source").on(table.sourceId).where(sql`source_id is not null`),
    check("candidate_position", sql`position between 0 and 8`),
    check("candidate_state_known", sql`state in ('waiting', 'streaming', 'done', 'stopped', 'failed')`),
    check(
      "candidate_writer",
      sql`(model_id is null or author_id is null) and (source_id is null) = (model_id is not null or author_id is not null)`,
    ),
    check(
      "candidate_settings",
      sql`model_id is null or (temperature is not null and top_p is not null and max_tokens is not null and seed is not null)`,
    ),
    check("candidate_imported", sql`source_id is not null or (external_id is null and external_author is null)`),
    check("candidate_done", sql`state <> 'done' or finish is not null`),
    check("candidate_failed", sql`state <> 'failed' or error is not null`),
  ],
);

/** How a server wrote an answer, as far as it says; answers of models here have none. */
export const candidateCall = sqliteTable("candidate_call", {
  candidateId: text()
    .primaryKey()
    .references(() => candidate.id, { onDelete: "cascade" }),
  url: text().notNull(),
  /** JSON: the request's body. The key is no part of it. */
  sent: text().notNull(),
  /** What the server calls its model. */
  serverModel: text(),
  fingerprint: text(),
  finishReason: text(),
  /** Of the whole call. */
  promptTokens: integer(),
  /** Of this answer; null where several came in one call. */
  tokens: integer(),
  /** This answer's share, where the model has a price. */
  cost: real(),
});

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
