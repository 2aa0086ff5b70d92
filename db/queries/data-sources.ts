// Data sources: the files that come in. Their rows do in db/queries/incoming.ts.
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { demonstrationSubject, rankingSubject } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type ProjectScope } from "../change.ts";
import { type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { comparison, dataSource, prompt, user } from "../schema/index.ts";
import { deleteDraftsOfAll } from "../steps/drafts.ts";
import { removeWithAll } from "../steps/remove.ts";

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
  comparisons: number;
  rankings: number;
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
      comparisons: dataSource.comparisons,
      rankings: dataSource.rankings,
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

/** What people here, and other files, have made of what came in. */
export interface BuiltOn {
  demonstrations: number;
  comparisons: number;
  rankings: number;
}

export type DataSourceRemoved = { id: string } | "not found" | { builtOn: BuiltOn };

/** Deletes a data source with all that came in from it, unless somebody has built on it: that would be gone, too. */
export async function removeDataSource(scope: ProjectScope, { id }: { id: string }): Promise<DataSourceRemoved> {
  return changeOnce(scope, async (orm, tell): Promise<DataSourceRemoved> => {
    const there = and(eq(dataSource.projectId, scope.project), eq(dataSource.id, id));
    const row = await orm.select().from(dataSource).where(there).get();
    if (!row) return "not found";
    const builtOn = await orm
      .select({
        demonstrations: foreign(
          id,
          "demonstration",
          sql`it.prompt_id in (select id from prompt where source_id = ${id})`,
        ),
        comparisons: foreign(
          id,
          "comparison",
          sql`it.prompt_id in (select id from prompt where source_id = ${id})
            or it.id in (select comparison_id from candidate where source_id = ${id})`,
        ),
        rankings: foreign(id, "ranking", sql`it.comparison_id in (select id from comparison where source_id = ${id})`),
      })
      .from(sql`(select 1) as one`)
      .get();
    if (builtOn && Object.values(builtOn).some((count) => count > 0)) return { builtOn };
    const sets = await orm.select({ id: comparison.id }).from(comparison).where(eq(comparison.sourceId, id)).all();
    // Of the prompts as well: somebody may have begun to write a demonstration, or to rank.
    const asked = await orm.select({ id: prompt.id }).from(prompt).where(eq(prompt.sourceId, id)).all();
    const subjects = [
      ...sets.map((one) => rankingSubject(one.id)),
      ...asked.map((one) => demonstrationSubject(one.id)),
    ];
    await deleteDraftsOfAll(orm, subjects);
    await removeWithAll(orm, dataSource, dataSource.id, [id]);
    const { name, revision, licence, hash, format, prompts, demonstrations, comparisons, rankings } = row;
    const before = { name, revision, licence, hash, format, prompts, demonstrations, comparisons, rankings };
    await tell({ verb: "dataSource.delete", subject: id, before, after: null });
    return { id };
  });
}

/** How many rows of a table (as `it`) fulfil a condition and came from elsewhere. */
const foreign = (id: string, table: string, condition: SQL) =>
  sql<number>`(select count(*) from ${sql.raw(table)} as it where it.source_id is distinct from ${id} and (${condition}))`;
