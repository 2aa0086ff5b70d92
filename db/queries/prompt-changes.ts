// Changing a stored prompt: editing it, in place or as a new version; archiving it and back; deleting it; and the last two of many.
import { and, eq, gt, isNotNull, isNull, ne, or } from "drizzle-orm";
import { answersSubject, demonstrationSubject, may, rankingSubject } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type PersonScope } from "../change.ts";
import { isAmong, type Orm } from "../client.ts";
import {
  assignment,
  comparison,
  demonstration,
  job,
  prompt,
  promptMessage,
  promptShot,
  ranking,
} from "../schema/index.ts";
import { deleteDraftsOfAll } from "../steps/drafts.ts";
import { addPrompt, type NewPrompt, promptFacts, writeParts } from "../steps/prompts.ts";
import { removeWithAll } from "../steps/remove.ts";

type Refused = "not found" | "another's";
type Busy = "generating" | "held";

/** May this person change everyone's prompts? */
const isLead = ({ actor }: PersonScope) => may(actor.role, "lead");

/** The prompt, if this person may change it. */
async function mine(orm: Orm, scope: PersonScope, id: string) {
  const row = await orm.select().from(prompt).where(eq(prompt.id, id)).get();
  if (!row) return "not found";
  return isLead(scope) || row.authorId === scope.actor.id ? row : "another's";
}

export type Edited = { id: string } | Refused | "outdated";

/**
 * Edits a prompt. As long as nobody else has answered it, it is changed in place; then the edit is a new version, and the one
 * before is archived with its answers. Both stay in the split of the first.
 * @returns the prompt that has the new words
 */
export async function editPrompt(
  scope: PersonScope,
  { id, words }: { id: string; words: Omit<NewPrompt, "projectId" | "split" | "resampledFrom"> },
): Promise<Edited> {
  const { actor, now } = scope;
  return changeOnce(scope, async (orm, tell): Promise<Edited> => {
    const row = await mine(orm, scope, id);
    if (typeof row === "string") return row;
    const { projectId, split } = row;
    const before = promptFacts(row);
    const after = promptFacts({ ...words, split });
    const next = await orm.select({ id: prompt.id }).from(prompt).where(eq(prompt.revises, id)).get();
    if (next) return "outdated";
    if (await isAnswered(orm, scope, id)) {
      const made = await addPrompt(orm, { ...words, projectId, split }, { authorId: actor.id, now });
      await orm
        .update(prompt)
        .set({ revises: id, externalAuthor: row.externalAuthor })
        .where(eq(prompt.id, made))
        .run();
      await orm.update(prompt).set({ archivedAt: now }).where(eq(prompt.id, id)).run();
      const versions = { before: { id, ...before }, after: { id: made, ...after } };
      await tell({ verb: "prompt.revise", subject: made, partOf: id, ...versions });
      return { id: made };
    }
    const { text, useCase, kind, scenarioId = null, fewShot } = words;
    const { instruction = null, query = null } = fewShot ?? {};
    await orm
      .update(prompt)
      .set({ text, useCase, kind, scenarioId, instruction, query })
      .where(eq(prompt.id, id))
      .run();
    for (const parts of [promptMessage, promptShot]) await orm.delete(parts).where(eq(parts.promptId, id)).run();
    await writeParts(orm, id, words);
    await tell({ verb: "prompt.edit", subject: id, before, after });
    return { id };
  });
}

/** Has a model, or somebody other than this person, answered the prompt? */
async function isAnswered(orm: Orm, { actor }: PersonScope, id: string): Promise<boolean> {
  const byModel = await orm.select({ id: comparison.id }).from(comparison).where(eq(comparison.promptId, id)).get();
  const byOthers = await orm
    .select({ id: demonstration.id })
    .from(demonstration)
    .where(
      and(eq(demonstration.promptId, id), or(isNull(demonstration.authorId), ne(demonstration.authorId, actor.id))),
    )
    .get();
  return byModel !== undefined || byOthers !== undefined;
}

