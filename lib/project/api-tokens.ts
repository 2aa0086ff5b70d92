// Tokens that programs ask models with, at /v1: made by leads, shown once, and revoked.
import { randomBytes } from "node:crypto";
import * as tokens from "../../db/queries/api-tokens.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { ApiToken } from "../vocabulary/shapes.ts";

const mayLead = (ctx: Context) => allowed(ctx, "lead", "see and change API tokens");

/** Those that work, oldest first. */
export async function listApiTokens(ctx: Context): Promise<ApiToken[]> {
  return tokens.listApiTokens(mayLead(ctx));
}

/** @returns it with the token itself, which nobody can read again: only a hash is kept */
export async function createApiToken(ctx: Context, { name }: { name: string }): Promise<ApiToken & { token: string }> {
  const token = `rankloop_${randomBytes(32).toString("base64url")}`;
  return { ...(await tokens.insertApiToken(mayLead(ctx), { name, token })), token };
}

/** From now on no request with it is answered. @throws DomainError NOT_FOUND */
export async function revokeApiToken(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  if (await tokens.revokeApiToken(mayLead(ctx), input)) return { ok: true };
  throw new DomainError("NOT_FOUND", "There is no such API token.");
}
