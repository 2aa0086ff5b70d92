// For tests: the API's real fetch handlers on an installation of its own, called as a browser or a program would.
import { bySystem } from "../../db/change.ts";
import { testProject } from "../../db/database.fixture.ts";
import { type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { addAccount } from "../project/accounts.ts";
import type { Role } from "../vocabulary/labeling.ts";
import { handleAuth } from "./auth.ts";
import { handleExport } from "./export.ts";
import { handlersOn } from "./handlers.ts";

export const origin = "http://127.0.0.1:3000";
export const password = "correct horse";

export interface Server extends Installation {
  /** Any request to the server, at its real path. */
  fetch: (request: Request) => Promise<Response>;
  /** JSON in and out, e.g. call("POST", "/api/v1/projects/practice/prompts", { … }, { cookie }). */
  call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: unknown; headers: Headers }>;
  /** A new account's session, in the project of the tests unless said otherwise: the cookie a browser would send, and the token a program may send. */
  session: (
    username: string,
    role: Role,
    where?: { project?: string; isAdmin: boolean },
  ) => Promise<{ cookie: string; bearer: string }>;
}

/** @param how.people false: a new installation, which nobody has an account of */
export async function temporaryServer(how?: { people: boolean }): Promise<Server> {
  const installation = await temporaryInstallation(how);
  const { db } = installation;
  const handlers = handlersOn(() => db);

  const fetch: Server["fetch"] = (request) => {
    // A client library makes requests without a Host header; the network layer would add it.
    if (!request.headers.has("host")) request.headers.set("host", new URL(origin).host);
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/rpc/")) return handlers.rpc(request, request.signal);
    if (pathname.startsWith("/api/v1/")) return handlers.v1(request, request.signal);
    if (pathname.startsWith("/api/auth/")) return handleAuth(request, db);
    const [project = "", dataset = ""] = pathname.split("/").slice(-2);
    return handleExport(request, { project, dataset }, db);
  };

  const call: Server["call"] = async (method, path, body, headers = {}) => {
    const response = await fetch(
      new Request(`${origin}${path}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    );
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text), headers: response.headers };
  };

  const session: Server["session"] = async (username, role, where) => {
    const { project, isAdmin } = where ?? { project: testProject, isAdmin: role === "admin" };
    await addAccount({ ...bySystem(db), project }, { username, name: username, password, isAdmin, role });
    const { headers, body } = await call("POST", "/api/auth/sign-in/username", { username, password }, { origin });
    const token = typeof body === "object" && body && "token" in body ? String(body.token) : "";
    return { cookie: headers.get("set-cookie")?.split(";")[0] ?? "", bearer: token };
  };

  return { ...installation, fetch, call, session };
}
