// Changing a stored prompt: editing it, in place or as a new version; archiving it and back; deleting it.
import { and, eq, gt, isNull, ne, or } from "drizzle-orm";
import { answersSubject, demonstrationSubject, may, rankingSubject } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type PersonScope } from "../change.ts";
import type { Orm } from "../client.ts";
import { assignment, comparison, demonstration, job, prompt, promptMessage, promptShot } from "../schema/index.ts";
import { deleteDraftsOfAll } from "../steps/drafts.ts";
import { addPrompt, type NewPrompt, promptFacts, writeParts } from "../steps/prompts.ts";
import { removeWithAll } from "../steps/remove.ts";

type Refused = "not found" | "another's";

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
      await orm.update(prompt).set({ revises: id }).where(eq(prompt.id, made)).run();
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

export type Removed = { id: string } | Refused | "answered" | "generating" | "held";

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
    for (const { id: comparisonId } of sets) {
      await deleteDraftsOfAll(orm, rankingSubject(comparisonId));
      await orm.delete(job).where(eq(job.subjectId, comparisonId)).run();
    }
    for (const subject of [demonstrationSubject(id), answersSubject(id)]) await deleteDraftsOfAll(orm, subject);
    await removeWithAll(orm, prompt, prompt.id, [id]);
    const before = { ...promptFacts(row), comparisons: sets.map((one) => one.id) };
    await tell({ verb: "prompt.delete", subject: id, before, after: null });
    return { id };
  });
}