/** Archives a prompt, or brings it back. An archived prompt is handed to nobody, and nothing is generated for it. */
export async function archivePrompt(
  scope: PersonScope,
  { id, archived }: { id: string; archived: boolean },
): Promise<"done" | Refused> {
  return change(scope, async (orm, tell) => {
    const row = await mine(orm, scope, id);
    if (typeof row === "string") return row;
    if ((row.archivedAt !== null) === archived) return "done";
    const before = { archivedAt: row.archivedAt };
    const after = { archivedAt: archived ? scope.now : null };
    await orm.update(prompt).set(after).where(eq(prompt.id, id)).run();
    await tell({ verb: archived ? "prompt.archive" : "prompt.restore", subject: id, before, after });
    return "done";
  });
}

export type Removed = { id: string } | Refused | "answered" | Busy;

/** Deletes a prompt with everything that belongs to it. Leads may delete any, others their own that nobody has answered. */
export async function removePrompt(scope: PersonScope, { id }: { id: string }): Promise<Removed> {
  return changeOnce(scope, async (orm, tell): Promise<Removed> => {
    const row = await mine(orm, scope, id);
    if (typeof row === "string") return row;
    if (!isLead(scope) && (await isAnswered(orm, scope, id))) return "answered";
    const sets = await orm.select().from(comparison).where(eq(comparison.promptId, id)).all();
    if (sets.some(({ state }) => state === "generating")) return "generating";
    const held = and(eq(assignment.state, "held"), gt(assignment.leaseUntil, scope.now));
    for (const { id: comparisonId } of sets) {
      const here = eq(assignment.comparisonId, comparisonId);
      if (await orm.select({ id: assignment.id }).from(assignment).where(and(here, held)).get()) return "held";
    }
    await removeAll(orm, [id], sets);
    const before = { ...promptFacts(row), comparisons: sets.map((one) => one.id) };
    await tell({ verb: "prompt.delete", subject: id, before, after: null });
    return { id };
  });
}

/** Those of these prompts that are there, and whether this person may change them. */
async function thoseOf(orm: Orm, scope: PersonScope, ids: readonly string[]) {
  const there = await orm
    .select()
    .from(prompt)
    .where(and(eq(prompt.projectId, scope.project), isAmong(prompt.id, ids)))
    .all();
  const { mine = [], others = [] } = Object.groupBy(there, ({ authorId }) =>
    isLead(scope) || authorId === scope.actor.id ? "mine" : "others",
  );
  return { mine, others: others.map(({ id }) => [id, "another's"] as [string, "another's"]) };
}

/** What became of many prompts. */
export interface ManyArchived {
  /** How many are in the archive now, or are not any more. */
  done: number;
  left: [id: string, why: "another's"][];
}

/** Archives prompts, or brings them back: all that this person may change, in one change with one event. */
export async function archivePrompts(
  scope: PersonScope,
  { ids, archived }: { ids: readonly string[]; archived: boolean },
): Promise<ManyArchived> {
  return changeOnce(scope, async (orm, tell) => {
    const { mine, others } = await thoseOf(orm, scope, ids);
    const changing = mine.filter(({ archivedAt }) => (archivedAt !== null) !== archived).map(({ id }) => id);
    const archivedAt = archived ? scope.now : null;
    await orm.update(prompt).set({ archivedAt }).where(isAmong(prompt.id, changing)).run();
    const verb = archived ? "project.archivePrompts" : "project.restorePrompts";
    const facts = (isArchived: boolean) => ({ isArchived, prompts: changing });
    if (changing.length > 0)
      await tell({ verb, subject: scope.project, before: facts(!archived), after: facts(archived) });
    return { done: mine.length, left: others };
  });
}

export interface ManyRemoved {
  deleted: number;
  /** People have built on these: they are in the archive. */
  archived: number;
  left: [id: string, why: "another's" | Busy][];
}

/**
 * Deletes prompts with the answers of models and what came in with them, in one change with one event. Those on which people
 * have built, by a ranking or a demonstration of somebody else's prompt, are archived: their work stays. So are, for those
 * who do not lead, all that have answers.
 */
