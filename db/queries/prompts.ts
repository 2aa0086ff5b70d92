// Prompts and demonstrations: what people write.
import { asc, desc, eq, lt, sql } from "drizzle-orm";
import type { Split } from "../../lib/preference/records.ts";
import { change, type Database, type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { demonstration, prompt, setting, user } from "../schema/index.ts";

export interface PromptRow {
  id: string;
  text: string;
  useCase: string;
  /** User name; null for the prompts that come with Rankloop. */
  author: string | null;
  createdAt: number;
  demonstrations: number;
  comparisons: number;
}

export interface DemonstrationRow {
  id: string;
  promptId: string;
  text: string;
  author: string;
  createdAt: number;
}

export interface NewPrompt {
  text: string;
  useCase: string;
  split: Split;
}

const prompts = (orm: Orm) =>
  orm
    .select({
      id: prompt.id,
      text: prompt.text,
      useCase: prompt.useCase,
      author: user.username,
      createdAt: prompt.createdAt,
      demonstrations: sql<number>`(select count(*) from demonstration where demonstration.prompt_id = prompt.id)`,
      comparisons: sql<number>`(select count(*) from comparison where comparison.prompt_id = prompt.id)`,
    })
    .from(prompt)
    .leftJoin(user, eq(user.id, prompt.authorId))
    .$dynamic();

/** Newest first; `cursor` is the id of the last one of the page before. */
export async function listPrompts(db: Database, page: { cursor?: string; limit: number }): Promise<PromptRow[]> {
  const orm = ormOf(db);
  const last = orm
    .select({ seq: prompt.seq })
    .from(prompt)
    .where(eq(prompt.id, page.cursor ?? ""));
  return prompts(orm)
    .where(page.cursor === undefined ? undefined : lt(prompt.seq, last))
    .orderBy(desc(prompt.seq))
    .limit(page.limit)
    .all();
}

export async function getPrompt(db: Database, id: string): Promise<PromptRow | null> {
  return prompts(ormOf(db)).where(eq(prompt.id, id)).get() ?? null;
}

/** Oldest first. */
export async function demonstrationsOf(db: Database, promptId: string): Promise<DemonstrationRow[]> {
  return ormOf(db)
    .select({
      id: demonstration.id,
      promptId: demonstration.promptId,
      text: demonstration.text,
      author: user.username,
      createdAt: demonstration.createdAt,
    })
    .from(demonstration)
    .innerJoin(user, eq(user.id, demonstration.authorId))
    .where(eq(demonstration.promptId, promptId))
    .orderBy(asc(demonstration.seq))
    .all();
}

/** A prompt and, where given, its demonstration by the same person: both or none. */
export async function insertPrompt(
  db: Database,
  input: NewPrompt & { authorId: string; demonstration?: string; now: number },
): Promise<{ id: string }> {
  const { text, useCase, split, authorId, now: createdAt } = input;
  return change(db, (orm) => {
    const id = newId();
    orm.insert(prompt).values({ id, text, useCase, split, authorId, createdAt }).run();
    if (input.demonstration !== undefined) {
      orm
        .insert(demonstration)
        .values({ id: newId(), promptId: id, text: input.demonstration, authorId, createdAt })
        .run();
    }
    return { id };
  });
}

/** @returns null when there is no such prompt */
export async function insertDemonstration(
  db: Database,
  input: { promptId: string; text: string; authorId: string; now: number },
): Promise<{ id: string } | null> {
  return change(db, (orm) => {
    const known = orm.select({ id: prompt.id }).from(prompt).where(eq(prompt.id, input.promptId)).get();
    if (!known) return null;
    const id = newId();
    const { promptId, text, authorId, now: createdAt } = input;
    orm.insert(demonstration).values({ id, promptId, text, authorId, createdAt }).run();
    return { id };
  });
}

const seeded = "prompts seeded at";

/** The prompts that come with Rankloop, put in once in the life of a database, the first on top of the list. */
export async function seedPromptsOnce(db: Database, list: NewPrompt[], now: number): Promise<boolean> {
  return change(db, (orm) => {
    const before = orm.select().from(setting).where(eq(setting.name, seeded)).get();
    if (before) return false;
    for (const { text, useCase, split } of list.toReversed()) {
      orm.insert(prompt).values({ id: newId(), text, useCase, split, createdAt: now }).run();
    }
    orm
      .insert(setting)
      .values({ name: seeded, value: String(now) })
      .run();
    return true;
  });
}
