// Prompts: what a model is asked, as turns, with what few-shot and user-based ones were written from.
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import type { Message, Shot } from "../../lib/vocabulary/conversation.ts";
import type { PromptKind, Split } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type PersonScope, type ProjectScope, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { dataSource, prompt, promptShot, scenario, user } from "../schema/index.ts";
import { addDemonstration, latestDemonstration } from "../steps/demonstrations.ts";
import { addPrompt, type FewShot, messagesOfPrompts, type NewPrompt, promptFacts } from "../steps/prompts.ts";
import { isSetAside } from "../steps/skips.ts";
import { isWanting } from "../steps/wanted.ts";

export type { FewShot, NewPrompt } from "../steps/prompts.ts";

export interface PromptRow {
  id: string;
  kind: PromptKind;
  messages: Message[];
  text: string;
  useCase: string;
  /** User name; null for the prompts that come with Rankloop, or from a data source. */
  author: string | null;
  /** The name of the data source it came in from; null for what was written here. */
  source: string | null;
  createdAt: number;
  /** How many demonstrations it has, each in its latest version. */
  demonstrations: number;
  comparisons: number;
  /** How many rankings of these are still wanted. */
  rankingsLeft: number;
  archivedAt: number | null;
}

const prompts = (orm: Orm) =>
  orm
    .select({
      id: prompt.id,
      kind: prompt.kind,
      text: prompt.text,
      useCase: prompt.useCase,
      author: user.username,
      source: dataSource.name,
      createdAt: prompt.createdAt,
      archivedAt: prompt.archivedAt,
      demonstrations: sql<number>`(select count(*) from demonstration where demonstration.prompt_id = prompt.id and ${latestDemonstration()})`,
      comparisons: sql<number>`(select count(*) from comparison where comparison.prompt_id = prompt.id)`,
      rankingsLeft: sql<number>`(select coalesce(sum(still_wanted), 0) from comparison
        where comparison.prompt_id = prompt.id and prompt.archived_at is null and ${isWanting} and not ${isSetAside})`,
    })
    .from(prompt)
    .leftJoin(user, eq(user.id, prompt.authorId))
    .leftJoin(dataSource, eq(dataSource.id, prompt.sourceId))
    .$dynamic();

async function withMessages(orm: Orm, rows: Omit<PromptRow, "messages">[]): Promise<PromptRow[]> {
  const ids = rows.map((row) => row.id);
  const turns = await messagesOfPrompts(orm, ids);
  return rows.map((row) => ({ ...row, messages: turns.get(row.id) ?? [] }));
}

/** Newest first, of those in use or of those archived; `cursor` is the id of the last one of the page before. */
export async function listPrompts(
  { db, project }: InProject,
  page: { cursor?: string; limit: number; archived?: boolean },
): Promise<PromptRow[]> {
  const orm = ormOf(db);
  const last = orm
    .select({ seq: prompt.seq })
    .from(prompt)
    .where(eq(prompt.id, page.cursor ?? ""));
  const rows = await prompts(orm)
    .where(
      and(
        eq(prompt.projectId, project),
        page.cursor === undefined ? undefined : lt(prompt.seq, last),
        page.archived ? isNotNull(prompt.archivedAt) : isNull(prompt.archivedAt),
      ),
    )
    .orderBy(desc(prompt.seq))
    .limit(page.limit)
    .all();
  return withMessages(orm, rows);
}

export async function getPrompt(db: Database, id: string): Promise<PromptRow | null> {
  const orm = ormOf(db);
  return (await withMessages(orm, await prompts(orm).where(eq(prompt.id, id)).all()))[0] ?? null;
}

/** A PromptSource is what a prompt was written from. */
export interface PromptSource {
  split: Split;
  authorId: string | null;
  fewShot: (FewShot & { shots: Shot[] }) | null;
  scenario: { id: string; text: string; createdAt: number } | null;
  resampledFrom: string | null;
  /** The version before, and the one after. */
  revises: string | null;
  revisedBy: string | null;
  /** First versions of all rankings of its answers. */
  rankings: number;
}

