// Data sources: files whose prompts and demonstrations come in, batch by batch. What is there already does not come in again,
// so that the same file adds nothing the second time, and an import that was stopped goes on where it was.
import { and, desc, eq, inArray } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { Split } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type ProjectScope } from "../change.ts";
import { type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { dataSource, demonstration, prompt, promptMessage, user } from "../schema/index.ts";

export interface DataSourceRow {
  id: string;
  name: string;
  revision: string;
  licence: string;
  hash: string;
  format: string;
  /** User name; null for the shell. */
  by: string | null;
  createdAt: number;
  finishedAt: number | null;
  prompts: number;
  demonstrations: number;
  rows: number | null;
  leftOut: number | null;
}

const sources = (orm: Orm) =>
  orm
    .select({
      id: dataSource.id,
      name: dataSource.name,
      revision: dataSource.revision,
      licence: dataSource.licence,
      hash: dataSource.hash,
      format: dataSource.format,
      by: user.username,
      createdAt: dataSource.createdAt,
      finishedAt: dataSource.finishedAt,
      prompts: dataSource.prompts,
      demonstrations: dataSource.demonstrations,
      rows: dataSource.rows,
      leftOut: dataSource.leftOut,
    })
    .from(dataSource)
    .leftJoin(user, eq(user.id, dataSource.importedBy))
    .$dynamic();

/** Newest first. */
export async function listDataSources({ db, project }: InProject): Promise<DataSourceRow[]> {
  return sources(ormOf(db)).where(eq(dataSource.projectId, project)).orderBy(desc(dataSource.seq)).all();
}

export async function getDataSource({ db, project }: InProject, id: string): Promise<DataSourceRow | null> {
  const there = and(eq(dataSource.projectId, project), eq(dataSource.id, id));
  return (await sources(ormOf(db)).where(there).get()) ?? null;
}

type NewDataSource = Pick<DataSourceRow, "name" | "revision" | "licence" | "hash" | "format">;

/** Inserts a data source. Where this very file has come in by the same format before, it is that one. */
export async function insertDataSource(scope: ProjectScope, input: NewDataSource): Promise<{ id: string }> {
  const { project: projectId, actor, now: createdAt } = scope;
  return changeOnce(scope, async (orm, tell) => {
    const { hash, format } = input;
    const same = and(eq(dataSource.projectId, projectId), eq(dataSource.hash, hash), eq(dataSource.format, format));
    const known = await orm.select({ id: dataSource.id }).from(dataSource).where(same).get();
    if (known) return known;
    const id = newId();
    const importedBy = actor.kind === "user" ? actor.id : null;
    await orm
      .insert(dataSource)
      .values({ id, projectId, importedBy, createdAt, ...input })
      .run();
    await tell({ verb: "dataSource.create", subject: id, before: null, after: { ...input } });
    return { id };
  });
}

/** A prompt that comes in, with its demonstrations. */
export interface IncomingPrompt {
  /** Tells it from others: the same prompt of the same id always has this one. */
  key: string;
  externalId: string | null;
  messages: readonly Message[];
  /** The same as one text (promptText). */
  text: string;
  useCase: string;
  split: Split;
  demonstrations: readonly IncomingDemonstration[];
}

export interface IncomingDemonstration {
  key: string;
  externalId: string | null;
  externalAuthor: string | null;
  text: string;
  /** When it was written, where the file says so. */
  writtenAt: number | null;
}

export interface Added {
  prompts: number;
  demonstrations: number;
  /** Prompts and demonstrations that were there already. */
  repeated: number;
}

/** A statement has only so many parameters, and a row here at most 20 of them. */
const rowsAtOnce = 1_000;

/** Inserts what of this is not there yet, all or nothing. @returns null where there is no such data source */
export async function insertIncoming(
  scope: ProjectScope,
  { sourceId, prompts }: { sourceId: string; prompts: readonly IncomingPrompt[] },
): Promise<Added | null> {
  const { project: projectId, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    const there = and(eq(dataSource.projectId, projectId), eq(dataSource.id, sourceId));
    const before = await orm
      .select({ prompts: dataSource.prompts, demonstrations: dataSource.demonstrations })
      .from(dataSource)
      .where(there)
      .get();
    if (!before) return null;
    const added: Added = { prompts: 0, demonstrations: 0, repeated: 0 };
    const ids = await knownPrompts(orm, projectId, prompts);
    const answered = await knownDemonstrations(orm, projectId, prompts);
    const rows: (typeof prompt.$inferInsert)[] = [];
    const messages: (typeof promptMessage.$inferInsert)[] = [];
    const demonstrations: (typeof demonstration.$inferInsert)[] = [];
    for (const one of prompts) {
      const { key: importKey, externalId, text, useCase, split } = one;
      let promptId = ids.get(importKey);
      if (promptId === undefined) {
        promptId = newId();
        ids.set(importKey, promptId);
        const kind = "plain" as const;
        rows.push({
          id: promptId,
          projectId,
          kind,
          text,
          useCase,
          split,
          sourceId,
          externalId,
          importKey,
          createdAt: now,
        });
        for (const [position, { role, content }] of one.messages.entries()) {
          messages.push({ promptId, position, role, content });
        }
        added.prompts++;
      } else if (one.demonstrations.length === 0) added.repeated++;
      for (const { key, writtenAt, ...said } of one.demonstrations) {
        if (answered.has(key)) {
          added.repeated++;
          continue;
        }
        answered.add(key);
        const createdAt = writtenAt ?? now;
        demonstrations.push({ id: newId(), projectId, promptId, sourceId, importKey: key, createdAt, ...said });
        added.demonstrations++;
      }
    }
    for (const some of pagesOf(rows)) await orm.insert(prompt).values(some).run();
    for (const some of pagesOf(messages)) await orm.insert(promptMessage).values(some).run();
    for (const some of pagesOf(demonstrations)) await orm.insert(demonstration).values(some).run();
    const after = {
      prompts: before.prompts + added.prompts,
      demonstrations: before.demonstrations + added.demonstrations,
    };
    await orm.update(dataSource).set(after).where(there).run();
    await tell({ verb: "dataSource.addRows", subject: sourceId, before, after });
    return added;
  });
}

