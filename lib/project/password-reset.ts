// A new password for somebody who has forgotten theirs: an admin makes a link, hands it over, and it works once.
import { randomBytes } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import * as people from "../../db/queries/people.ts";
import { administering, nowOf, type VisitorContext } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { passwordProblem } from "./passwords.ts";

/** How long a link to a new password works. */
const resetMs = 24 * 60 * 60_000;

/**
 * Makes a password link for this person; their password works until they use it. The token is behind a #, which browsers
 * send nowhere.
 * @returns its path on this server
 * @throws DomainError NOT_FOUND, or CONFLICT for a closed account
 */
export async function resetPassword(
  ctx: VisitorContext,
  { id: userId }: { id: string },
): Promise<{ username: string; path: string; expiresAt: number }> {
  const scope = administering(ctx, "reset passwords");
  const token = randomBytes(24).toString("base64url");
  const expiresAt = scope.now + resetMs;
  const owner = await people.insertReset(scope, { userId, token, expiresAt });
  if (owner === "not found") throw new DomainError("NOT_FOUND", "There is no such person.");
  if (owner === "closed") throw new DomainError("CONFLICT", "This account is closed: open it first.");
  return { username: owner.username, path: `/new-password#${token}`, expiresAt };
}

/**
 * Sets the password of whoever the link is for; open to everyone who has it. It works once, and all their sessions end.
 * @throws DomainError NOT_FOUND for a link that works no more, BAD_REQUEST for a password that is guessed first
 */
export async function setPassword(
  ctx: VisitorContext,
  { token, password }: { token: string; password: string },
): Promise<{ username: string }> {
  const now = nowOf(ctx);
  // Checked before hashing as well: without a link nobody can keep the server busy.
  const owner = await people.ownerOfReset(ctx.db, { token, now });
  const problem = owner && (await passwordProblem(password, owner.username));
  if (problem) throw new DomainError("BAD_REQUEST", problem);
  const done =
    owner &&
    (await people.spendReset(
      { db: ctx.db, actor: { kind: "user", id: owner.id, role: "account" }, now },
      { token, passwordHash: await hashPassword(password) },
    ));
  if (!done) throw new DomainError("NOT_FOUND", "This link has been used or is too old: ask an admin for a new one.");
  return { username: done.username };
}
