// Steps of a change: deleting drafts that are no longer needed.
import { and, eq } from "drizzle-orm";
import { isAmong, type Orm } from "../client.ts";
import { draft } from "../schema/index.ts";

/** Deletes one person's draft, because it was submitted or thrown away. */
export async function deleteDraft(orm: Orm, ownerId: string, subject: string): Promise<void> {
  await orm
    .delete(draft)
    .where(and(eq(draft.ownerId, ownerId), eq(draft.subject, subject)))
    .run();
}

/** Deletes everyone's drafts of subjects that do not exist any more. */
export async function deleteDraftsOfAll(orm: Orm, subjects: readonly string[]): Promise<void> {
  await orm.delete(draft).where(isAmong(draft.subject, subjects)).run();
}
