// Steps of a change: what becomes of drafts when what they were for has ended.
import { and, eq } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { draft } from "../schema/index.ts";

/** It has become what it was a draft of, or its owner has thrown it away. */
export async function deleteDraft(orm: Orm, ownerId: string, subject: string): Promise<void> {
  await orm
    .delete(draft)
    .where(and(eq(draft.ownerId, ownerId), eq(draft.subject, subject)))
    .run();
}

/** What it was written about is not there any more. */
export async function deleteDraftsOfAll(orm: Orm, subject: string): Promise<void> {
  await orm.delete(draft).where(eq(draft.subject, subject)).run();
}
