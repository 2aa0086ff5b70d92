// What admins do with accounts, and people with their own, as the server's own doors show it to those concerned.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addTinyModels, plain, ranked, readyComparison, settings } from "../installation.fixture.ts";
import { listAccounts, updateAccount } from "../project/accounts.ts";
import { listMembers, removeMember, updateMember } from "../project/members.ts";
import { resetPassword, setPassword } from "../project/password-reset.ts";
import { endSession, endSessions, listSessions } from "../project/sessions.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison, stopComparison } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import type { SignedInSession } from "../vocabulary/shapes.ts";
import { createPrompt } from "../writing/prompts.ts";
import { origin, password, type Server, temporaryServer } from "./server.fixture.ts";

describe("an account", () => {
  let server: Server;
  let id: string;
  let cookie: string;
  const me = async (of = cookie) => (await server.call("GET", "/api/v1/me", undefined, { cookie: of })).body;
  const signIn = (secret = password, username = "ada") =>
    server.call("POST", "/api/auth/sign-in/username", { username, password: secret }, { origin });
  const idOf = async (username: string) =>
    (await listAccounts(server.as.admin)).find((one) => one.username === username)?.id ?? "";
  beforeEach(async () => {
    server = await temporaryServer();
    ({ cookie } = await server.session("ada", "labeler"));
    id = await idOf("ada");
  });
  afterEach(() => server.remove());

  test("that is closed ends its sessions and streams at once and gives back what it holds; its work stays", async () => {
    const { as } = server;
    await addTinyModels(server);
    const ada = {
      ...as.labeler,
      actor: { id, username: "ada", name: "ada", isAdmin: false, role: "labeler" as const },
    };
    const prompt = await createPrompt(ada, plain("What do otters eat?"));
    for (let i = 0; i < 2; i++) await readyComparison(ada, prompt.id, ["Fish.", "Sand."]);
    const first = await nextAssignment(ada);
    await submitRanking(ada, { id: first!.id, ...ranked("A>B") });
    const held = await nextAssignment(ada);
    const answering = await createComparison(ada, { ...settings, promptId: prompt.id, k: 2 });
    const path = `/api/v1/projects/practice/comparisons/${answering.id}/watch`;
    const stream = await server.fetch(new Request(`${origin}${path}`, { headers: { cookie } }));
    const events = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let said = ""; !said.includes("event: message"); ) said += (await events.read()).value ?? "";

    expect(await updateAccount(as.admin, { id, active: false })).toMatchObject({ username: "ada", active: false });
    expect(await me()).toBeNull();
    await stopComparison(as.admin, { id: answering.id });
    let last = "";
    for (let event = await events.read(); !event.done; event = await events.read()) last += event.value;
    expect(last).toContain("Your session has ended: sign in again.");
    expect(last).not.toContain("event: message");
    const refused = await signIn();
    expect(refused).toMatchObject({ status: 403, body: { message: "This account is closed: ask an admin." } });
    expect((await signIn("wrong password")).status).toBe(401);
    await expect(resetPassword(as.admin, { id })).rejects.toThrow("This account is closed: open it first.");
    expect((await nextAssignment(as.other))?.comparisonId).toBe(held?.comparisonId);
    expect((await listMembers(as.admin)).find((one) => one.id === id)).toMatchObject({ active: false, rankings: 1 });

    await updateAccount(as.admin, { id, active: true });
    expect(await me()).toBeNull();
    expect((await signIn()).status).toBe(200);
  });

  test("with another role may do what that one may, from the next request on", async () => {
    const { admin } = server.as;
    const people = () => server.call("GET", "/api/v1/projects/practice/members", undefined, { cookie });
    const accounts = () => server.call("GET", "/api/v1/accounts", undefined, { cookie });
    expect((await people()).status).toBe(403);
    await updateMember(admin, { id, role: "admin" });
    expect([(await people()).status, (await accounts()).status]).toEqual([200, 403]);
    await updateMember(admin, { id, role: "writer" });
    expect([(await people()).status, await me()]).toMatchObject([403, { isAdmin: false }]);
    await updateAccount(admin, { id, isAdmin: true });
    expect([(await people()).status, (await accounts()).status]).toEqual([200, 200]);
    await updateAccount(admin, { id, isAdmin: false });
    await removeMember(admin, { id });
    expect(await people()).toMatchObject({
      status: 404,
      body: { message: "There is no such project, or you are not in it." },
    });
  });

  test("of the last admin stays one, of the installation and of a project, also where two go at the same moment", async () => {
    const { admin, reviewer } = server.as;
    const own = admin.actor!.id;
    const only = {
      code: "CONFLICT",
      message: "This is the only admin of the installation: make someone else admin first.",
    };
    await expect(updateAccount(admin, { id: own, isAdmin: false })).rejects.toMatchObject(only);
    await expect(updateAccount(admin, { id: own, active: false })).rejects.toMatchObject(only);
    await updateAccount(admin, { id, isAdmin: true });
    await updateAccount(admin, { id, active: false });
    // Closed, she does not count.
    await expect(updateAccount(admin, { id: own, active: false })).rejects.toMatchObject(only);
    await updateAccount(admin, { id, active: true });
    const both = await Promise.allSettled([own, id].map((one) => updateAccount(admin, { id: one, isAdmin: false })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(updateAccount(reviewer, { id, isAdmin: true })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(updateAccount(admin, { id: "nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });

    const here = { code: "CONFLICT", message: "This is the only admin of the project: make someone else admin first." };
    await expect(updateMember(admin, { id: own, role: "reviewer" })).rejects.toMatchObject(here);
    await expect(removeMember(admin, { id: own })).rejects.toMatchObject(here);
    await updateMember(admin, { id, role: "admin" });
    const leave = await Promise.allSettled([own, id].map((one) => removeMember(admin, { id: one })));
    expect(leave.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(updateMember(admin, { id: "nobody", role: "writer" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("gets a new password by a link that works once, for a day, and is kept as a hash", async () => {
    const { admin, nobody } = server.as;
    const gone = { code: "NOT_FOUND", message: expect.stringContaining("ask an admin for a new one") };
    const linked = async () => (await resetPassword(admin, { id })).path.split("#")[1] ?? "";
    const replaced = await linked();
    const token = await linked();
    for (const name of [server.db.file, `${server.db.file}-wal`]) {
      expect(readFileSync(name, "latin1")).not.toContain(token);
    }
    expect((await signIn()).status).toBe(200);
    const use = (of: string, secret = "a better one") => setPassword(nobody, { token: of, password: secret });
    await expect(use(replaced)).rejects.toMatchObject(gone);
    await expect(use("made up")).rejects.toMatchObject(gone);
    await expect(use(token, "password1")).rejects.toThrow("on the lists of common passwords");
    expect(await me()).toMatchObject({ username: "ada" });
    const used = await Promise.allSettled([use(token, "the first one"), use(token, "the second one")]);
    expect(used.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await me()).toBeNull();
    expect((await signIn()).status).toBe(401);
    const which = used[0]?.status === "fulfilled" ? "the first one" : "the second one";
    expect((await signIn(which)).status).toBe(200);
    const late = await linked();
    server.clock.now += 24 * 60 * 60_000;
    await expect(use(late)).rejects.toMatchObject(gone);
  });

  test("is signed in where it says, and its sessions are ended one by one or all others, by it and by admins", async () => {
    const phone = (await signIn()).headers.get("set-cookie")?.split(";")[0] ?? "";
    const { cookie: others } = await server.session("bob", "labeler");
    const sessions = async (of: string, query = "") =>
      (await server.call("GET", `/api/v1/sessions${query}`, undefined, { cookie: of })).body as SignedInSession[];
    const mine = await sessions(cookie);
    expect(mine.filter(({ current }) => current)).toHaveLength(1);
    expect(mine).toHaveLength(2);
    const [bobs] = await sessions(others);
    const other = mine.find(({ current }) => !current)!;
    const end = (which: string, of: string) =>
      server.call("POST", `/api/v1/sessions/${which}/end`, {}, { cookie: of, origin });
    expect((await end(bobs!.id, cookie)).status).toBe(404);
    expect(
      (await server.call("GET", `/api/v1/sessions?personId=${await idOf("bob")}`, undefined, { cookie })).status,
    ).toBe(403);
    expect((await end(other.id, cookie)).status).toBe(200);
    expect([await me(phone), await me(), await me(others)]).toMatchObject([
      null,
      { username: "ada" },
      { username: "bob" },
    ]);
    await signIn();
    const rest = await server.call("POST", "/api/v1/sessions/end", {}, { cookie, origin });
    expect(rest.body).toEqual({ ended: 1 });
    expect(await me()).toMatchObject({ username: "ada" });

    expect(await listSessions(server.as.admin, { personId: id })).toHaveLength(1);
    expect(await endSessions(server.as.admin, { personId: id })).toEqual({ ended: 1 });
    expect([await me(), await me(others)]).toMatchObject([null, { username: "bob" }]);
    expect(await endSession(server.as.admin, { id: bobs!.id })).toEqual({ ok: true });
    expect(await me(others)).toBeNull();
  });
});
