// Sessions and signing in: better-auth with user names and passwords. Accounts are made by lib/people, not here.

import path from "node:path";
import { betterAuth } from "better-auth";
import { admin, bearer, username } from "better-auth/plugins";
import * as z from "zod";
import { authStore } from "../../db/auth-store.ts";
import { type Database, openDatabase } from "../../db/client.ts";
import { findSession } from "../../db/queries/sessions.ts";
import type { Actor } from "../context.ts";
import { passwordProblem } from "../project/passwords.ts";
import { newPassword } from "../vocabulary/shapes.ts";
import { withBoundedBody } from "./body.ts";
import { comesFromOwnPage, ownOrigins } from "./origin.ts";
import { peerHeader } from "./peer.ts";
import { sessionSecret } from "./secret.ts";
import { sessionToken } from "./session-token.ts";

/** What is open of better-auth's endpoints; all others (sign-up, e-mail, its own admin calls) answer 404. */
const openPaths = new Set(["/sign-in/username", "/sign-out", "/get-session", "/change-password"]);
const basePath = "/api/auth";
/** A user name and a password are far less. */
const bodyBytes = 10_000;

const makeAuth = (db: Database) =>
  betterAuth({
    database: authStore(db),
    secret: secretOf(db),
    basePath,
    baseURL: process.env.RANKLOOP_ADDRESS ?? "http://127.0.0.1:3000",
    trustedOrigins: async (request) => (request ? ownOrigins(request.headers) : []),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    plugins: [
      username(),
      admin({ defaultRole: "labeler", bannedUserMessage: "This account is closed: ask an admin." }),
      bearer({ requireSignature: true }),
    ],
    session: { expiresIn: 30 * 24 * 60 * 60, updateAge: 24 * 60 * 60 },
    // Not by NODE_ENV: the server speaks plain HTTP on 127.0.0.1 also in production.
    advanced: {
      useSecureCookies: process.env.RANKLOOP_ADDRESS?.startsWith("https:") ?? false,
      ipAddress: { ipAddressHeaders: [peerHeader] },
    },
    rateLimit: {
      enabled: true,
      // Per address and minute: people behind one router can all sign in, and guessing stays hopeless.
      customRules: { "/sign-in/username": { window: 60, max: 60 }, "/get-session": false },
    },
    telemetry: { enabled: false },
    logger: { level: "error" },
  });

type Auth = ReturnType<typeof makeAuth>;
const made = new WeakMap<Database, Auth>();
const secrets = new WeakMap<Database, string>();

function secretOf(db: Database): string {
  const secret = secrets.get(db) ?? sessionSecret(path.dirname(db.file));
  secrets.set(db, secret);
  return secret;
}

function authOf(db: Database): Auth {
  const auth = made.get(db) ?? makeAuth(db);
  made.set(db, auth);
  return auth;
}

/** Answers /api/auth/…; see session-client.ts for the browser's side. */
export async function handleAuth(request: Request, db: Database): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!openPaths.has(pathname.slice(basePath.length))) return sentence(404, "There is nothing here.");
  if (!comesFromOwnPage(request)) return sentence(403, "This request comes from another site.");
  const bounded = await withBoundedBody(request, bodyBytes);
  if (!bounded) return sentence(413, "This is too much at once.");
  return withSignedToken(
    await (pathname.endsWith("/change-password") ? changePassword(bounded, db) : authOf(db).handler(bounded)),
  );
}

const passwordChange = z.object({ currentPassword: z.string(), newPassword });

/** As better-auth's, for a password that will do; every other session of the person ends with it. */
async function changePassword(request: Request, db: Database): Promise<Response> {
  const actor = await actorOf(request.headers, db);
  if (!actor) return sentence(401, "Sign in first.");
  const change = passwordChange.safeParse(await request.json().catch(() => null));
  if (!change.success) {
    const issue = change.error.issues[0];
    return sentence(400, issue?.path[0] === "newPassword" ? issue.message : "Send currentPassword and newPassword.");
  }
  const problem = await passwordProblem(change.data.newPassword, actor.username);
  if (problem) return sentence(400, problem);
  const body = JSON.stringify({ ...change.data, revokeOtherSessions: true });
  return authOf(db).handler(new Request(request.url, { method: "POST", headers: request.headers, body }));
}

/** The token in an answer is the one that a program sends along as its bearer token: a signed one. */
async function withSignedToken(response: Response): Promise<Response> {
  const signed = response.headers.get("set-auth-token");
  if (!response.ok || !signed) return response;
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("token" in body)) return Response.json(body, response);
  return Response.json({ ...body, token: signed }, response);
}

const sentence = (status: number, message: string) => Response.json({ message }, { status });

/** /api/auth: mounted by app/server.ts. */
export const authHandler = (request: Request): Promise<Response> => handleAuth(request, openDatabase());

/** Whoever the session cookie or the bearer token belongs to; null where there is none or it ran out. */
export async function actorOf(headers: Headers, db: Database = openDatabase()): Promise<Actor | null> {
  const token = sessionToken(headers, secretOf(db));
  return token === null ? null : findSession(db, { token, now: Date.now() });
}
