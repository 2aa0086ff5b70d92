// Assignments (who ranks what, under a lease), rankings (a row for each candidate and its tier), the ratings and flags of stage
// one, and the warnings that were shown.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { answerFlagNames, guardKinds, promptFlagNames, skipReasons } from "../../lib/vocabulary/labeling.ts";
import { candidate, comparison } from "./comparisons.ts";
import { dataSource } from "./data-sources.ts";
import { model } from "./models.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";

export const assignmentStates = ["held", "submitted", "skipped", "released", "expired"] as const;

export const assignment = sqliteTable(
  "assignment",
  {
    id: text().primaryKey(),
    /** Its comparison's: what a person holds is found by it. */
    projectId: text()
      .notNull()
      .references(() => project.id),
    comparisonId: text()
      .notNull()
      .references(() => comparison.id),
    labelerId: text()
      .notNull()
      .references(() => user.id),
    state: text({ enum: assignmentStates }).notNull(),
    /** The end of the lease. After it someone else may take the place; until someone does, it stays with this labeler. */
    leaseUntil: integer().notNull(),
    /** Is each answer rated first? It is the project's setting at the time of handing out, and does not change later. */
    rateFirst: integer({ mode: "boolean" }).notNull().default(false),
    skipReason: text({ enum: skipReasons }),
    createdAt: integer().notNull(),
    endedAt: integer(),
  },
  (table) => [
    // A person ranks a comparison once: what they hold, have let run out or have submitted is one row.
    uniqueIndex("assignment_once")
      .on(table.comparisonId, table.labelerId)
      .where(sql`state in ('held', 'expired', 'submitted')`),
    index("assignment_holders").on(table.comparisonId, table.leaseUntil).where(sql`state = 'held'`),
    // The one on the screen and the one fetched ahead: claimAssignment keeps it at two in a project.
    index("assignment_held_by").on(table.labelerId, table.projectId, table.createdAt).where(sql`state = 'held'`),
    index("assignment_skipped").on(table.comparisonId, table.labelerId).where(sql`state = 'skipped'`),
    index("assignment_of").on(table.labelerId, table.comparisonId),
    check("assignment_state_known", sql`state in ('held', 'submitted', 'skipped', 'released', 'expired')`),
    check("assignment_skip_reason", sql`(state = 'skipped') = (skip_reason is not null)`),
    check("assignment_ended", sql`(state = 'held') = (ended_at is null)`),
  ],
);

export const ranking = sqliteTable(
  "ranking",
  {
    /** The order of submission, by which exports are read. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    /** Its comparison's: counts and exports read by it. */
    projectId: text()
      .notNull()
      .references(() => project.id),
    /** It and the labeler are null of a ranking that came in from a data source. */
    assignmentId: text().references(() => assignment.id, { onDelete: "cascade" }),
    /** From 1. A reopened ranking has several versions: all are kept, and the latest counts. */
    version: integer().notNull().default(1),
    comparisonId: text()
      .notNull()
      .references(() => comparison.id),
    labelerId: text().references(() => user.id),
    sourceId: text().references(() => dataSource.id, { onDelete: "cascade" }),
    /** Its id there, and whose ranking it is, as the data source calls them. */
    externalId: text(),
    externalLabeler: text(),
    /** As of a prompt: a hash of the comparison's key, of the order, and of these two. */
    importKey: text(),
    k: integer().notNull(),
    /** Pairs of different tiers, and pairs of one tier. */
    strict: integer().notNull(),
    tied: integer().notNull(),
    /** Time worked, pauses of more than a minute left out. */
    spentMs: integer(),
    /** The version of the guidelines that was on the screen. */
    guidelinesVersion: integer(),
    submittedAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex("ranking_version").on(table.assignmentId, table.version),
    index("ranking_project").on(table.projectId, table.seq),
    index("ranking_comparison").on(table.comparisonId),
    index("ranking_labeler").on(table.labelerId),
    index("ranking_source").on(table.sourceId).where(sql`source_id is not null`),
    uniqueIndex("ranking_imported_once").on(table.projectId, table.importKey).where(sql`import_key is not null`),
    check(
      "ranking_ranked",
      sql`(source_id is null) = (assignment_id is not null) and (source_id is null) = (labeler_id is not null)`,
    ),
    check("ranking_imported", sql`(source_id is null) = (import_key is null) and (source_id is null or version = 1)`),
    check("ranking_pairs", sql`strict >= 0 and tied >= 0 and strict + tied = k * (k - 1) / 2`),
  ],
);

export const rankingTier = sqliteTable(
  "ranking_tier",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    candidateId: text()
      .notNull()
      .references(() => candidate.id),
    /** 1 = best; candidates of one tier are a tie. */
    tier: integer().notNull(),
    /** The place it was shown in, from 0. */
    position: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.rankingId, table.candidateId] }),
    check("ranking_tier_from_1", sql`tier >= 1`),
  ],
);

/** Stage one: an answer rated alone. */
export const rating = sqliteTable(
  "rating",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    candidateId: text()
      .notNull()
      .references(() => candidate.id),
    likert: integer().notNull(),
    note: text().notNull().default(""),
    /** Time worked on this answer, pauses of more than a minute left out. */
    spentMs: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.rankingId, table.candidateId] }),
    check("rating_likert", sql`likert between 1 and 7`),
  ],
);

export const ratingFlag = sqliteTable(
  "rating_flag",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    candidateId: text()
      .notNull()
      .references(() => candidate.id),
    flag: text({ enum: answerFlagNames }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.rankingId, table.candidateId, table.flag] })],
);

/** A flag that a labeler set on the prompt. */
export const rankingPromptFlag = sqliteTable(
  "ranking_prompt_flag",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    flag: text({ enum: promptFlagNames }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.rankingId, table.flag] })],
);

/** A warning shown before submitting. `heeded`: the person changed the ranking or a rating; else they went past it. */
export const rankingGuard = sqliteTable(
  "ranking_guard",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    kind: text({ enum: guardKinds }).notNull(),
    said: text().notNull(),
    heeded: integer({ mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.rankingId, table.kind] })],
);

/** How far a ranking agrees with a reward model that scored its answers. A ranking that is all ties has no row. */
export const rankingAgreement = sqliteTable(
  "ranking_agreement",
  {
    rankingId: text()
      .notNull()
      .references(() => ranking.id),
    modelId: text()
      .notNull()
      .references(() => model.id),
    /** Of the ranking's strict pairs, those in the model's order; one that the model ties counts half. */
    agreed: real().notNull(),
    /** The reward model's loss of the ranking: the mean of −log σ(r_w − r_l) over its strict pairs. */
    loss: real().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.rankingId, table.modelId] }),
    index("ranking_agreement_least").on(table.modelId, table.loss),
    check("ranking_agreement_positive", sql`agreed >= 0 and loss >= 0`),
  ],
);
