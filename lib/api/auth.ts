// Sessions and signing in: better-auth with user names and passwords. Accounts are made by lib/people, not here.

import path from "node:path";
import { betterAuth } from "better-auth";
import { admin, bearer, username } from "better-auth/plugins";
import { authStore } from "../../db/auth-store.ts";
import { type Database, openDatabase } from "../../db/client.ts";
import { findSession } from "../../db/queries/sessions.ts";
import type { Actor } from "../context.ts";
import { withBoundedBody } from "./body.ts";
import { comesFromOwnPage, ownOrigins } from "./origin.ts";
import { peerHeader } from "./peer.ts";
import { sessionSecret } from "./secret.ts";
import { sessionToken } from "./session-token.ts";

/** What is open of better-auth's endpoints; all others (sign-up, e-mail, its own admin calls) answer 404. */
const openPaths = new Set([
  "/sign-in/username",
  "/sign-out",
  "/get-session",
  "/change-password",
  "/revoke-other-sessions",
]);
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
    plugins: [username(), admin({ defaultRole: "labeler" }), bearer()],
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
  return bounded ? authOf(db).handler(bounded) : sentence(413, "This is too much at once.");
}

const sentence = (status: number, message: string) => Response.json({ message }, { status });

/** /api/auth: mounted by app/server.ts. */
export const authHandler = (request: Request): Promise<Response> => handleAuth(request, openDatabase());

/** Whoever the session cookie or the bearer token belongs to; null where there is none or it ran out. */
export async function actorOf(headers: Headers, db: Database = openDatabase()): Promise<Actor | null> {
  const token = sessionToken(headers, secretOf(db));
  return token === null ? null : findSession(db, { token, now: Date.now() });
}
