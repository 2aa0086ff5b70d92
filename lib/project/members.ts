// The people in a project, with a role each. Their accounts are the installation's: accounts.ts.
import * as members from "../../db/queries/members.ts";
import { findAccount } from "../../db/queries/people.ts";
import { type ActorScope, administering, allowed, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Role } from "../vocabulary/labeling.ts";
import type { Member, User } from "../vocabulary/shapes.ts";
import { addAccount, type NewAccount } from "./accounts.ts";

const mayChange = (ctx: Context): ActorScope => allowed(ctx, "people", "change people");

/** Everyone in the project, the longest there first, with what each has done. */
export async function listMembers(ctx: Context): Promise<Member[]> {
  return members.listMembers(allowed(ctx, "people", "see the list of people"));
}

/** The names of everyone, shown beside what they wrote. */
export async function listNames(ctx: Context): Promise<Pick<User, "username" | "name">[]> {
  return members.listNames(signedIn(ctx));
}

/**
 * A new account that is in the project, for who may make accounts.
 * @throws DomainError CONFLICT when the user name is taken, BAD_REQUEST for a password that is guessed first
 */
export async function addPerson(ctx: Context, input: NewAccount & { role: Role }): Promise<User & { role: Role }> {
  const { role } = input;
  mayChange(ctx);
  const scope = { ...administering(ctx, "make accounts"), project: ctx.project };
  return { ...(await addAccount(scope, { ...input, isAdmin: false })), role };
}

/** Brings somebody who has an account into the project. @throws DomainError NOT_FOUND, or CONFLICT where they are in it */
export async function addMember(ctx: Context, input: { username: string; role: Role }): Promise<Member> {
  const scope = mayChange(ctx);
  const account = await findAccount(ctx.db, input.username.toLowerCase());
  if (!account) throw new DomainError("NOT_FOUND", "There is no such account.", { field: "username" });
  const added = await members.putMember(scope, { userId: account.id, role: input.role, as: "new" });
  if (added === "in it") {
    throw new DomainError("CONFLICT", `${account.name} is in this project already.`, { field: "username" });
  }
  return changed(ctx, account.id, added);
}

/** Gives somebody in the project another role. @throws DomainError NOT_FOUND, or CONFLICT for the only admin */
export async function updateMember(ctx: Context, { id: userId, role }: { id: string; role: Role }): Promise<Member> {
  return changed(ctx, userId, await members.putMember(mayChange(ctx), { userId, role, as: "known" }));
}

/** Takes somebody out: what they hold goes back, what they have done stays. @throws DomainError as `updateMember` */
export async function removeMember(ctx: Context, { id: userId }: { id: string }): Promise<{ ok: true }> {
  const outcome = await members.removeMember(mayChange(ctx), { userId });
  if (outcome === "not found") throw notThere();
  if (outcome === "last admin") throw lastAdmin();
  return { ok: true };
}

async function changed(ctx: Context, userId: string, outcome: members.MemberChanged): Promise<Member> {
  if (outcome === "last admin") throw lastAdmin();
  const row = (await members.listMembers(ctx)).find(({ id }) => id === userId);
  if (!row) throw notThere();
  return row;
}

const notThere = () => new DomainError("NOT_FOUND", "There is no such person in this project.");
const lastAdmin = () =>
  new DomainError("CONFLICT", "This is the only admin of the project: make someone else admin first.");
