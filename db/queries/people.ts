// Accounts: made here in one change each, then used by better-auth for signing in.
import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Role } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type Scope } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { newId, tokenHash } from "../id.ts";
import { account, assignment, member, project, session, user, verification } from "../schema/index.ts";

export interface Person {
  id: string;
  username: string;
  name: string;
  /** They look after the installation, its people and all projects. */
  isAdmin: boolean;
}

export const person = {
  id: user.id,
  username: user.username,
  name: user.name,
  isAdmin: sql`${user.role} = 'admin'`.mapWith(Boolean),
};

export interface Account extends Person {
  /** False: they cannot sign in, and what they have done stays. */
  active: boolean;
}

/** A condition on `user`, in better-auth's own word for it, which signing in and every session heed. */
export const active = sql`${user.banned} is distinct from 1`.mapWith(Boolean);

/** Every account, the oldest first. */
export async function listAccounts(db: Database): Promise<Account[]> {
  return ormOf(db)
    .select({ ...person, active })
    .from(user)
    .orderBy(asc(user.createdAt), asc(user.id))
    .all();
}

/** @param username in lower case */
export async function findAccount(db: Database, username: string): Promise<Account | null> {
  const found = ormOf(db)
    .select({ ...person, active })
    .from(user)
    .where(eq(user.username, username));
  return (await found.get()) ?? null;
}

/** `last admin`: nobody could look after the installation any more. */
export type AccountUpdated = Account | "not found" | "last admin";

/**
 * Makes somebody an admin of the installation or no longer one, closes or opens their account. With a closed account end
 * its sessions and its link to a new password, and the comparisons it holds go back; what the person has done stays.
 */
export async function updateAccount(
  scope: Scope,
  { id, ...to }: { id: string; isAdmin?: boolean | undefined; active?: boolean | undefined },
): Promise<AccountUpdated> {
  const { now } = scope;
  return change(scope, async (orm, tell): Promise<AccountUpdated> => {
    const before = await orm
      .select({ ...person, active })
      .from(user)
      .where(eq(user.id, id))
      .get();
    if (!before) return "not found";
    const after = { ...before, isAdmin: to.isAdmin ?? before.isAdmin, active: to.active ?? before.active };
    const administers = (one: typeof before) => one.active && one.isAdmin;
    if (administers(before) && !administers(after)) {
      const admins = await orm
        .select({ id: user.id })
        .from(user)
        .where(and(eq(user.role, "admin"), active))
        .limit(2)
        .all();
      if (admins.length < 2) return "last admin";
    }
    await orm
      .update(user)
      .set({ role: after.isAdmin ? "admin" : "user", banned: !after.active, updatedAt: new Date(now) })
      .where(eq(user.id, id))
      .run();
    if (!after.active) {
      await orm.delete(session).where(eq(session.userId, id)).run();
      await orm
        .delete(verification)
        .where(eq(verification.identifier, resetOf(id)))
        .run();
      await orm
        .update(assignment)
        .set({ state: "released", endedAt: now })
        .where(and(eq(assignment.labelerId, id), eq(assignment.state, "held")))
        .run();
    }
    const admin = { before: { isAdmin: before.isAdmin }, after: { isAdmin: after.isAdmin } };
    await tell({ verb: "person.changeRole", subject: id, ...admin });
    const verb = after.active ? "person.activate" : "person.deactivate";
    await tell({ verb, subject: id, before: { active: before.active }, after: { active: after.active } });
    return after;
  });
}

/** The key of a one-time link to a new password, in better-auth's table for such things. */
const resetOf = (userId: string) => `password-reset:${userId}`;

/** Stores the hash of a one-time link to a new password. An earlier link stops working. */
export async function insertReset(
  scope: Scope,
  input: { userId: string; token: string; expiresAt: number },
): Promise<Person | "not found" | "closed"> {
  const { userId, token, expiresAt } = input;
  return change(scope, async (orm, tell) => {
    const owner = await orm
      .select({ ...person, active })
      .from(user)
      .where(eq(user.id, userId))
      .get();
    if (!owner) return "not found";
    if (!owner.active) return "closed";
    const identifier = resetOf(userId);
    const before = await linkOf(orm, userId);
    await orm.delete(verification).where(eq(verification.identifier, identifier)).run();
    const at = new Date(scope.now);
    const times = { expiresAt: new Date(expiresAt), createdAt: at, updatedAt: at };
    await orm
      .insert(verification)
      .values({ id: newId(), identifier, value: tokenHash(token), ...times })
      .run();
    await tell({ verb: "person.resetPassword", subject: userId, before, after: await linkOf(orm, userId) });
    return owner;
  });
}

