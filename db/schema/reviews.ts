// Reviews of demonstrations and of rankings: one log, in which all are kept and the latest of each counts.
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./people.ts";
import { demonstration } from "./prompts.ts";
import { ranking } from "./rankings.ts";

export const review = sqliteTable(
  "review",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    /** One of these two is set: the subject of the review, with which it is deleted. */
    demonstrationId: text().references(() => demonstration.id, { onDelete: "cascade" }),
    rankingId: text().references(() => ranking.id, { onDelete: "cascade" }),
    reviewerId: text()
      .notNull()
      .references(() => user.id),
    /** The rating of a demonstration; null for a ranking. */
    rating: integer(),
    /** True: a demonstration goes back to its author, or the labeler of a ranking is asked to look again. */
    returned: integer({ mode: "boolean" }).notNull(),
    comment: text().notNull(),
    createdAt: integer().notNull(),
    /** When the labeler looked at their ranking again and left it as it was. */
    answeredAt: integer(),
  },
  (table) => [
    index("review_of_demonstration").on(table.demonstrationId, table.seq),
    index("review_of_ranking").on(table.rankingId, table.seq),
    check("review_of_one", sql`(demonstration_id is null) <> (ranking_id is null)`),
    check("review_rating", sql`(rating is null) = (demonstration_id is null) and rating between 1 and 7`),
    check("review_comment", sql`returned = 0 or comment <> ''`),
    check("review_answered", sql`answered_at is null or (returned = 1 and ranking_id is not null)`),
  ],
);
