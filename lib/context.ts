// What every verb gets besides its input: the database, who asks, of which project, and the time.
import type { PersonScope, Scope } from "../db/change.ts";
import type { Database } from "../db/client.ts";
import { placeOf } from "../db/queries/members.ts";
import type { RequestKey } from "../db/requests.ts";
import { DomainError } from "./vocabulary/domain-error.ts";
import { type Duty, duties, may, type Role } from "./vocabulary/labeling.ts";

/** Whoever is signed in. */
export interface Visitor {
  id: string;
  username: string;
  name: string;
  /** They look after the installation, its people and all projects. */
  isAdmin: boolean;
  /** The session they ask from; absent in the shell. */
  sessionId?: string;
  /** The shell, which has no account and may do everything. */
  isShell?: boolean;
}

/** Whoever is at work in a project. */
export interface Actor extends Visitor {
  /** In the project; who looks after the installation is an admin in each. */
  role: Role;
}

/** What a change of the installation is made with, once it is known who asks. */
export type VisitorScope = Scope<{ kind: "user" | "system"; id: string; role: "admin" | "account" } & Visitor>;

/** What a change of a project is made with. */
export type ActorScope = PersonScope & { actor: Actor };

export interface VisitorContext {
  db: Database;
  /** Null: nobody is signed in. */
  actor: Visitor | null;
  /** Unix ms; tests set it. */
  now?: () => number;
  /** The idempotency key that the sender gave the request: sent again under it, the request changes nothing more. */
  request?: RequestKey;
}

/** The context of a verb that is about a project. */
export interface Context extends VisitorContext {
  /** The id of the project. */
  project: string;
  actor: Actor | null;
}

/** The context of somebody who was let into a project. */
export interface EnteredContext extends Context {
  actor: Actor;
  isArchived: boolean;
}

export const nowOf = (ctx: VisitorContext): number => (ctx.now ?? Date.now)();

const signInFirst = () => new DomainError("UNAUTHORIZED", "Sign in first.");

/** The scope of whoever asks, for what is about the installation. @throws DomainError UNAUTHORIZED when nobody is signed in */
export function visiting(ctx: VisitorContext): VisitorScope {
  const { db, actor, request } = ctx;
  if (!actor) throw signInFirst();
  const role = actor.isAdmin ? "admin" : "account";
  return { db, actor: { ...actor, role, kind: actor.isShell ? "system" : "user" }, now: nowOf(ctx), request };
}

/**
 * The scope of whoever asks, who must look after the installation.
 * @param what is not allowed to others, e.g. "reset passwords"
 * @throws DomainError UNAUTHORIZED or FORBIDDEN
 */
export function administering(ctx: VisitorContext, what: string): VisitorScope {
  const scope = visiting(ctx);
  if (scope.actor.isAdmin) return scope;
  throw new DomainError("FORBIDDEN", `Only admins of the installation may ${what}.`);
}

/** The scope of whoever asks in a project. @throws DomainError UNAUTHORIZED when nobody is signed in */
export function signedIn(ctx: Context): ActorScope {
  const { db, project, actor, request } = ctx;
  if (!actor) throw signInFirst();
  return { db, project, actor: { ...actor, kind: actor.isShell ? "system" : "user" }, now: nowOf(ctx), request };
}

/**
 * The scope of whoever asks in a project, whose role there must have the duty.
 * @param what is not allowed to others, e.g. "export data"
 * @throws DomainError UNAUTHORIZED or FORBIDDEN
 */
export function allowed(ctx: Context, duty: Duty, what: string): ActorScope {
  const scope = signedIn(ctx);
  if (may(scope.actor.role, duty)) return scope;
  const who = new Intl.ListFormat("en").format(duties[duty].map((role) => `${role}s`));
  throw new DomainError("FORBIDDEN", `Only ${who} may ${what}.`);
}

/**
 * The context of a visitor in a project. Nobody hears of a project they are not in.
 * @throws DomainError UNAUTHORIZED, or NOT_FOUND where there is none, or this person is not in it
 */
export async function inProject(ctx: VisitorContext, project: string): Promise<EnteredContext> {
  const { actor } = ctx;
  if (!actor) throw signInFirst();
  const place = await placeOf({ db: ctx.db, project }, { userId: actor.id });
  const role = actor.isAdmin ? "admin" : place?.role;
  if (!place || !role) throw new DomainError("NOT_FOUND", "There is no such project, or you are not in it.");
  return { ...ctx, project, actor: { ...actor, role }, isArchived: place.archivedAt !== null };
}
