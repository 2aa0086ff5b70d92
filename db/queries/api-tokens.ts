// Tokens that programs come with: what is kept is a hash, see db/token-hash.ts.
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { change, type InProject, type PersonScope, type ProjectScope } from "../change.ts";
import { type Database, type Orm, ormOf, prepared } from "../client.ts";
import { newId, tokenHash } from "../id.ts";
import { apiToken, user } from "../schema/index.ts";

export interface ApiTokenRow {
  id: string;
  name: string;
  /** The user name of whoever made it. */
  by: string;
  createdAt: number;
}

const shown = { id: apiToken.id, name: apiToken.name, by: user.username, createdAt: apiToken.createdAt };

const ofPeople = (orm: Orm) =>
  orm.select(shown).from(apiToken).innerJoin(user, eq(user.id, apiToken.userId)).$dynamic();

/** Those that are not revoked, oldest first. */
export async function listApiTokens({ db, project }: InProject): Promise<ApiTokenRow[]> {
  const ours = and(eq(apiToken.projectId, project), isNull(apiToken.revokedAt));
  return ofPeople(ormOf(db)).where(ours).orderBy(asc(apiToken.createdAt), asc(apiToken.id)).all();
}

const find = prepared((orm) =>
  orm
    .select({ id: apiToken.id, project: apiToken.projectId })
    .from(apiToken)
    .innerJoin(user, eq(user.id, apiToken.userId))
    .where(
      and(
        eq(apiToken.hash, sql.placeholder("hash")),
        isNull(apiToken.revokedAt),
        sql`${user.banned} is distinct from 1`,
      ),
    )
    .prepare(),
);

/** A token, and whose models it opens; null where it is none, was revoked, or its maker's account is closed. */
export async function findApiToken(db: Database, token: string): Promise<{ id: string; project: string } | null> {
  return (await find(ormOf(db)).get({ hash: tokenHash(token) })) ?? null;
}

export async function insertApiToken(
  scope: PersonScope,
  { name, token }: { name: string; token: string },
): Promise<ApiTokenRow> {
  return change(scope, async (orm, tell) => {
    const id = newId();
    await orm
      .insert(apiToken)
      .values({
        id,
        projectId: scope.project,
        name,
        hash: tokenHash(token),
        scope: "serving",
        userId: scope.actor.id,
        createdAt: scope.now,
      })
      .run();
    await tell({ verb: "token.create", subject: id, before: null, after: { scope: "serving" } });
    return (await ofPeople(orm).where(eq(apiToken.id, id)).get())!;
  });
}

/** @returns whether there is such a token; one that is revoked stays so */
export async function revokeApiToken(scope: ProjectScope, { id }: { id: string }): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const there = and(eq(apiToken.projectId, scope.project), eq(apiToken.id, id));
    const before = await orm.select({ revokedAt: apiToken.revokedAt }).from(apiToken).where(there).get();
    if (before?.revokedAt !== null) return before !== undefined;
    const after = { revokedAt: scope.now };
    await orm.update(apiToken).set(after).where(eq(apiToken.id, id)).run();
    await tell({ verb: "token.revoke", subject: id, before, after });
    return true;
  });
}