/**
 * The prompts of these that are there: those that came in before, by their keys; and those written here, whose own export
 * comes back: the same id and the same text.
 */
async function knownPrompts(
  orm: Orm,
  projectId: string,
  prompts: readonly IncomingPrompt[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const some of pagesOf(prompts)) {
    const keys = some.map(({ key }) => key);
    const imported = and(eq(prompt.projectId, projectId), inArray(prompt.importKey, keys));
    for (const { id, key } of await orm
      .select({ id: prompt.id, key: prompt.importKey })
      .from(prompt)
      .where(imported)
      .all())
      if (key !== null) ids.set(key, id);
    const own = some.flatMap(({ externalId }) => externalId ?? []);
    const written = and(eq(prompt.projectId, projectId), inArray(prompt.id, own));
    const found =
      own.length === 0 ? [] : await orm.select({ id: prompt.id, text: prompt.text }).from(prompt).where(written).all();
    const textOf = new Map(found.map(({ id, text }) => [id, text]));
    for (const { key, externalId, text } of some)
      if (externalId !== null && textOf.get(externalId) === text) ids.set(key, externalId);
  }
  return ids;
}

/** The keys of the demonstrations that are there, in the same two ways. */
async function knownDemonstrations(
  orm: Orm,
  projectId: string,
  prompts: readonly IncomingPrompt[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of pagesOf(prompts.flatMap(({ demonstrations }) => demonstrations))) {
    const keys = some.map(({ key }) => key);
    const imported = and(eq(demonstration.projectId, projectId), inArray(demonstration.importKey, keys));
    for (const { key } of await orm.select({ key: demonstration.importKey }).from(demonstration).where(imported).all())
      if (key !== null) known.add(key);
    const own = some.flatMap(({ externalId }) => externalId ?? []);
    const written = and(eq(demonstration.projectId, projectId), inArray(demonstration.id, own));
    const { id, text } = demonstration;
    const found = own.length === 0 ? [] : await orm.select({ id, text }).from(demonstration).where(written).all();
    const textOf = new Map(found.map((row) => [row.id, row.text]));
    for (const one of some) if (textOf.get(one.externalId ?? "") === one.text) known.add(one.key);
  }
  return known;
}

function* pagesOf<T>(rows: readonly T[]): Generator<T[], void, undefined> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}

/**
 * Notes that all of a data source has come in, and how much of it was left out. The first time counts.
 * @returns null where there is no such data source
 */
export async function finishDataSource(
  scope: ProjectScope,
  { id, rows, leftOut }: { id: string; rows: number; leftOut: number },
): Promise<{ id: string } | null> {
  return changeOnce(scope, async (orm, tell) => {
    const there = and(eq(dataSource.projectId, scope.project), eq(dataSource.id, id));
    const before = await orm
      .select({ finishedAt: dataSource.finishedAt, rows: dataSource.rows, leftOut: dataSource.leftOut })
      .from(dataSource)
      .where(there)
      .get();
    if (!before) return null;
    if (before.finishedAt !== null) return { id };
    const after = { finishedAt: scope.now, rows, leftOut };
    await orm.update(dataSource).set(after).where(there).run();
    await tell({ verb: "dataSource.finish", subject: id, before, after });
    return { id };
  });
}