export async function promptSource(db: Database, id: string): Promise<PromptSource | null> {
  return sourceOf(ormOf(db), id);
}

async function sourceOf(orm: Orm, id: string): Promise<PromptSource | null> {
  const row = await orm
    .select({
      split: prompt.split,
      authorId: prompt.authorId,
      instruction: prompt.instruction,
      query: prompt.query,
      scenario: { id: scenario.id, text: scenario.text, createdAt: scenario.createdAt },
      resampledFrom: prompt.resampledFrom,
      revises: prompt.revises,
      revisedBy: sql<string | null>`(select id from prompt as newer where newer.revises = prompt.id)`,
      rankings: sql<number>`(select count(*) from ranking join comparison on comparison.id = ranking.comparison_id
        where comparison.prompt_id = prompt.id and ranking.version = 1)`,
    })
    .from(prompt)
    .leftJoin(scenario, eq(scenario.id, prompt.scenarioId))
    .where(eq(prompt.id, id))
    .get();
  if (!row) return null;
  const { instruction, query, ...source } = row;
  if (instruction === null || query === null) return { ...source, fewShot: null };
  const shots = await orm
    .select({ query: promptShot.query, response: promptShot.response })
    .from(promptShot)
    .where(eq(promptShot.promptId, id))
    .orderBy(asc(promptShot.position))
    .all();
  return { ...source, fewShot: { instruction, query, shots } };
}

type Words = Omit<NewPrompt, "projectId">;

/** Inserts a prompt and, where given, its demonstration by the same person: both or none. */
export async function insertPrompt(
  scope: PersonScope,
  { demonstration: text, ...words }: Words & { demonstration?: string | undefined },
): Promise<{ id: string }> {
  const by = { authorId: scope.actor.id, now: scope.now };
  const { project: projectId } = scope;
  const input = { ...words, projectId };
  return changeOnce(scope, async (orm, tell) => {
    const id = await addPrompt(orm, input, by);
    await tell({ verb: "prompt.create", subject: id, before: null, after: promptFacts(input) });
    if (text !== undefined) {
      const subject = await addDemonstration(orm, { projectId, promptId: id, text, ...by });
      const after = { text: textHash(text), version: 1 };
      await tell({ verb: "demonstration.create", subject, partOf: id, before: null, after });
    }
    return { id };
  });
}

/**
 * Inserts the prompts drawn from the examples of a few-shot one, all or none. Those whose input the family asks already (in
 * the prompt itself or in an earlier draw) are left out, so that no prompt comes twice.
 * @param familyId the few-shot prompt that the family began with
 * @returns the new prompts
 */
export async function insertResampled(
  scope: ProjectScope,
  familyId: string,
  list: readonly (Words & { fewShot: FewShot; authorId: string; demonstration: string })[],
): Promise<PromptRow[]> {
  return changeOnce(scope, async (orm, tell) => {
    const family = await orm
      .select({ query: prompt.query })
      .from(prompt)
      .where(or(eq(prompt.id, familyId), eq(prompt.resampledFrom, familyId)))
      .all();
    const asked = new Set(family.map(({ query }) => query));
    const made: string[] = [];
    for (const one of list) {
      if (asked.has(one.fewShot.query)) continue;
      asked.add(one.fewShot.query);
      const by = { authorId: one.authorId, now: scope.now };
      const promptId = await addPrompt(orm, { ...one, projectId: scope.project, resampledFrom: familyId }, by);
      await addDemonstration(orm, { projectId: scope.project, promptId, text: one.demonstration, ...by });
      made.push(promptId);
    }
    const before = { prompts: family.length };
    const after = { prompts: family.length + made.length, made };
    if (made.length > 0) await tell({ verb: "prompt.resample", subject: familyId, before, after });
    const rows = await prompts(orm).where(inArray(prompt.id, made)).all();
    return withMessages(
      orm,
      made.flatMap((id) => rows.find((row) => row.id === id) ?? []),
    );
  });
}
