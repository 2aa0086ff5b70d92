// What comes in from a data source, batch by batch: prompts, demonstrations, answers to rank and rankings. What is there already
// does not come in again, so that the same file adds nothing the second time, and an import that was stopped goes on where it
// was.
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { countPairs } from "../../lib/preference/pairs.ts";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { GuardKind, PromptFlag, Split } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type ProjectScope, type Tell } from "../change.ts";
import { type Durability, insertRows, isAmong, type Orm } from "../client.ts";
import { newId } from "../id.ts";
import {
  candidate,
  comparison,
  dataSource,
  demonstration,
  prompt,
  promptMessage,
  ranking,
  rankingGuard,
  rankingPromptFlag,
  rankingTier,
  rating,
  ratingFlag,
} from "../schema/index.ts";
import { touchComparison } from "../steps/comparisons.ts";
import { addJudgeJob } from "../steps/jobs.ts";
import type { Rating } from "../steps/rankings.ts";
import { noteAgreements } from "../steps/scores.ts";
import { countStillWanted, rankingCount, wantedByProject } from "../steps/wanted.ts";

/** A prompt that comes in, with what answers it. */
export interface IncomingPrompt {
  /** Tells it from others: the same prompt of the same id always has this one. So do the keys below. */
  key: string;
  externalId: string | null;
  messages: readonly Message[];
  /** The same as one text (promptText). */
  text: string;
  useCase: string;
  /** Where its user has prompts already, it goes to theirs. */
  split: Split;
  /** Who asked it, where the file says so. */
  externalAuthor: string | null;
  demonstrations: readonly IncomingDemonstration[];
  comparisons: readonly IncomingComparison[];
}

interface Written {
  key: string;
  externalId: string | null;
  externalAuthor: string | null;
  text: string;
}

/** @property writtenAt when it was, where the file says so */
export type IncomingDemonstration = Written & { writtenAt: number | null };

/** How a model drew an answer, where the file says so. */
export interface IncomingSampling {
  temperature: number;
  topP: number;
  maxTokens: number;
  seed: number;
}

/** Answers that are to be ranked, or were. */
export interface IncomingComparison {
  key: string;
  /** In the order in which they are shown. */
  answers: readonly (Written & { sampling: IncomingSampling | null })[];
  /** Null of answers that nobody has ranked. */
  ranking: IncomingRanking | null;
}

export interface IncomingRanking {
  key: string;
  externalId: string | null;
  externalLabeler: string | null;
  /** Places in `answers`, best tier first. */
  tiers: readonly (readonly number[])[];
  rankedAt: number | null;
  spentMs: number | null;
  /** One of an answer at most. */
  ratings: readonly Rating[];
  promptFlags: readonly PromptFlag[];
  /** One of a kind at most. */
  guards: readonly { kind: GuardKind; said: string; heeded: boolean }[];
}

export interface Added {
  prompts: number;
  demonstrations: number;
  comparisons: number;
  rankings: number;
  /** What was there already: each row of the file counts once for each thing that it says. */
  repeated: number;
}

/** Inserts what of this is not there yet, all or nothing. @returns null where there is no such data source */
export async function insertIncoming(
  scope: ProjectScope,
  { sourceId, prompts }: { sourceId: string; prompts: readonly IncomingPrompt[] },
  durability?: Durability,
): Promise<Added | null> {
  const { project: projectId, now } = scope;
  const insert = async (orm: Orm, tell: Tell) => {
    const there = and(eq(dataSource.projectId, projectId), eq(dataSource.id, sourceId));
    const { prompts: ofPrompts, demonstrations, comparisons, rankings } = dataSource;
    const counts = { prompts: ofPrompts, demonstrations, comparisons, rankings };
    const before = await orm.select(counts).from(dataSource).where(there).get();
    if (!before) return null;
    const batch = new Batch(orm, { projectId, sourceId, now });
    const added = await batch.insert(prompts);
    const after = {
      prompts: before.prompts + added.prompts,
      demonstrations: before.demonstrations + added.demonstrations,
      comparisons: before.comparisons + added.comparisons,
      rankings: before.rankings + added.rankings,
    };
    await orm.update(dataSource).set(after).where(there).run();
    await tell({ verb: "dataSource.addRows", subject: sourceId, before, after });
    return added;
  };
  return changeOnce(scope, insert, durability);
}

