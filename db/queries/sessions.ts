// Looking a session up: on the path of every request, so one prepared statement. better-auth writes the rows, and takes
// away only those that are asked for again.
import { and, asc, desc, eq, gt, inArray, lt, ne, sql } from "drizzle-orm";
import { change, type Scope } from "../change.ts";
import { type Database, ormOf, prepared } from "../client.ts";
import { tokenHash } from "../id.ts";
import { session, user } from "../schema/people.ts";
import { type Person, person } from "./people.ts";

const find = prepared((orm) =>
  orm
    .select({ ...person, sessionId: session.id })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(
      and(
        eq(session.token, sql.placeholder("hash")),
        gt(session.expiresAt, sql.placeholder("now")),
        sql`${user.banned} is distinct from 1`,
      ),
    )
    .prepare(),
);

/** Whose session this is; null when there is none, it ran out, or its owner's account is closed. */
export async function findSession(
  db: Database,
  input: { token: string; now: number },
): Promise<(Person & { sessionId: string }) | null> {
  return (await find(ormOf(db)).get({ hash: tokenHash(input.token), now: input.now })) ?? null;
}

/** Where somebody is signed in. */
export interface SessionRow {
  id: string;
  startedAt: number;
  /** "" where it is not known. */
  address: string;
  /** What the browser or program calls itself; "" where it said nothing. */
  program: string;
}

/** A person's, newest first. */
export async function listSessions(
  db: Database,
  { userId, now }: { userId: string; now: number },
): Promise<SessionRow[]> {
  const rows = await ormOf(db)
    .select()
    .from(session)
    .where(and(eq(session.userId, userId), gt(session.expiresAt, new Date(now))))
    .orderBy(desc(session.createdAt), asc(session.id))
    .all();
  return rows.map(({ id, createdAt, ipAddress, userAgent }) => ({
    id,
    startedAt: createdAt.getTime(),
    address: ipAddress ?? "",
    program: userAgent ?? "",
  }));
}

/**
 * Ends one session, one person's, or those of a person but one.
 * @returns how many there were
 */
export async function endSessions(
  scope: Scope,
  of: { id: string; userId?: string | undefined } | { userId: string; exceptId?: string | undefined },
): Promise<number> {
  const conditions = [
    "id" in of ? eq(session.id, of.id) : undefined,
    of.userId === undefined ? undefined : eq(session.userId, of.userId),
    "exceptId" in of && of.exceptId !== undefined ? ne(session.id, of.exceptId) : undefined,
  ];
  return change(scope, async (orm, tell) => {
    const ended = await orm
      .select({ id: session.id, userId: session.userId })
      .from(session)
      .where(and(...conditions))
      .all();
    const ids = ended.map(({ id }) => id);
    await orm.delete(session).where(inArray(session.id, ids)).run();
    for (const [subject, of] of Map.groupBy(ended, ({ userId }) => userId)) {
      await tell({
        verb: "person.endSessions",
        subject,
        before: { sessions: of.map(({ id }) => id) },
        after: { sessions: [] },
      });
    }
    return ids.length;
  });
}

/** Those whose time is over. */
export async function deleteExpiredSessions(db: Database, now: number): Promise<void> {
  await ormOf(db)
    .delete(session)
    .where(lt(session.expiresAt, new Date(now)))
    .run();
}
