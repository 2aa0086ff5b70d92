// What every verb gets besides its input: the database, who asks, and the time.
import type { PersonScope } from "../db/change.ts";
import type { Database } from "../db/client.ts";
import type { RequestKey } from "../db/requests.ts";
import { DomainError } from "./vocabulary/domain-error.ts";
import { type Duty, duties, may, type Role } from "./vocabulary/labeling.ts";

/** An Actor is the person who asks. */
export interface Actor {
  id: string;
  username: string;
  name: string;
  role: Role;
  /** The session they ask from; absent in the shell. */
  sessionId?: string;
  /** The shell, which has no account and may do everything. */
  isShell?: boolean;
}

/** ActorScope is the scope of a change that a known person makes. */
export type ActorScope = PersonScope & { actor: Actor };

export interface Context {
  db: Database;
  /** Null: nobody is signed in. */
  actor: Actor | null;
  /** Unix ms; tests set it. */
  now?: () => number;
  /** The idempotency key that the sender gave the request: sent again under it, the request changes nothing more. */
  request?: RequestKey;
}

export const nowOf = (ctx: Context): number => (ctx.now ?? Date.now)();

/** The scope of whoever asks. @throws DomainError UNAUTHORIZED when nobody is signed in */
export function signedIn(ctx: Context): ActorScope {
  const { db, actor, request } = ctx;
  if (!actor) throw new DomainError("UNAUTHORIZED", "Sign in first.");
  return { db, actor: { ...actor, kind: actor.isShell ? "system" : "user" }, now: nowOf(ctx), request };
}

/**
 * The scope of whoever asks, whose role must have the duty.
 * @param what is not allowed to others, e.g. "export data"
 * @throws DomainError UNAUTHORIZED or FORBIDDEN
 */
export function allowed(ctx: Context, duty: Duty, what: string): ActorScope {
  const scope = signedIn(ctx);
  if (may(scope.actor.role, duty)) return scope;
  const who = new Intl.ListFormat("en").format(duties[duty].map((role) => `${role}s`));
  throw new DomainError("FORBIDDEN", `Only ${who} may ${what}.`);
}