/** A comparison that is there: its id, and that of each of its answers by its key. */
interface KnownComparison {
  id: string;
  answerIds: readonly string[];
}

/** The rows of one batch, gathered and then inserted table by table. */
class Batch {
  readonly #orm: Orm;
  readonly #of: { projectId: string; sourceId: string; now: number };
  readonly #added: Added = { prompts: 0, demonstrations: 0, comparisons: 0, rankings: 0, repeated: 0 };
  readonly #prompts: (typeof prompt.$inferInsert)[] = [];
  readonly #messages: (typeof promptMessage.$inferInsert)[] = [];
  readonly #demonstrations: (typeof demonstration.$inferInsert)[] = [];
  readonly #comparisons: (typeof comparison.$inferInsert)[] = [];
  readonly #candidates: (typeof candidate.$inferInsert)[] = [];
  readonly #rankings: (typeof ranking.$inferInsert)[] = [];
  readonly #tiers: (typeof rankingTier.$inferInsert)[] = [];
  readonly #ratings: (typeof rating.$inferInsert)[] = [];
  readonly #flags: (typeof ratingFlag.$inferInsert)[] = [];
  readonly #promptFlags: (typeof rankingPromptFlag.$inferInsert)[] = [];
  readonly #guards: (typeof rankingGuard.$inferInsert)[] = [];
  /** Where the prompts of each user are. */
  #splitOfUser = new Map<string, Split>();
  /** The comparisons that these rank. */
  readonly #ranked = new Set<string>();

  constructor(orm: Orm, of: { projectId: string; sourceId: string; now: number }) {
    this.#orm = orm;
    this.#of = of;
  }

