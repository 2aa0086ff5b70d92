// Drafts: one row for each person and subject, replaced at every save. The revision tells whether a window has seen the last.
import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { comparisonOf } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type PersonScope } from "../change.ts";
import { type Orm, ormOf, prepared } from "../client.ts";
import { assignment, draft } from "../schema/index.ts";

export interface DraftRow {
  revision: number;
  writer: string;
  /** JSON. */
  content: string;
  savedAt: number;
}

const param = sql.placeholder;
const fields = { revision: draft.revision, writer: draft.writer, content: draft.content, savedAt: draft.savedAt };

const find = prepared((orm) =>
  orm
    .select(fields)
    .from(draft)
    .where(
      and(
        eq(draft.ownerId, param("ownerId")),
        eq(draft.projectId, param("project")),
        eq(draft.subject, param("subject")),
      ),
    )
    .prepare(),
);

/** A person's draft of a subject. Every assignment reads it, so it is one prepared statement. */
export async function getDraft(
  { db, project }: InProject,
  input: { ownerId: string; subject: string },
): Promise<DraftRow | null> {
  return (await find(ormOf(db)).get({ ...input, project })) ?? null;
}

/** Written out for the partial index. */
const findHeldOf = prepared((orm) =>
  orm
    .select({ id: assignment.id })
    .from(assignment)
    .where(
      and(
        eq(assignment.labelerId, param("labelerId")),
        eq(assignment.comparisonId, param("comparisonId")),
        sql`${assignment.state} = 'held'`,
      ),
    )
    .prepare(),
);

const put = prepared((orm) =>
  orm
    .insert(draft)
    .values({
      ownerId: param("ownerId"),
      projectId: param("project"),
      subject: param("subject"),
      revision: param("revision"),
      writer: param("writer"),
      content: param("content"),
      savedAt: param("savedAt"),
    })
    .onConflictDoUpdate({
      target: [draft.ownerId, draft.projectId, draft.subject],
      set: {
        revision: sql`excluded.revision`,
        writer: sql`excluded.writer`,
        content: sql`excluded.content`,
        savedAt: sql`excluded.saved_at`,
      },
    })
    .prepare(),
);

/** How long an abandoned draft is kept, in ms. */
export const draftsKeptMs = 90 * 24 * 3_600_000;

export type SavedDraft =
  | { outcome: "saved"; revision: number }
  /** Another window has saved since `basedOn`, and its draft is kept. */
  | { outcome: "conflict"; other: DraftRow }
  /** This person gave these answers back, skipped them or never had them, or one was regenerated since. */
  | { outcome: "outdated" };

/**
 * Keeps a draft if it follows the one its writer has seen, or that writer's own. Where none is kept it begins anew, at
 * a revision that no earlier draft of this subject can have had: a window that still knows one of those is found out.
 * Without an fsync of its own, which would hold up everyone who waits for their next task at every word somebody types:
 * a loss of power may take the last second, which the page that wrote it still has and sends along with the next change.
 */
export async function saveDraft(
  scope: PersonScope,
  input: { subject: string; basedOn: number; writer: string; content: string },
): Promise<SavedDraft> {
  const { subject, basedOn, writer, content } = input;
  const { project, now } = scope;
  const ownerId = scope.actor.id;
  const save = async (orm: Orm): Promise<SavedDraft> => {
    const ranked = comparisonOf(subject);
    if (ranked !== null && !(await mayStillRank(orm, ownerId, ranked))) return { outcome: "outdated" };
    const before = await find(orm).get({ ownerId, project, subject });
    if (before && before.writer !== writer && before.revision !== basedOn) {
      return { outcome: "conflict", other: before };
    }
    // It was sent again, because its answer was lost.
    if (before?.writer === writer && before.content === content) return { outcome: "saved", revision: before.revision };
    if (!before) await dropOld(orm, ownerId, now);
    const revision = before ? before.revision + 1 : Math.max(basedOn + 1, now);
    await put(orm).run({ ownerId, project, subject, revision, writer, content, savedAt: now });
    return { outcome: "saved", revision };
  };
  return change(scope, save, "checkpoint");
}

/** May this person still rank the answers they saw last, or have they ranked them? */
async function mayStillRank(orm: Orm, labelerId: string, comparisonId: string): Promise<boolean> {
  // All but the rarest saves end here.
  if (await findHeldOf(orm).get({ labelerId, comparisonId })) return true;
  const last = await orm
    .select({ state: assignment.state })
    .from(assignment)
    .where(and(eq(assignment.labelerId, labelerId), eq(assignment.comparisonId, comparisonId)))
    .orderBy(desc(assignment.createdAt), desc(assignment.id))
    .limit(1)
    .get();
  return last?.state === "expired" || last?.state === "submitted";
}

/** Deletes a person's abandoned drafts. Called when they begin a new one. */
async function dropOld(orm: Orm, ownerId: string, now: number): Promise<void> {
  await orm
    .delete(draft)
    .where(and(eq(draft.ownerId, ownerId), lt(draft.savedAt, now - draftsKeptMs)))
    .run();
}

/** Deletes a draft that its writer has seen or written. A later one of another window is kept. */
export async function discardDraft(
  scope: PersonScope,
  { subject, basedOn, writer }: { subject: string; basedOn: number; writer: string },
): Promise<void> {
  await change(scope, async (orm) =>
    orm
      .delete(draft)
      .where(
        and(
          eq(draft.ownerId, scope.actor.id),
          eq(draft.projectId, scope.project),
          eq(draft.subject, subject),
          or(eq(draft.writer, writer), eq(draft.revision, basedOn)),
        ),
      )
      .run(),
  );
}