/** The facts of an event about a person's password link: which one, and until when it works. */
async function linkOf(orm: Orm, userId: string) {
  const row = await orm
    .select({ link: verification.id, until: verification.expiresAt })
    .from(verification)
    .where(eq(verification.identifier, resetOf(userId)))
    .get();
  return { link: row?.link ?? null, until: row?.until.getTime() ?? null };
}

/** The owner of a password link; null when it was used or replaced, is too old, or the account is closed. */
export async function ownerOfReset(
  db: Database,
  { token, now }: { token: string; now: number },
): Promise<Person | null> {
  return (await findReset(ormOf(db), token, now)) ?? null;
}

async function findReset(orm: Orm, token: string, now: number): Promise<Person | undefined> {
  return orm
    .select(person)
    .from(verification)
    .innerJoin(user, eq(verification.identifier, sql`${resetOf("")} || ${user.id}`))
    .where(and(eq(verification.value, tokenHash(token)), gt(verification.expiresAt, new Date(now)), active))
    .get();
}

/** Sets the password by a link, which is used up by it; every session of the person ends. @returns null as `ownerOfReset` */
export async function spendReset(
  scope: Scope,
  { token, passwordHash }: { token: string; passwordHash: string },
): Promise<Person | null> {
  const { now } = scope;
  return change(scope, async (orm, tell) => {
    const owner = await findReset(orm, token, now);
    if (!owner) return null;
    const before = await linkOf(orm, owner.id);
    await orm
      .update(account)
      .set({ password: passwordHash, updatedAt: new Date(now) })
      .where(and(eq(account.userId, owner.id), eq(account.providerId, "credential")))
      .run();
    await orm.delete(session).where(eq(session.userId, owner.id)).run();
    await orm
      .delete(verification)
      .where(eq(verification.identifier, resetOf(owner.id)))
      .run();
    await tell({ verb: "person.setPassword", subject: owner.id, before, after: await linkOf(orm, owner.id) });
    return owner;
  });
}

export async function anyPerson(db: Database): Promise<boolean> {
  return (await ormOf(db).select({ id: user.id }).from(user).limit(1).get()) !== undefined;
}

/**
 * Inserts an account with a password, as better-auth's "credential" provider stores it.
 * @param input.username in lower case: what signing in looks up
 * @param input.passwordHash by better-auth's hashPassword
 * @param input.role in the scope's project, where it has one
 * @param input.onlyFirst make it only while there is no account at all: an admin of the installation, and of every project
 * @returns the reason, where no account was made
 */
export async function insertAccount(
  scope: Scope,
  input: {
    username: string;
    displayUsername: string;
    name: string;
    isAdmin: boolean;
    role?: Role | undefined;
    passwordHash: string;
    onlyFirst: boolean;
  },
): Promise<Person | "not first" | "taken"> {
  const { username, displayUsername, name, isAdmin, passwordHash } = input;
  const at = { createdAt: new Date(scope.now), updatedAt: new Date(scope.now) };
  return changeOnce(scope, async (orm, tell) => {
    if (input.onlyFirst && (await orm.select({ id: user.id }).from(user).limit(1).get())) return "not first";
    if (await orm.select({ id: user.id }).from(user).where(eq(user.username, username)).get()) return "taken";
    const id = newId();
    // better-auth wants an address; .invalid can never receive mail (RFC 2606).
    const email = `${username}@rankloop.invalid`;
    await orm
      .insert(user)
      .values({ id, username, displayUsername, name, role: isAdmin ? "admin" : "user", email, ...at })
      .run();
    await orm
      .insert(account)
      .values({ id: newId(), userId: id, accountId: id, providerId: "credential", password: passwordHash, ...at })
      .run();
    await tell({ verb: "person.create", subject: id, before: null, after: { username, name, isAdmin } });
    const all = input.onlyFirst ? await orm.select({ id: project.id }).from(project).all() : [];
    const places = all.map((one) => ({ projectId: one.id, role: "admin" as Role }));
    if (scope.project !== undefined && input.role) places.push({ projectId: scope.project, role: input.role });
    for (const { projectId, role } of places) {
      await orm.insert(member).values({ projectId, userId: id, role, joinedAt: scope.now }).run();
      await tell({ verb: "member.add", subject: id, project: projectId, before: null, after: { role } });
    }
    return { id, username, name, isAdmin };
  });
}
