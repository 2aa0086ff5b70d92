// Who ranks what (assignments, with a lease) and what they said (rankings: one row per candidate and tier).
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { candidate, comparison } from "./comparisons.ts";
import { user } from "./people.ts";

export const assignmentStates = ["held", "submitted", "skipped", "released", "expired"] as const;
export const skipReasons = ["unclear", "needs expertise", "sensitive", "broken"] as const;

export const assignment = sqliteTable(
  "assignment",
  {
    id: text().primaryKey(),
    comparisonId: text()
      .notNull()
      .references(() => comparison.id),
    labelerId: text()
      .notNull()
      .references(() => user.id),
    state: text({ enum: assignmentStates }).notNull(),
    /** After this moment someone else may take the comparison; until someone does it stays with this labeler. */
    leaseUntil: integer().notNull(),
    skipReason: text({ enum: skipReasons }),
    createdAt: integer().notNull(),
    endedAt: integer(),
  },
  (table) => [
    uniqueIndex("assignment_one_holder").on(table.comparisonId).where(sql`state = 'held'`),
    uniqueIndex("assignment_one_held").on(table.labelerId).where(sql`state = 'held'`),
    index("assignment_skipped").on(table.labelerId, table.comparisonId).where(sql`state = 'skipped'`),
    check("assignment_state_known", sql`state in ('held', 'submitted', 'skipped', 'released', 'expired')`),
    check("assignment_skip_reason", sql`(state = 'skipped') = (skip_reason is not null)`),
    check("assignment_ended", sql`(state = 'held') = (ended_at is null)`),
  ],
);

export const ranking = sqliteTable(
  "ranking",
  {
    /** Order of submission: what exports are read by. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    assignmentId: text()
      .notNull()
      .unique()
      .references(() => assignment.id),
    comparisonId: text()
      .notNull()
      .references(() => comparison.id),
    labelerId: text()
      .notNull()
      .references(() => user.id),
    k: integer().notNull(),
    /** Pairs of different tiers, and pairs of one tier. */
    strict: integer().notNull(),
    tied: integer().notNull(),
    spentMs: integer(),
    submittedAt: integer().notNull(),
  },
  (table) => [
    index("ranking_comparison").on(table.comparisonId),
    index("ranking_labeler").on(table.labelerId),
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
  },
  (table) => [
    primaryKey({ columns: [table.rankingId, table.candidateId] }),
    check("ranking_tier_from_1", sql`tier >= 1`),
  ],
);
