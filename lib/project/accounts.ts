// Accounts: the first admin, people an admin adds, who am I. Signing in itself is better-auth's: lib/api/auth.ts.
import { hashPassword } from "better-auth/crypto";
import { bySystem, type Scope } from "../../db/change.ts";
import * as people from "../../db/queries/people.ts";
import { isDone } from "../../db/requests.ts";
import { allowed, type Context, nowOf, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Role } from "../vocabulary/labeling.ts";
import type { Person, User } from "../vocabulary/shapes.ts";
import { passwordProblem } from "./passwords.ts";

/** A NewAccount is what the contract's `newAccount` has checked. */
export interface NewAccount {
  username: string;
  name: string;
  password: string;
}

/** Is there no account yet, so that the first visitor makes the admin's? Open to everyone. */
export async function setupNeeded(ctx: Context): Promise<boolean> {
  return !(await people.anyPerson(ctx.db));
}

/**
 * Makes the first account, an admin's. Everyone may do so while there is none; of two at once one is refused.
 * @throws DomainError CONFLICT once there is an account, BAD_REQUEST for a password that is guessed first
 */
export async function createFirstAdmin(ctx: Context, input: NewAccount): Promise<User> {
  // Looked at before hashing too: afterwards nobody may use it to keep the server busy.
  const made =
    (await setupNeeded(ctx)) || (ctx.request && (await isDone(ctx.db, ctx.request)))
      ? await insert({ ...bySystem(ctx.db, nowOf(ctx)), request: ctx.request }, { ...input, role: "admin" }, true)
      : "not first";
  if (made === "not first") throw new DomainError("CONFLICT", "Rankloop is set up already: sign in.");
  return made;
}

/** @throws DomainError CONFLICT when the user name is taken, BAD_REQUEST for a password that is guessed first */
export async function addPerson(ctx: Context, input: NewAccount & { role: Role }): Promise<User> {
  return addAccount(allowed(ctx, "people", "add people"), input);
}

/**
 * As `addPerson`, without asking who does it: for the shell, whose user owns the database file anyway.
 * @throws DomainError as `addPerson`
 */
export async function addAccount(scope: Scope, input: NewAccount & { role: Role }): Promise<User> {
  const made = await insert(scope, input, false);
  if (made === "not first") throw new DomainError("CONFLICT", "There is an account already.");
  return made;
}

async function insert(
  scope: Scope,
  input: NewAccount & { role: Role },
  onlyFirst: boolean,
): Promise<User | "not first"> {
  const { username, name, role } = input;
  const problem = await passwordProblem(input.password, username);
  if (problem) throw new DomainError("BAD_REQUEST", problem, { field: "password" });
  const passwordHash = await hashPassword(input.password);
  const made = await people.insertAccount(scope, {
    // What better-auth looks up at sign-in; the spelling of the person is kept beside it.
    username: username.toLowerCase(),
    displayUsername: username,
    name,
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
 * Gives a person another role, or closes or opens their account: the sessions of a closed one end at once, its work stays.
 * @throws DomainError NOT_FOUND, or CONFLICT where nobody would be admin any more
 */
export async function updatePerson(
  ctx: Context,
  input: { id: string; role?: Role; active?: boolean },
): Promise<User & { active: boolean }> {
  const outcome = await people.updatePerson(allowed(ctx, "people", "change people"), input);
  if (outcome === "not found") throw new DomainError("NOT_FOUND", "There is no such person.");
  if (outcome === "last admin") {
    throw new DomainError("CONFLICT", "This is the only admin: make someone else admin first.");
  }
  return outcome;
}

/** Everyone, oldest account first, with what each has done. */
export async function listPeople(ctx: Context): Promise<Person[]> {
  allowed(ctx, "people", "see the list of people");
  return people.listPeople(ctx.db);
}

/** What everyone is called: shown beside what they wrote. */
export async function listNames(ctx: Context): Promise<Pick<User, "username" | "name">[]> {
  signedIn(ctx);
  return people.listNames(ctx.db);
}

/** Whoever is signed in, or null. */
export async function me(ctx: Context): Promise<User | null> {
  if (!ctx.actor) return null;
  const { id, username, name, role } = ctx.actor;
  return { id, username, name, role };
}
