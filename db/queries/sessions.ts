// Looking a session up: on the path of every request, so one prepared statement. better-auth writes the rows, and takes
// away only those that are asked for again.
import { and, eq, gt, lt, sql } from "drizzle-orm";
import { type Database, ormOf, prepared } from "../client.ts";
import { session, user } from "../schema/people.ts";
import { tokenHash } from "../token-hash.ts";
import type { Person } from "./people.ts";

const find = prepared((orm) =>
  orm
    .select({ id: user.id, username: user.username, name: user.name, role: user.role })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(
      and(
        eq(session.token, sql.placeholder("hash")),
        gt(session.expiresAt, sql.placeholder("now")),
        sql`${user.banned} is not 1`,
      ),
    )
    .prepare(),
);

/** Whose session this is; null when there is none, it ran out, or its owner is banned. */
export async function findSession(db: Database, input: { token: string; now: number }): Promise<Person | null> {
  return find(db).get({ hash: tokenHash(input.token), now: input.now }) ?? null;
}

/** Those whose time is over. */
export async function deleteExpiredSessions(db: Database, now: number): Promise<void> {
  ormOf(db)
    .delete(session)
    .where(lt(session.expiresAt, new Date(now)))
    .run();
}
