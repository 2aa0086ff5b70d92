// What people write: prompts and, for some of them, the ideal answer.
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { splits } from "../../lib/preference/records.ts";
import { user } from "./people.ts";

export const prompt = sqliteTable(
  "prompt",
  {
    /** Order of writing: what lists are paged by. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    text: text().notNull(),
    useCase: text().notNull(),
    /** Fixed when written, so that all rankings of a prompt stay in one split for ever. */
    split: text({ enum: splits }).notNull(),
    /** Null for the prompts that come with Rankloop. */
    authorId: text().references(() => user.id),
    createdAt: integer().notNull(),
  },
  () => [check("prompt_text", sql`text <> ''`), check("prompt_split", sql`split in ('train', 'valid', 'test')`)],
);

export const demonstration = sqliteTable(
  "demonstration",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    text: text().notNull(),
    authorId: text()
      .notNull()
      .references(() => user.id),
    createdAt: integer().notNull(),
  },
  (table) => [
    index("demonstration_prompt").on(table.promptId),
    index("demonstration_author").on(table.authorId),
    check("demonstration_text", sql`text <> ''`),
  ],
);
