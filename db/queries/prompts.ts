// Prompts: what a model is asked, as turns, with what few-shot and user-based ones were written from.
import { asc, desc, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Message, Shot } from "../../lib/vocabulary/conversation.ts";
import type { ListOrder, PromptKind, PromptState, Split } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type PersonScope, type ProjectScope, textHash } from "../change.ts";
import { type Database, isAmong, type Orm, ormOf, searched } from "../client.ts";
import { dataSource, prompt, promptShot, scenario, user } from "../schema/index.ts";
import { addDemonstration, latestDemonstration } from "../steps/demonstrations.ts";
import { addPrompt, type FewShot, messagesOfPrompts, type NewPrompt, promptFacts } from "../steps/prompts.ts";
import { isSetAside } from "../steps/skips.ts";
import { isComplete, isWanting } from "../steps/wanted.ts";

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

export interface PromptQuestion {
  /** Words as people type them; each has to be in the prompt, if only as the beginning of a longer one. */
  search?: string | undefined;
  kind?: PromptKind | undefined;
  useCase?: string | undefined;
  /** The id of its data source. */
  source?: string | undefined;
  /** The user name of its author. */
  by?: string | undefined;
  /** Absent: in use. */
  state?: PromptState | undefined;
}

/** Prompts of a list; `cursor` is the id of the last one of the page before. */
export async function listPrompts(
  { db, project }: InProject,
  page: PromptQuestion & { cursor?: string; limit: number; order?: ListOrder },
): Promise<PromptRow[]> {
  const orm = ormOf(db);
  const { from, where, seq } = await found(db, project, page);
  const isNewest = page.order !== "oldest";
  const last = sql`(select seq from prompt as last where last.id = ${page.cursor ?? ""})`;
  const rest = page.cursor === undefined ? sql`` : sql`and ${seq} ${isNewest ? sql`<` : sql`>`} ${last}`;
  const order = isNewest ? sql`desc` : sql`asc`;
  // The ids alone first: what is shown of a prompt is counted for a page, and not for what is passed over.
  const ids = await orm.values<[string]>(
    sql`select prompt.id from ${from} where ${where} ${rest} order by ${seq} ${order} limit ${page.limit}`,
  );
  const rows = await prompts(orm)
    .where(isAmong(prompt.id, ids.flat()))
    .orderBy(isNewest ? desc(prompt.seq) : asc(prompt.seq))
    .all();
  return withMessages(orm, rows);
}

/** Counts the prompts of a list. @param most where it stops */
export async function countPrompts(
  { db, project }: InProject,
  question: PromptQuestion,
  most: number,
): Promise<number> {
  const { from, where, byState } = await found(db, project, question);
  // What nothing has been done with yet is among the newest: they are looked at first.
  const order = byState ? sql`order by prompt.seq desc` : sql``;
  return countOf(ormOf(db), sql`select 1 from ${from} where ${where} ${order} limit ${most}`);
}

async function countOf(orm: Orm, rows: SQL): Promise<number> {
  const [row] = await orm.values<[number]>(sql`select count(*) from (${rows}) as found`);
  return row?.[0] ?? 0;
}

/** As many prompts as are looked through one by one, where a search is narrowed to them. */
const few = 1_000;

/** Where the prompts of a list are, and in the order of which column they are read. */
async function found(db: Database, project: string, { search = "", state, ...narrow }: PromptQuestion) {
  const { words, pieces } = wordsIn(search);
  const known = conditionsOf(narrow);
  const there = [
    sql`prompt.project_id = ${project}`,
    state === "archived" ? sql`prompt.archived_at is not null` : sql`prompt.archived_at is null`,
    ...pieces.map((piece) => sql`prompt.text like ${`%${piece}%`}`),
  ];
  const rest = [...there, ...(state === undefined || state === "archived" ? [] : [isInState[state]])];
  const whole = { from: sql`prompt`, seq: sql`prompt.seq`, byState: false };
  if (words.length === 0 && known.length === 0 && (state === "wanting" || state === "ranked"))
    return { ...throughComparisons, where: all([firstComparison(project, state), ...there]), byState: false };
  const byState = state === "unanswered" || state === "undemonstrated";
  if (words.length === 0) return { ...whole, where: all([...known, ...rest]), byState };
  const { from, where, seq, holds } = searched(db, words);
  if (known.length > 0) {
    // Where few prompts are like this, all that have a common word are not gone through to find them.
    const some = sql`select * from prompt where ${all([sql`prompt.project_id = ${project}`, ...known])} limit ${few + 1}`;
    if ((await countOf(ormOf(db), some)) <= few)
      return { ...whole, from: sql`(${some}) as prompt`, where: all([holds, ...rest]) };
  }
  return { from, seq, where: all([where, ...known, ...rest]), byState: false };
}

const all = (conditions: readonly SQL[]): SQL => sql.join([...conditions], sql` and `);

/** The conditions that have an index each, in the words of that index. */
const conditionsOf = ({ kind, useCase, source, by }: Omit<PromptQuestion, "search" | "state">): SQL[] => [
  ...(kind === undefined ? [] : [sql`prompt.kind = ${kind}`]),
  ...(kind === undefined || kind === "plain" ? [] : [sql`prompt.kind <> 'plain'`]),
  ...(useCase === undefined ? [] : [sql`prompt.use_case = ${useCase}`]),
  ...(source === undefined ? [] : [sql`prompt.source_id = ${source}`]),
  ...(by === undefined ? [] : [sql`prompt.author_id = (select id from "user" where username = ${by})`]),
];

const hasAnswers = (such: SQL = sql`true`) =>
  sql`exists (select 1 from comparison where comparison.prompt_id = prompt.id and ${such})`;

const isInState: Record<Exclude<PromptState, "archived">, SQL> = {
  undemonstrated: sql`not exists (select 1 from demonstration where demonstration.prompt_id = prompt.id)`,
  unanswered: sql`not ${hasAnswers()}`,
  wanting: hasAnswers(isWanting),
  ranked: sql`${hasAnswers(isComplete)} and not ${hasAnswers(isWanting)}`,
};

const hasStillWanted = sql`exists (select 1 from comparison as other where other.prompt_id = comparison.prompt_id
  and other.state = 'ready' and other.still_wanted > 0)`;

/** Prompts in their order by an index of comparisons: of the prompts themselves few may be in such a state. */
const throughComparisons = { from: sql`comparison cross join prompt`, seq: sql`comparison.prompt_seq` };

/** A condition on both: the comparison is the first of its prompt that is in this state, so that each prompt comes once. */
function firstComparison(project: string, state: "wanting" | "ranked"): SQL {
  const [isSo, otherIsSo] =
    state === "wanting" ? [isWanting, sql`other.still_wanted > 0`] : [isComplete, sql`other.still_wanted <= 0`];
  return sql`prompt.seq = comparison.prompt_seq and comparison.project_id = ${project} and ${isSo}
    and not exists (select 1 from comparison as other where other.prompt_id = comparison.prompt_id
      and other.seq < comparison.seq and other.state = 'ready' and ${otherIsSo})
    ${state === "ranked" ? sql`and not ${hasStillWanted}` : sql``}`;
}

/** Scripts that leave no space between words. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** What is looked for: words, through the index; and pieces of texts without spaces, in which the index knows no words. */
function wordsIn(search: string): { words: string[]; pieces: string[] } {
  const runs =
    search
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{Nd}]+/gu) ?? [];
  const { words = [], pieces = [] } = Object.groupBy(runs, (run) => (spaceless.test(run) ? "pieces" : "words"));
  return { words, pieces };
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