  async insert(prompts: readonly IncomingPrompt[]): Promise<Added> {
    const { projectId } = this.#of;
    const known = {
      prompts: await knownPrompts(this.#orm, projectId, prompts),
      demonstrations: await knownDemonstrations(this.#orm, projectId, prompts),
      ...(await knownComparisons(this.#orm, projectId, prompts)),
    };
    this.#splitOfUser = await splitsOfUsers(this.#orm, projectId, prompts);
    const stillWanted = prompts.some(({ comparisons }) => comparisons.length > 0) ? await this.#wantedOfEach() : 0;
    for (const one of prompts) {
      const promptId = known.prompts.get(one.key) ?? this.#addPrompt(one);
      if (known.prompts.has(one.key) && one.demonstrations.length + one.comparisons.length === 0)
        this.#added.repeated++;
      known.prompts.set(one.key, promptId);
      for (const said of one.demonstrations) {
        if (known.demonstrations.has(said.key)) this.#added.repeated++;
        else this.#addDemonstration(promptId, said);
        known.demonstrations.add(said.key);
      }
      for (const answered of one.comparisons) {
        const made = known.comparisons.get(answered.key);
        const isNew = made === undefined;
        const its = made ?? this.#addComparison(promptId, answered, stillWanted);
        known.comparisons.set(answered.key, its);
        if (answered.ranking === null ? !isNew : known.rankings.has(answered.ranking.key)) this.#added.repeated++;
        else if (answered.ranking) {
          this.#addRanking(its, answered.ranking);
          known.rankings.add(answered.ranking.key);
        }
      }
    }
    await this.#store();
    return this.#added;
  }

  async #wantedOfEach(): Promise<number> {
    const wanted = sql<number>`${wantedByProject(this.#of.projectId)}`;
    const row = await this.#orm.select({ wanted }).from(sql`(select 1) as one`).get();
    return row?.wanted ?? 1;
  }

  #addPrompt({ key: importKey, messages, split: given, ...one }: IncomingPrompt): string {
    const { projectId, sourceId, now: createdAt } = this.#of;
    const id = newId();
    const { text, useCase, externalId, externalAuthor } = one;
    const split = this.#splitOfUser.get(externalAuthor ?? "") ?? given;
    if (externalAuthor !== null) this.#splitOfUser.set(externalAuthor, split);
    const said = { text, useCase, split, externalId, externalAuthor, importKey };
    this.#prompts.push({ id, projectId, kind: "plain", sourceId, createdAt, ...said });
    for (const [position, { role, content }] of messages.entries())
      this.#messages.push({ promptId: id, position, role, content });
    this.#added.prompts++;
    return id;
  }

  #addDemonstration(promptId: string, { key: importKey, writtenAt, ...said }: IncomingDemonstration): void {
    const { projectId, sourceId, now } = this.#of;
    const createdAt = writtenAt ?? now;
    this.#demonstrations.push({ id: newId(), projectId, promptId, sourceId, importKey, createdAt, ...said });
    this.#added.demonstrations++;
  }

  #addComparison(
    promptId: string,
    { key: importKey, answers, ranking: ranked }: IncomingComparison,
    stillWanted: number,
  ): KnownComparison {
    const { projectId, sourceId, now: createdAt } = this.#of;
    const id = newId();
    // One that was ranked elsewhere is complete, however many rankings the project wants of its own.
    const wanted = ranked ? 1 : null;
    this.#comparisons.push({
      ...{ id, projectId, promptId, sourceId, importKey, createdAt },
      ...{ k: answers.length, state: "ready", wanted, stillWanted: ranked ? 0 : stillWanted },
    });
    const answerIds = answers.map(({ key: _, sampling, ...said }, position) => {
      const place = { id: newId(), comparisonId: id, position, sourceId };
      const drawn = sampling ?? { temperature: null, topP: null, maxTokens: null, seed: null };
      this.#candidates.push({ ...place, ...said, ...drawn, state: "done", finish: "stop" });
      return place.id;
    });
    this.#added.comparisons++;
    return { id, answerIds };
  }

  #addRanking({ id: comparisonId, answerIds }: KnownComparison, given: IncomingRanking): void {
    const { projectId, sourceId, now } = this.#of;
    const { key: importKey, externalId, externalLabeler, tiers, rankedAt, spentMs } = given;
    const id = newId();
    this.#rankings.push({
      ...{ id, projectId, comparisonId, sourceId, externalId, externalLabeler, importKey },
      ...{ k: answerIds.length, ...countPairs(tiers), spentMs, submittedAt: rankedAt ?? now },
    });
    for (const { position, flags, ...rated } of given.ratings) {
      const candidateId = answerIds[position] ?? "";
      this.#ratings.push({ rankingId: id, candidateId, ...rated });
      for (const flag of flags) this.#flags.push({ rankingId: id, candidateId, flag });
    }
    for (const flag of given.promptFlags) this.#promptFlags.push({ rankingId: id, flag });
    for (const guard of given.guards) this.#guards.push({ rankingId: id, ...guard });
    for (const [index, places] of tiers.entries())
      for (const position of places)
        this.#tiers.push({ rankingId: id, candidateId: answerIds[position] ?? "", tier: index + 1, position });
    this.#ranked.add(comparisonId);
    this.#added.rankings++;
  }

  async #store(): Promise<void> {
    await insertRows(this.#orm, prompt, this.#prompts);
    await insertRows(this.#orm, promptMessage, this.#messages);
    await insertRows(this.#orm, demonstration, this.#demonstrations);
    await insertRows(this.#orm, comparison, this.#comparisons);
    await insertRows(this.#orm, candidate, this.#candidates);
    await insertRows(this.#orm, ranking, this.#rankings);
    await insertRows(this.#orm, rankingTier, this.#tiers);
    await insertRows(this.#orm, rating, this.#ratings);
    await insertRows(this.#orm, ratingFlag, this.#flags);
    await insertRows(this.#orm, rankingPromptFlag, this.#promptFlags);
    await insertRows(this.#orm, rankingGuard, this.#guards);
    if (this.#comparisons.length > 0) await addJudgeJob(this.#orm, this.#of.projectId, this.#of.now);
    const made = new Set(this.#comparisons.map(({ id }) => id));
    const more = this.#rankings.filter(({ comparisonId }) => !made.has(comparisonId));
    for (const { id, comparisonId } of more) {
      await noteAgreements(this.#orm, { rankingId: id, comparisonId });
      await touchComparison(this.#orm, comparisonId);
    }
    if (this.#ranked.size === 0) return;
    const ranked = isAmong(comparison.id, [...this.#ranked]);
    // Of those that were ranked elsewhere no more are wanted than came.
    const elsewhere = and(ranked, isNotNull(comparison.sourceId), isNotNull(comparison.wanted));
    await this.#orm
      .update(comparison)
      .set({ wanted: rankingCount })
      .where(and(elsewhere, sql`wanted < ${rankingCount}`))
      .run();
    await countStillWanted(this.#orm, ranked);
  }
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
  const { id, text, importKey: key } = prompt;
  const isHere = eq(prompt.projectId, projectId);
  const keys = prompts.map((one) => one.key);
  const imported = await orm
    .select({ id, key })
    .from(prompt)
    .where(and(isHere, isAmong(key, keys)))
    .all();
  const ids = new Map(imported.map((row) => [row.key ?? "", row.id]));
  const own = prompts.flatMap(({ externalId }) => externalId ?? []);
  if (own.length === 0) return ids;
  const written = await orm
    .select({ id, text })
    .from(prompt)
    .where(and(isHere, isAmong(id, own)))
    .all();
  const textOf = new Map(written.map((row) => [row.id, row.text]));
  for (const one of prompts)
    if (one.externalId !== null && textOf.get(one.externalId) === one.text) ids.set(one.key, one.externalId);
  return ids;
}

/** Where the prompts of these users are that came in before. */
async function splitsOfUsers(
  orm: Orm,
  projectId: string,
  prompts: readonly IncomingPrompt[],
): Promise<Map<string, Split>> {
  const users = [...new Set(prompts.flatMap(({ externalAuthor }) => externalAuthor ?? []))];
  if (users.length === 0) return new Map();
  const { externalAuthor, split } = prompt;
  const rows = await orm
    .selectDistinct({ externalAuthor, split })
    .from(prompt)
    .where(and(eq(prompt.projectId, projectId), isAmong(externalAuthor, users)))
    .all();
  return new Map(rows.map((row) => [row.externalAuthor ?? "", row.split]));
}

/** The keys of the demonstrations that are there, in the same two ways. */
async function knownDemonstrations(
  orm: Orm,
  projectId: string,
  prompts: readonly IncomingPrompt[],
): Promise<Set<string>> {
  const said = prompts.flatMap(({ demonstrations }) => demonstrations);
  if (said.length === 0) return new Set();
  const { id, text, importKey: key } = demonstration;
  const isHere = eq(demonstration.projectId, projectId);
  const keys = said.map((one) => one.key);
  const imported = await orm
    .select({ key })
    .from(demonstration)
    .where(and(isHere, isAmong(key, keys)))
    .all();
  const known = new Set(imported.map((row) => row.key ?? ""));
  const own = said.flatMap(({ externalId }) => externalId ?? []);
  if (own.length === 0) return known;
  const written = await orm
    .select({ id, text })
    .from(demonstration)
    .where(and(isHere, isAmong(id, own)))
    .all();
  const textOf = new Map(written.map((row) => [row.id, row.text]));
  for (const one of said) if (textOf.get(one.externalId ?? "") === one.text) known.add(one.key);
  return known;
}

/**
 * The comparisons that are there by their keys, and the keys of the rankings, in the same two ways. Of a ranking that was made
 * here one pair is enough: a file of pairs has a row for each.
 */
async function knownComparisons(
  orm: Orm,
  projectId: string,
  prompts: readonly IncomingPrompt[],
): Promise<{ comparisons: Map<string, KnownComparison>; rankings: Set<string> }> {
  const known = { comparisons: new Map<string, KnownComparison>(), rankings: new Set<string>() };
  const said = prompts.flatMap(({ comparisons }) => comparisons);
  if (said.length === 0) return known;
  const keys = said.map(({ key }) => key);
  const rows = await orm
    .select({ id: comparison.id, key: comparison.importKey, answerId: candidate.id })
    .from(comparison)
    .innerJoin(candidate, eq(candidate.comparisonId, comparison.id))
    .where(and(eq(comparison.projectId, projectId), isAmong(comparison.importKey, keys)))
    .orderBy(comparison.seq, candidate.position)
    .all();
  for (const [key, ofThis] of Map.groupBy(rows, (row) => row.key ?? ""))
    known.comparisons.set(key, { id: ofThis[0]!.id, answerIds: ofThis.map(({ answerId }) => answerId) });
  const rankingKeys = said.flatMap((one) => one.ranking?.key ?? []);
  const ranked = and(eq(ranking.projectId, projectId), isAmong(ranking.importKey, rankingKeys));
  const made =
    rankingKeys.length === 0 ? [] : await orm.select({ key: ranking.importKey }).from(ranking).where(ranked).all();
  for (const { key } of made) if (key !== null) known.rankings.add(key);
  await addOwn(orm, projectId, said, known);
  return known;
}

async function addOwn(
  orm: Orm,
  projectId: string,
  some: readonly IncomingComparison[],
  known: Awaited<ReturnType<typeof knownComparisons>>,
): Promise<void> {
  const ids = [...new Set(some.flatMap(({ answers }) => answers.flatMap(({ externalId }) => externalId ?? [])))];
  if (ids.length === 0) return;
  const found = await orm
    .select({ id: candidate.id, text: candidate.text, comparisonId: candidate.comparisonId })
    .from(candidate)
    .innerJoin(comparison, eq(comparison.id, candidate.comparisonId))
    .where(and(eq(comparison.projectId, projectId), isAmong(candidate.id, ids)))
    .all();
  if (found.length === 0) return;
  const here = new Map(found.map((one) => [one.id, one]));
  const rankingIds = some.flatMap((one) => one.ranking?.externalId ?? []);
  const { id, comparisonId } = ranking;
  const own = and(eq(ranking.projectId, projectId), isAmong(id, rankingIds));
  const made = rankingIds.length === 0 ? [] : await orm.select({ id, comparisonId }).from(ranking).where(own).all();
  const rankedIn = new Map(made.map((row) => [row.id, row.comparisonId]));
  for (const one of some) {
    const its = one.answers.map(({ externalId, text }) => {
      const answer = here.get(externalId ?? "");
      return answer?.text === text ? answer : undefined;
    });
    const [first] = its;
    if (!first || its.some((answer) => answer?.comparisonId !== first.comparisonId)) continue;
    const answerIds = one.answers.map(({ externalId }) => externalId ?? "");
    if (one.ranking === null) known.comparisons.set(one.key, { id: first.comparisonId, answerIds });
    else if (rankedIn.get(one.ranking.externalId ?? "") === first.comparisonId) {
      known.comparisons.set(one.key, { id: first.comparisonId, answerIds });
      known.rankings.add(one.ranking.key);
    }
  }
}
