// Sessions: people see and end their own, admins those of everyone.
import * as queries from "../../db/queries/sessions.ts";
import { administering, type VisitorContext, type VisitorScope, visiting } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { SignedInSession } from "../vocabulary/shapes.ts";

/** The scope of whoever asks for the sessions of this person; absent: for their own. */
const asking = (ctx: VisitorContext, personId?: string): VisitorScope =>
  personId === undefined || personId === ctx.actor?.id ? visiting(ctx) : administering(ctx, "see others' sessions");

/** The sessions of the one who asks, or of another person for an admin, newest first. */
export async function listSessions(ctx: VisitorContext, input: { personId?: string }): Promise<SignedInSession[]> {
  const { db, actor, now } = asking(ctx, input.personId);
  const rows = await queries.listSessions(db, { userId: input.personId ?? actor.id, now });
  return rows.map((row) => ({ ...row, current: row.id === actor.sessionId }));
}

/** Ends a session. @throws DomainError NOT_FOUND for a session that is over, or another person's for who is no admin */
export async function endSession(ctx: VisitorContext, { id }: { id: string }): Promise<{ ok: true }> {
  const scope = visiting(ctx);
  const userId = scope.actor.isAdmin ? undefined : scope.actor.id;
  const ended = await queries.endSessions(scope, { id, userId });
  if (ended === 0) throw new DomainError("NOT_FOUND", "There is no such session: it has ended.");
  return { ok: true };
}

/** Ends all sessions of the one who asks but this one, or all of another person for an admin. */
export async function endSessions(ctx: VisitorContext, input: { personId?: string }): Promise<{ ended: number }> {
  const scope = asking(ctx, input.personId);
  const userId = input.personId ?? scope.actor.id;
  return { ended: await queries.endSessions(scope, { userId, exceptId: scope.actor.sessionId }) };
}
