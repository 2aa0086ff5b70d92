// The history of the project, for whoever may export it: who did what to what.

import { setImmediate as letOthersRun } from "node:timers/promises";
import { type EventRow, listEvents as eventPage } from "../../db/queries/events.ts";
import { allowed, type Context } from "../context.ts";
import type { Event, EventFilter } from "../vocabulary/shapes.ts";

/** What may be read: the project's, and for who looks after the installation also what belongs to none. */
function readable(ctx: Context) {
  const { db, project, actor } = allowed(ctx, "export", "see the history");
  return { db, of: { project, withInstallation: actor.isAdmin } };
}

/** The events, newest first; `next` is the cursor of the page after this one. */
export async function listEvents(
  ctx: Context,
  { cursor, limit, ...filter }: EventFilter & { cursor?: string; limit: number },
): Promise<{ items: Event[]; next: string | null }> {
  const { db, of } = readable(ctx);
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await eventPage(db, { ...filter, ...of, before, limit: limit + 1 });
  const items = rows.slice(0, limit).map(shown);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many events one read gets. */
const pageSize = 200;

/** One line of JSON per event, newest first, without the line end. @throws DomainError before the first line */
export async function eventLines(ctx: Context, filter: EventFilter): Promise<AsyncGenerator<string, void, undefined>> {
  const { db, of } = readable(ctx);
  async function* lines() {
    for (let before: number | undefined; ; ) {
      const page = await eventPage(db, { ...filter, ...of, before, limit: pageSize });
      for (const row of page) yield JSON.stringify(shown(row));
      before = page.at(-1)?.seq;
      if (before === undefined) return;
      await letOthersRun();
    }
  }
  return lines();
}

const shown = ({ seq, ...row }: EventRow): Event => ({ id: String(seq), ...row });