export async function removePrompts(scope: PersonScope, { ids }: { ids: readonly string[] }): Promise<ManyRemoved> {
  return changeOnce(scope, async (orm, tell) => {
    const { mine, others } = await thoseOf(orm, scope, ids);
    const busy = new Map<string, Busy>();
    const sets = await orm
      .select({ id: comparison.id, promptId: comparison.promptId, state: comparison.state })
      .from(comparison)
      .where(
        isAmong(
          comparison.promptId,
          mine.map(({ id }) => id),
        ),
      )
      .all();
    const ofSets = (rows: readonly { comparisonId: string }[]) => new Set(rows.map((row) => row.comparisonId));
    const setIds = sets.map(({ id }) => id);
    const underLease = and(eq(assignment.state, "held"), gt(assignment.leaseUntil, scope.now));
    const held = ofSets(
      await orm
        .select({ comparisonId: assignment.comparisonId })
        .from(assignment)
        .where(and(isAmong(assignment.comparisonId, setIds), underLease))
        .all(),
    );
    for (const { id, promptId, state } of sets) {
      if (state === "generating") busy.set(promptId, "generating");
      else if (held.has(id)) busy.set(promptId, "held");
    }
    const ranked = ofSets(
      await orm
        .select({ comparisonId: ranking.comparisonId })
        .from(ranking)
        .where(and(isAmong(ranking.comparisonId, setIds), isNotNull(ranking.labelerId)))
        .all(),
    );
    const kept = await demonstratedByOthers(orm, mine);
    for (const { id, promptId } of sets) if (ranked.has(id) || !isLead(scope)) kept.add(promptId);
    const free = mine.filter(({ id }) => !busy.has(id));
    const going = free.filter(({ id }) => !kept.has(id));
    const staying = free.filter(({ id }) => kept.has(id));
    const archived = staying.filter(({ archivedAt }) => archivedAt === null).map(({ id }) => id);
    await orm.update(prompt).set({ archivedAt: scope.now }).where(isAmong(prompt.id, archived)).run();
    await removeAll(
      orm,
      going.map(({ id }) => id),
      sets,
    );
    if (going.length + archived.length > 0) {
      const comparisonsOf = Map.groupBy(sets, ({ promptId }) => promptId);
      const facts = going.map((row) => ({
        ...{ id: row.id, ...promptFacts(row) },
        comparisons: comparisonsOf.get(row.id)?.map(({ id }) => id) ?? [],
      }));
      const [before, after] = [
        { prompts: facts, archived: [] },
        { prompts: [], archived },
      ];
      await tell({ verb: "project.deletePrompts", subject: scope.project, before, after });
    }
    return { deleted: going.length, archived: staying.length, left: [...others, ...busy] };
  });
}

/** Which of these prompts somebody other than their author has demonstrated. */
async function demonstratedByOthers(
  orm: Orm,
  prompts: readonly { id: string; authorId: string | null }[],
): Promise<Set<string>> {
  const authorOf = new Map(prompts.map(({ id, authorId }) => [id, authorId]));
  const rows = await orm
    .select({ promptId: demonstration.promptId, authorId: demonstration.authorId })
    .from(demonstration)
    .where(and(isAmong(demonstration.promptId, [...authorOf.keys()]), isNotNull(demonstration.authorId)))
    .all();
  return new Set(rows.filter((row) => row.authorId !== authorOf.get(row.promptId)).map(({ promptId }) => promptId));
}

/** Deletes prompts with all that hangs on them. @param sets the comparisons of these, and perhaps of others */
async function removeAll(orm: Orm, ids: readonly string[], sets: readonly { id: string; promptId: string }[]) {
  const gone = new Set(ids);
  const setIds = sets.filter(({ promptId }) => gone.has(promptId)).map(({ id }) => id);
  const subjects = [
    ...setIds.map(rankingSubject),
    ...ids.flatMap((id) => [demonstrationSubject(id), answersSubject(id)]),
  ];
  await deleteDraftsOfAll(orm, subjects);
  await orm.delete(job).where(isAmong(job.subjectId, setIds)).run();
  await removeWithAll(orm, prompt, prompt.id, ids);
}
