import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { closeSessions, sessionsOf, storedTokens } from "../../db/database.fixture.ts";
import { deleteExpiredSessions } from "../../db/queries/sessions.ts";
import { listEvents } from "../project/events.ts";
import { actorOf, handleAuth } from "./auth.ts";
import { peerHeader } from "./peer.ts";
import { origin, password, type Server, temporaryServer } from "./server.fixture.ts";
import { Tries } from "./tries.ts";

let server: Server;
beforeEach(async () => {
  server = await temporaryServer();
});
afterEach(() => server.remove());

const who = async (headers: Record<string, string>) =>
  (await actorOf(new Headers(headers), server.db))?.username ?? null;
const signIn = (username: string, secret: string, headers: Record<string, string> = {}) =>
  server.call("POST", "/api/auth/sign-in/username", { username, password: secret }, { origin, ...headers });

describe("a session", () => {
  test("is read from the cookie and from the bearer token, as better-auth writes them", async () => {
    const { cookie, bearer } = await server.session("ada", "reviewer");
    expect(cookie).toMatch(/^better-auth\.session_token=/);
    expect(await who({ cookie })).toBe("ada");
    expect(await who({ cookie: `theme=dark; ${cookie}; other=1` })).toBe("ada");
    expect(await who({ authorization: `Bearer ${bearer}` })).toBe("ada");
    expect(await who({ authorization: `Bearer ${decodeURIComponent(bearer)}` })).toBe("ada");
    expect(await actorOf(new Headers({ cookie }), server.db)).toMatchObject({ isAdmin: false });
    const { body } = await server.call("GET", "/api/auth/get-session", undefined, {
      authorization: `Bearer ${bearer}`,
    });
    expect(body).toMatchObject({ user: { username: "ada" } });
  });

  test("cannot be taken over by who reads the database: it holds hashes only, and a bare token is nobody's", async () => {
    const { cookie, bearer } = await server.session("ada", "admin");
    const token = decodeURIComponent(bearer).split(".")[0] ?? "";
    const stored = await storedTokens(server.db);
    expect(stored).toEqual([createHash("sha256").update(token).digest("hex")]);
    for (const read of [token, ...stored]) {
      expect(await who({ authorization: `Bearer ${read}` })).toBeNull();
      const answer = await server.call("GET", "/api/auth/get-session", undefined, { authorization: `Bearer ${read}` });
      expect(answer.body).toBeNull();
    }
    const files = [server.db.file, `${server.db.file}-wal`].map((file) => readFileSync(file, "latin1"));
    for (const file of files) expect(file).not.toContain(token);
    expect(await who({ cookie })).toBe("ada");
  });

  test("is nobody's with a wrong, cut or missing signature", async () => {
    const { cookie, bearer } = await server.session("ada", "admin");
    const [name, value = ""] = cookie.split("=");
    // The first character of the signature: the last one holds bits that say nothing.
    const otherSignature = cookie.replace(/\.(.)(?=[^.]*$)/, (_, first) => (first === "A" ? ".B" : ".A"));
    const token = decodeURIComponent(bearer).split(".")[0];
    for (const forged of [
      otherSignature,
      cookie.slice(0, -8),
      `${name}=${token}`,
      `${name}=${token}.`,
      `${name}=${value.replace(/^./, "_")}`,
      `${name}=%ff.%ff`,
      `${name}=`,
      "nonsense",
    ]) {
      expect(await who({ cookie: forged })).toBeNull();
    }
    expect(await who({ authorization: "Bearer nothing" })).toBeNull();
    expect(await who({ authorization: "Basic YTpi" })).toBeNull();
    expect(await who({})).toBeNull();
  });

  test("ends with signing out, with its time, and with a ban", async () => {
    const { cookie } = await server.session("ada", "admin");
    expect((await server.call("POST", "/api/auth/sign-out", {}, { origin, cookie })).status).toBe(200);
    expect(await who({ cookie })).toBeNull();
    for (const how of ["expire", "ban"] as const) {
      const { cookie: other } = await server.session(how, "admin");
      expect(await who({ cookie: other })).toBe(how);
      await closeSessions(server.db, how, how);
      expect(await who({ cookie: other })).toBeNull();
    }
  });

  test("whose time is over is deleted, and no other", async () => {
    const { cookie } = await server.session("ada", "admin");
    await server.session("bob", "labeler");
    await closeSessions(server.db, "bob", "expire");
    const left = async () => (await sessionsOf(server.db)).sort();
    expect(await left()).toEqual(["ada", "bob"]);
    await deleteExpiredSessions(server.db, Date.now());
    expect(await left()).toEqual(["ada"]);
    expect(await who({ cookie })).toBe("ada");
  });

  test("cookies are out of reach of scripts and other sites", async () => {
    await server.session("ada", "labeler");
    const { headers } = await signIn("ADA", password);
    expect(headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Lax/);
  });
});

