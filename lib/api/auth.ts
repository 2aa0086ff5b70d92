// Sessions and signing in: better-auth with user names and passwords. Accounts are made by lib/project, not here.
import { betterAuth } from "better-auth";
import { admin, bearer, username } from "better-auth/plugins";
import * as z from "zod";
import { authStore } from "../../db/auth-store.ts";
import { bySystem } from "../../db/change.ts";
import { type Database, openDatabase } from "../../db/client.ts";
import { findSession } from "../../db/queries/sessions.ts";
import { hasSignedInFrom, rememberSignIn } from "../../db/queries/sign-in-places.ts";
import type { Visitor } from "../context.ts";
import { passwordProblem } from "../project/passwords.ts";
import { listProjects } from "../project/projects.ts";
import { sessionSecret } from "../secret.ts";
import { newPassword, type Project } from "../vocabulary/shapes.ts";
import { withJsonBody } from "./body.ts";
import { comesFromOwnPage, isBehindTls, outerAddress } from "./origin.ts";
import { networkOf, peerHeader } from "./peer.ts";
import { sessionToken } from "./session-token.ts";
import { Tries, type Try } from "./tries.ts";

/** The endpoints of better-auth that are open; all others (sign-up, e-mail, its own admin calls) answer 404. */
const openPaths = new Set(["/sign-in/username", "/sign-out", "/get-session", "/change-password"]);
const basePath = "/api/auth";
/** The most bytes of a body. A user name and a password are far less. */
const bodyBytes = 10_000;

const makeAuth = (db: Database) =>
  betterAuth({
    database: authStore(db),
    secret: secretOf(db),
    basePath,
    baseURL: outerAddress()?.origin ?? process.env.RANKLOOP_ADDRESS ?? "http://127.0.0.1:3000",
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    plugins: [
      username(),
      admin({ defaultRole: "user", bannedUserMessage: "This account is closed: ask an admin." }),
      bearer({ requireSignature: true }),
    ],
    session: { expiresIn: 30 * 24 * 60 * 60, updateAge: 24 * 60 * 60 },
    // Not by NODE_ENV: the server speaks plain HTTP on 127.0.0.1 also in production.
    advanced: {
      useSecureCookies: isBehindTls(),
      ipAddress: { ipAddressHeaders: [peerHeader] },
      // handleAuth has checked the origin, of programs too; better-auth would log every one it does not like.
      disableCSRFCheck: true,
      disableOriginCheck: true,
    },
    // Its own knows addresses only, and delays everybody behind one of them: tries.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: "error" },
  });

type Auth = ReturnType<typeof makeAuth>;
const made = new WeakMap<Database, Auth>();
const secrets = new WeakMap<Database, string>();

function secretOf(db: Database): string {
  const secret = secrets.get(db) ?? sessionSecret(db.directory);
  secrets.set(db, secret);
  return secret;
}

function authOf(db: Database): Auth {
  const auth = made.get(db) ?? makeAuth(db);
  made.set(db, auth);
  return auth;
}

const credentials = z.object({ username: z.string().max(100), password: z.string() });
const passwordChange = z.object({ currentPassword: z.string(), newPassword });

/** Answers /api/auth/…; see session-client.ts for the browser's side. */
export async function handleAuth(request: Request, db: Database, tries = allTries): Promise<Response> {
  const path = new URL(request.url).pathname.slice(basePath.length);
  if (!openPaths.has(path)) return sentence(404, "There is nothing here.");
  if (!comesFromOwnPage(request)) return sentence(403, "This request comes from another site.");
  const read = await withJsonBody(request, bodyBytes);
  if (!(read instanceof Request)) return sentence(read.status, read.message);
  const said = await jsonOf(read.clone());
  // better-auth would log what it cannot read.
  if (said === undefined) return sentence(400, "The request cannot be read: its body must be whole JSON.");
  if (path === "/sign-in/username") return withSignedToken(await signIn(read, said, db, tries));
  if (path === "/change-password") return withSignedToken(await changePassword(read, said, db, tries));
  return withSignedToken(await authOf(db).handler(read));
}

async function signIn(request: Request, said: unknown, db: Database, tries: Tries): Promise<Response> {
  const asked = credentials.safeParse(said);
  if (!asked.success) return sentence(400, "Give a user name and a password.");
  const { url, headers } = request;
  // No more than these two: better-auth would also take an address to lead to.
  const body = JSON.stringify(asked.data);
  return tried(db, tries, headers, asked.data.username.toLowerCase(), () =>
    authOf(db).handler(new Request(url, { method: "POST", headers, body })),
  );
}

/** Changes a password as better-auth does, but refuses bad ones. Every other session of the person ends. */
async function changePassword(request: Request, said: unknown, db: Database, tries: Tries): Promise<Response> {
  const actor = await actorOf(request.headers, db);
  if (!actor) return sentence(401, "Sign in first.");
  const change = passwordChange.safeParse(said);
  if (!change.success) {
    const issue = change.error.issues[0];
    return sentence(400, issue?.path[0] === "newPassword" ? issue.message : "Send currentPassword and newPassword.");
  }
  const problem = await passwordProblem(change.data.newPassword, actor.username);
  if (problem) return sentence(400, problem);
  const body = JSON.stringify({ ...change.data, revokeOtherSessions: true });
  const { url, headers } = request;
  return tried(db, tries, headers, actor.username, () =>
    authOf(db).handler(new Request(url, { method: "POST", headers, body })),
  );
}

/** Puts a signed token into the answer, which a program can send as its bearer token. */
async function withSignedToken(response: Response): Promise<Response> {
  const signed = response.headers.get("set-auth-token");
  if (!response.ok || !signed) return response;
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("token" in body)) return Response.json(body, response);
  return Response.json({ ...body, token: signed }, response);
}

/** The JSON in the body; null where it is empty, undefined where it is no JSON. */
async function jsonOf(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const allTries = new Tries();

/** Answers a request that needs a password, unless too many wrong ones came before. */
async function tried(
  db: Database,
  tries: Tries,
  headers: Headers,
  account: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const network = networkOf(headers.get(peerHeader) ?? "");
  const one: Try = { account, network, known: await hasSignedInFrom(db, { username: account, network }) };
  const waitMs = tries.begin(one);
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1_000);
    const message = `Too many wrong tries: wait ${spokenSeconds(seconds)}, then try again.`;
    return Response.json({ message }, { status: 429, headers: { "retry-after": String(seconds) } });
  }
  const answered = await answer();
  // 400 and 401 are a wrong name or password; a change of password says 400.
  if (answered.ok) {
    tries.takeBack(one, { right: true });
    await rememberSignIn(bySystem(db), { username: account, network });
  } else if (answered.status >= 500) tries.takeBack(one, { right: false });
  return answered;
}

const spokenSeconds = (seconds: number): string =>
  seconds <= 90 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : `${Math.ceil(seconds / 60)} minutes`;

const sentence = (status: number, message: string) => Response.json({ message }, { status });

/** /api/auth: mounted by app/server.ts. */
export const authHandler = (request: Request): Promise<Response> => handleAuth(request, openDatabase());

/** For the pages' server side, which has no database of its own: which projects there are for whoever asks. */
export const projectsOf = (actor: Visitor): Promise<Project[]> => listProjects({ db: openDatabase(), actor });

/** The owner of the session cookie or bearer token; null where there is none or it has expired. */
export async function actorOf(headers: Headers, db: Database = openDatabase()): Promise<Visitor | null> {
  const token = sessionToken(headers, secretOf(db));
  return token === null ? null : await findSession(db, { token, now: Date.now() });
}
