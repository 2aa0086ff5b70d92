// Changing a prompt that is there: its text, in place or as a new version; out of the way and back; and gone for good.
import { and, eq, gt, ne } from "drizzle-orm";
import { demonstrationSubject, rankingSubject } from "../../lib/vocabulary/draft-subjects.ts";
import { change, type Database, type Orm } from "../client.ts";
import { changeOnce, type RequestKey } from "../requests.ts";
import { assignment, comparison, demonstration, job, prompt, promptMessage, promptShot } from "../schema/index.ts";
import { deleteDraftsOfAll } from "../steps/drafts.ts";
import { addPrompt, type NewPrompt, writeParts } from "../steps/prompts.ts";
import { removeWithAll } from "../steps/remove.ts";

interface Changer {
  id: string;
  personId: string;
  /** May change everyone's. */
  isLead: boolean;
  now: number;
  request?: RequestKey | undefined;
}

type Refused = "not found" | "another's";

/** The prompt, as far as this person may change it. */
async function mine(orm: Orm, { id, personId, isLead }: Changer) {
  const row = await orm.select().from(prompt).where(eq(prompt.id, id)).get();
  if (!row) return "not found";
  return isLead || row.authorId === personId ? row : "another's";
}

export type Edited = { id: string } | Refused | "outdated";

/**
 * Other words for a prompt. As long as nobody else has answered it they take the place of those before; then they are a
 * new version, and the one before is archived with its answers. Both stay in the split of the first.
 * @returns which prompt it is now
 */
export async function editPrompt(
  db: Database,
  { words, ...by }: Changer & { words: Omit<NewPrompt, "split" | "resampledFrom"> },
): Promise<Edited> {
  return changeOnce(db, by.request, async (orm): Promise<Edited> => {
    const row = await mine(orm, by);
    if (typeof row === "string") return row;
    const { id, split } = row;
    const next = await orm.select({ id: prompt.id }).from(prompt).where(eq(prompt.revises, id)).get();
    if (next) return "outdated";
    if (await isAnswered(orm, by)) {
      const made = await addPrompt(orm, { ...words, split }, { authorId: by.personId, now: by.now });
      await orm.update(prompt).set({ revises: id }).where(eq(prompt.id, made)).run();
      await orm.update(prompt).set({ archivedAt: by.now }).where(eq(prompt.id, id)).run();
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
    return { id };
  });
}

/** By a model, or by somebody other than this person. */
async function isAnswered(orm: Orm, { id, personId }: Changer): Promise<boolean> {
  const byModel = await orm.select({ id: comparison.id }).from(comparison).where(eq(comparison.promptId, id)).get();
  const byOthers = await orm
    .select({ id: demonstration.id })
    .from(demonstration)
    .where(and(eq(demonstration.promptId, id), ne(demonstration.authorId, personId)))
    .get();
  return byModel !== undefined || byOthers !== undefined;
}

/** Puts a prompt out of the way, or brings it back: one that is archived is handed to nobody, and nothing is made of it. */
export async function archivePrompt(
  db: Database,
  { archived, ...by }: Changer & { archived: boolean },
): Promise<"done" | Refused> {
  return change(db, async (orm) => {
    const row = await mine(orm, by);
    if (typeof row === "string") return row;
    if ((row.archivedAt !== null) !== archived) {
      await orm
        .update(prompt)
        .set({ archivedAt: archived ? by.now : null })
        .where(eq(prompt.id, row.id))
        .run();
    }
    return "done";
  });
}

export type Removed = { id: string } | Refused | "answered" | "generating" | "held";

/** Deletes a prompt with all that hangs on it. Who leads may delete any, others their own that nobody has answered. */
export async function removePrompt(db: Database, by: Changer): Promise<Removed> {
  return changeOnce(db, by.request, async (orm): Promise<Removed> => {
    const row = await mine(orm, by);
    if (typeof row === "string") return row;
    if (!by.isLead && (await isAnswered(orm, by))) return "answered";
    const { id } = row;
    const sets = await orm.select().from(comparison).where(eq(comparison.promptId, id)).all();
    if (sets.some(({ state }) => state === "generating")) return "generating";
    const held = and(eq(assignment.state, "held"), gt(assignment.leaseUntil, by.now));
    for (const { id: comparisonId } of sets) {
      const here = eq(assignment.comparisonId, comparisonId);
      if (await orm.select({ id: assignment.id }).from(assignment).where(and(here, held)).get()) return "held";
    }
    for (const { id: comparisonId } of sets) {
      await deleteDraftsOfAll(orm, rankingSubject(comparisonId));
      await orm.delete(job).where(eq(job.subjectId, comparisonId)).run();
    }
    await deleteDraftsOfAll(orm, demonstrationSubject(id));
    await removeWithAll(orm, prompt, prompt.id, [id]);
    return { id };
  });
}
