// Accounts of the installation: the first admin, people that are added, who am I. What people are in a project is
// members.ts; signing in itself is better-auth's: lib/api/auth.ts.
import { hashPassword } from "better-auth/crypto";
import { bySystem, type Scope } from "../../db/change.ts";
import * as people from "../../db/queries/people.ts";
import { isDone } from "../../db/requests.ts";
import { administering, nowOf, type VisitorContext } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Role } from "../vocabulary/labeling.ts";
import type { Account, User } from "../vocabulary/shapes.ts";
import { passwordProblem } from "./passwords.ts";

/** A NewAccount is what the contract's `newAccount` has checked. */
export interface NewAccount {
  username: string;
  name: string;
  password: string;
}

/** Is there no account yet, so that the first visitor makes the admin's? Open to everyone. */
export async function setupNeeded(ctx: VisitorContext): Promise<boolean> {
  return !(await people.anyPerson(ctx.db));
}

/**
 * Makes the first account, an admin's. Everyone may do so while there is none; of two at once one is refused.
 * @throws DomainError CONFLICT once there is an account, BAD_REQUEST for a password that is guessed first
 */
export async function createFirstAdmin(ctx: VisitorContext, input: NewAccount): Promise<User> {
  // Checked before hashing as well, so that nobody can keep the server busy with it later.
  const made =
    (await setupNeeded(ctx)) || (ctx.request && (await isDone(ctx.db, ctx.request)))
      ? await insert({ ...bySystem(ctx.db, nowOf(ctx)), request: ctx.request }, { ...input, isAdmin: true }, true)
      : "not first";
  if (made === "not first") throw new DomainError("CONFLICT", "Rankloop is set up already: sign in.");
  return made;
}

/**
 * An account, made by somebody who may, or by the shell, whose user owns the database anyway.
 * @param input.role in the scope's project, where it has one
 * @throws DomainError CONFLICT when the user name is taken, BAD_REQUEST for a password that is guessed first
 */
export async function addAccount(
  scope: Scope,
  input: NewAccount & { isAdmin: boolean; role?: Role | undefined },
): Promise<User> {
  const made = await insert(scope, input, false);
  if (made === "not first") throw new DomainError("CONFLICT", "There is an account already.");
  return made;
}

async function insert(
  scope: Scope,
  input: NewAccount & { isAdmin: boolean; role?: Role | undefined },
  onlyFirst: boolean,
): Promise<User | "not first"> {
  const { username, name, isAdmin, role } = input;
  const problem = await passwordProblem(input.password, username);
  if (problem) throw new DomainError("BAD_REQUEST", problem, { field: "password" });
  const passwordHash = await hashPassword(input.password);
  const made = await people.insertAccount(scope, {
    // What better-auth looks up at sign-in; the spelling of the person is kept beside it.
    username: username.toLowerCase(),
    displayUsername: username,
    name,
    isAdmin,
    role,
    passwordHash,
    onlyFirst,
  });
  if (made === "taken") {
    throw new DomainError("CONFLICT", `The user name ${username} is taken: choose another.`, { field: "username" });
  }
  return made;
}

/**
 * Makes somebody an admin of the installation or no longer one, closes or opens their account: the sessions of a closed
 * one end at once, its work stays.
 * @throws DomainError NOT_FOUND, or CONFLICT where nobody would be admin any more
 */
export async function updateAccount(
  ctx: VisitorContext,
  input: { id: string; isAdmin?: boolean | undefined; active?: boolean | undefined },
): Promise<Account> {
  const outcome = await people.updateAccount(administering(ctx, "change accounts"), input);
  if (outcome === "not found") throw new DomainError("NOT_FOUND", "There is no such person.");
  if (outcome === "last admin") {
    throw new DomainError("CONFLICT", "This is the only admin of the installation: make someone else admin first.");
  }
  return outcome;
}

/** Every account, the oldest first. */
export async function listAccounts(ctx: VisitorContext): Promise<Account[]> {
  return people.listAccounts(administering(ctx, "see all accounts").db);
}

/** Whoever is signed in, or null. */
export async function me(ctx: VisitorContext): Promise<User | null> {
  if (!ctx.actor) return null;
  const { id, username, name, isAdmin } = ctx.actor;
  return { id, username, name, isAdmin };
}
