// Prompts with their turns and few-shot examples, scenarios, and demonstrations.
import { sql } from "drizzle-orm";
import {
  type AnySQLiteColumn,
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { turnRoles } from "../../lib/vocabulary/conversation.ts";
import { promptKinds, splits } from "../../lib/vocabulary/labeling.ts";
import { dataSource } from "./data-sources.ts";
import { user } from "./people.ts";
import { project } from "./projects.ts";

/** Use-case descriptions: what user-based prompts are written from. */
export const scenario = sqliteTable("scenario", {
  seq: integer().primaryKey({ autoIncrement: true }),
  id: text().notNull().unique(),
  projectId: text()
    .notNull()
    .references(() => project.id),
  text: text().notNull(),
  /** Null for those that come with Rankloop. */
  authorId: text().references(() => user.id),
  createdAt: integer().notNull(),
  /** When it was taken off the list; null while it is in use. */
  retiredAt: integer(),
});

export const prompt = sqliteTable(
  "prompt",
  {
    /** Order of writing: what lists are paged by. */
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    projectId: text()
      .notNull()
      .references(() => project.id),
    kind: text({ enum: promptKinds }).notNull().default("plain"),
    /** The turns as one text (promptText), for lists; a model reads prompt_message. */
    text: text().notNull(),
    useCase: text().notNull(),
    /** The split, fixed when the prompt is written, so that all its rankings stay in one split for ever. */
    split: text({ enum: splits }).notNull(),
    /** The instruction of a few-shot prompt, and the input to answer; the examples are in prompt_shot. */
    instruction: text(),
    query: text(),
    /** The scenario of a user-based prompt. */
    scenarioId: text().references(() => scenario.id),
    /** The few-shot prompt from one of whose examples this one was drawn. */
    resampledFrom: text().references((): AnySQLiteColumn => prompt.id),
    /** The version before, which had answers already: it is archived, and keeps them. */
    revises: text().references((): AnySQLiteColumn => prompt.id),
    /** When it was archived: nothing new is made of it since. */
    archivedAt: integer(),
    /** Null for the prompts that come with Rankloop, or from a data source. */
    authorId: text().references(() => user.id),
    /** The data source that it came in from; null for what was written here. */
    sourceId: text().references(() => dataSource.id, { onDelete: "cascade" }),
    /** Its id there, where it has one. */
    externalId: text(),
    /** Who asked it, as the data source calls them: all prompts of one user are in one split. */
    externalAuthor: text(),
    /** Tells what came in from what has not: a hash of its id there and its turns, as they were. */
    importKey: text(),
    createdAt: integer().notNull(),
  },
  (table) => [
    index("prompt_project").on(table.projectId, table.seq),
    index("prompt_resampled").on(table.resampledFrom).where(sql`resampled_from is not null`),
    // What lists of a part are paged by. The full-text index prompt_words stands in the migrations alone: on SQLite a table that
    // triggers on this one keep, which a migration that makes this table anew has to make again.
    index("prompt_use_case").on(table.projectId, table.useCase, table.seq),
    index("prompt_author").on(table.authorId, table.seq).where(sql`author_id is not null`),
    index("prompt_source").on(table.sourceId, table.seq).where(sql`source_id is not null`),
    index("prompt_kind").on(table.projectId, table.kind, table.seq).where(sql`kind <> 'plain'`),
    index("prompt_archived").on(table.projectId, table.seq).where(sql`archived_at is not null`),
    uniqueIndex("prompt_revised_once").on(table.revises),
    uniqueIndex("prompt_imported_once").on(table.projectId, table.importKey).where(sql`import_key is not null`),
    index("prompt_external_author").on(table.projectId, table.externalAuthor).where(sql`external_author is not null`),
    check("prompt_text", sql`text <> ''`),
    check("prompt_split", sql`split in ('train', 'valid', 'test')`),
    check("prompt_kind", sql`kind in ('plain', 'few-shot', 'user-based')`),
    check("prompt_few_shot", sql`(kind = 'few-shot') = (instruction is not null and query is not null)`),
    check("prompt_user_based", sql`(kind = 'user-based') = (scenario_id is not null)`),
    check("prompt_imported", sql`source_id is null or (author_id is null and import_key is not null)`),
  ],
);

/** The turns of a prompt, what a model is asked. */
export const promptMessage = sqliteTable(
  "prompt_message",
  {
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    position: integer().notNull(),
    role: text({ enum: turnRoles }).notNull(),
    content: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.promptId, table.position] }),
    check("prompt_message_role", sql`role in ('system', 'user', 'assistant')`),
    check("prompt_message_content", sql`content <> ''`),
  ],
);

/** The examples of a few-shot prompt, in their order. */
export const promptShot = sqliteTable(
  "prompt_shot",
  {
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    position: integer().notNull(),
    query: text().notNull(),
    response: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.promptId, table.position] })],
);

export const demonstration = sqliteTable(
  "demonstration",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    /** Its prompt's: counts and exports read by it. */
    projectId: text()
      .notNull()
      .references(() => project.id),
    promptId: text()
      .notNull()
      .references(() => prompt.id),
    text: text().notNull(),
    /** Null of one that came in from a data source. */
    authorId: text().references(() => user.id),
    sourceId: text().references(() => dataSource.id, { onDelete: "cascade" }),
    /** Its id there, where it has one. */
    externalId: text(),
    /** Who wrote it, as the data source calls them. */
    externalAuthor: text(),
    /** As of a prompt: a hash of the prompt's key, its id there and its text. */
    importKey: text(),
    version: integer().notNull().default(1),
    /** The version before, which is kept and counts no more. */
    revises: text().references((): AnySQLiteColumn => demonstration.id),
    createdAt: integer().notNull(),
  },
  (table) => [
    index("demonstration_project").on(table.projectId, table.seq),
    index("demonstration_prompt").on(table.promptId),
    index("demonstration_author").on(table.authorId),
    index("demonstration_source").on(table.sourceId).where(sql`source_id is not null`),
    uniqueIndex("demonstration_revised_once").on(table.revises),
    uniqueIndex("demonstration_imported_once").on(table.projectId, table.importKey).where(sql`import_key is not null`),
    check("demonstration_text", sql`text <> ''`),
    check("demonstration_writer", sql`(author_id is null) <> (source_id is null)`),
    check("demonstration_imported", sql`(source_id is null) = (import_key is null)`),
    check("demonstration_version", sql`version >= 1 and (version > 1) = (revises is not null)`),
  ],
);
