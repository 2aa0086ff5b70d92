// Accounts: made here in one change each, then used by better-auth for signing in.
import { asc, eq, sql } from "drizzle-orm";
import type { Role } from "../../lib/vocabulary/labeling.ts";
import { type Database, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { changeOnce, type RequestKey } from "../requests.ts";
import { account, user } from "../schema/index.ts";

export interface Person {
  id: string;
  username: string;
  name: string;
  role: Role;
}

const person = { id: user.id, username: user.username, name: user.name, role: user.role };

/** Oldest first, with what each has done. */
export async function listPeople(db: Database): Promise<(Person & { rankings: number; demonstrations: number })[]> {
  return ormOf(db)
    .select({
      ...person,
      // First versions are as many as latest ones, and found more quickly.
      rankings: sql<number>`(select count(*) from ranking where labeler_id = user.id and version = 1)`,
      demonstrations: sql<number>`(select count(*) from demonstration where author_id = user.id and version = 1)`,
    })
    .from(user)
    .orderBy(asc(user.createdAt), asc(user.id))
    .all();
}

export async function listNames(db: Database): Promise<{ username: string; name: string }[]> {
  return ormOf(db).select({ username: user.username, name: user.name }).from(user).all();
}

export async function anyPerson(db: Database): Promise<boolean> {
  return ormOf(db).select({ id: user.id }).from(user).limit(1).get() !== undefined;
}

/**
 * An account with a password, as better-auth's "credential" provider keeps it.
 * @param input.username in lower case: what signing in looks up
 * @param input.passwordHash by better-auth's hashPassword
 * @param input.onlyFirst make it only while there is no account at all
 * @returns why not, when it was not made
 */
export async function insertAccount(
  db: Database,
  input: {
    username: string;
    displayUsername: string;
    name: string;
    role: Role;
    passwordHash: string;
    onlyFirst: boolean;
    now: number;
    request?: RequestKey | undefined;
  },
): Promise<Person | "not first" | "taken"> {
  const { username, displayUsername, name, role, passwordHash } = input;
  const at = { createdAt: new Date(input.now), updatedAt: new Date(input.now) };
  return changeOnce(db, input.request, (orm) => {
    if (input.onlyFirst && orm.select({ id: user.id }).from(user).limit(1).get()) return "not first";
    if (orm.select({ id: user.id }).from(user).where(eq(user.username, username)).get()) return "taken";
    const id = newId();
    // better-auth wants an address; .invalid can never receive mail (RFC 2606).
    const email = `${username}@rankloop.invalid`;
    orm
      .insert(user)
      .values({ id, username, displayUsername, name, role, email, ...at })
      .run();
    orm
      .insert(account)
      .values({ id: newId(), userId: id, accountId: id, providerId: "credential", password: passwordHash, ...at })
      .run();
    return { id, username, name, role };
  });
}