describe("changing one's password", () => {
  const change = (headers: Record<string, string>, newPassword: string, currentPassword = password) =>
    server.call("POST", "/api/auth/change-password", { currentPassword, newPassword }, { origin, ...headers });

  test("ends every other session of the person, and no one else's", async () => {
    const { cookie: first } = await server.session("ada", "labeler");
    const { cookie: other } = await server.session("bob", "labeler");
    const { headers } = await signIn("ada", password);
    const second = headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(await who({ cookie: second })).toBe("ada");
    const changed = await change({ cookie: first }, "a better one");
    expect(changed.status).toBe(200);
    const now = changed.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect([await who({ cookie: now }), await who({ cookie: second })]).toEqual(["ada", null]);
    const { token } = changed.body as { token: string };
    expect([await who({ authorization: `Bearer ${token}` }), await who({ cookie: other })]).toEqual(["ada", "bob"]);
    expect((await signIn("ada", password)).status).toBe(401);
    expect((await signIn("ada", "a better one")).status).toBe(200);
    const { items } = await listEvents(server.as.admin, { verb: "person.changePassword", limit: 9 });
    expect(items).toMatchObject([{ person: "ada", capacity: "account", subject: { name: "ada" } }]);
  });

  test("changes nothing without the current one, a session, or a password that will do", async () => {
    const { cookie } = await server.session("adalovelace", "labeler");
    const refusals = [
      await change({ cookie }, "a better one", "not this one"),
      await change({}, "a better one"),
      await change({ cookie }, "short"),
      await change({ cookie }, "Sunshine1"),
      await change({ cookie }, "AdaLovelace"),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 401, 400, 400, 400]);
    expect(refusals.map(({ body }) => (body as { message: string }).message)).toEqual([
      "Invalid password",
      "Sign in first.",
      "A password has at least 8 characters.",
      "This password is on the lists of common passwords, which are tried first: choose another.",
      "This password is the user name: choose another.",
    ]);
    expect(await who({ cookie })).toBe("adalovelace");
    expect((await signIn("adalovelace", password)).status).toBe(200);
  });
});

describe("signing in", () => {
  test("a wrong password, an unknown name and a closed door look alike", async () => {
    await server.session("ada", "labeler");
    expect((await signIn("ada", "wrong password")).status).toBe(401);
    expect((await signIn("nobody", password)).status).toBe(401);
  });

  test("guessing waits longer each time, and not where its owner has signed in before", async () => {
    const tries = new Tries(() => clock.now);
    const clock = { now: 0 };
    const from = (address: string, username: string, secret: string, forwarded = "198.51.100.1") => {
      const headers = { origin, host: new URL(origin).host, "content-type": "application/json" };
      const also = { "x-forwarded-for": forwarded, [peerHeader]: address };
      const body = JSON.stringify({ username, password: secret });
      const to = `${origin}/api/auth/sign-in/username`;
      return handleAuth(new Request(to, { method: "POST", headers: { ...headers, ...also }, body }), server.db, tries);
    };
    await server.session("ada", "labeler");
    await server.session("bob", "labeler");
    expect((await from("203.0.113.8", "ada", password)).status).toBe(200);
    // A forged x-forwarded-for gives no fresh tries.
    for (let i = 0; i < 5; i++) expect((await from("203.0.113.7", "ada", "wrong", `10.0.0.${i}`)).status).toBe(401);
    const refused = await from("203.0.113.7", "ADA", password, "10.0.0.9");
    expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toEqual([
      429,
      "1",
      { message: "Too many wrong tries: wait 1 second, then try again." },
    ]);
    expect((await from("203.0.113.8", "ada", password)).status).toBe(200);
    expect((await from("203.0.113.7", "bob", password)).status).toBe(200);
    for (let i = 0; i < 15; i++) tries.begin({ account: "ada", network: `203.0.114.${i}`, known: false });
    expect((await from("203.0.115.1", "ada", password)).status).toBe(429);
    expect((await from("203.0.113.8", "ada", password)).status).toBe(200);
    clock.now += 1_000;
    expect((await from("203.0.115.1", "ada", password)).status).toBe(200);
  });

  test("nobody makes an account, a role or a session of another by better-auth's other doors", async () => {
    const { cookie } = await server.session("ada", "admin");
    const account = { email: "a@b.c", name: "A", username: "aaa", password };
    for (const door of ["sign-up/email", "sign-in/email", "admin/set-role", "admin/impersonate-user", "update-user"]) {
      expect((await server.call("POST", `/api/auth/${door}`, account, { origin, cookie })).status).toBe(404);
    }
  });

  test("a body that is no password is not read to its end", async () => {
    expect((await signIn("ada", "x".repeat(20_000))).status).toBe(413);
  });

  test("a page of another site is refused", async () => {
    await server.session("ada", "labeler");
    const answer = await signIn("ada", password, { origin: "https://evil.example" });
    expect(answer).toMatchObject({ status: 403, body: { message: "This request comes from another site." } });
  });
});

test("the secret is made once, by however many processes, for its owner alone", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "rankloop-secret-"));
  const script = `const { sessionSecret } = await import(${JSON.stringify(path.join(import.meta.dirname, "..", "secret.ts"))});
    process.stdout.write(sessionSecret(${JSON.stringify(directory)}));`;
  const secrets = await Promise.all(
    [1, 2, 3].map(() => text(spawn(process.execPath, ["--input-type=module", "-e", script]).stdout)),
  );
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(secrets).size).toBe(1);
  expect(readdirSync(directory)).toEqual(["session-secret"]);
  expect(statSync(path.join(directory, "session-secret")).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });
});

test("what better-auth does not like is refused, and not logged", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const { cookie } = await server.session("ada", "labeler");
  const post = (door: string, body: unknown, headers: Record<string, string> = {}) =>
    server.call("POST", `/api/auth/${door}`, body, { cookie, ...headers });
  // A program's, with a cookie and no origin.
  expect((await post("sign-in/username", { username: "ada", password })).status).toBe(200);
  expect(
    (await post("sign-in/username", { username: "ada", password, callbackURL: "https://evil.example" })).body,
  ).toEqual(expect.not.objectContaining({ url: expect.anything() }));
  expect((await post("sign-in/username", { username: "../x", password: "" })).status).toBeLessThan(500);
  expect((await post("sign-in/username", [])).status).toBe(400);
  expect((await server.call("POST", "/api/auth/get-session", "x", { cookie })).status).toBeLessThan(500);
  expect((await post("sign-out", { callbackURL: "https://evil.example" })).status).toBe(200);
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});
