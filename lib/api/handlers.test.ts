import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { closeDatabase } from "../../db/client.ts";
import { contentsOf, inTests, limitDatabase, onlyReading, testProject } from "../../db/database.fixture.ts";
import { comparisonLines } from "../datasets/export.ts";
import { addTinyModels, listed, plain, ranked, readyComparison, settings } from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { createApiClient, sentenceOf } from "./client.ts";
import { contract, isOfProject } from "./contract.ts";
import { downloadsPerPerson } from "./export.ts";
import { origin, type Server, temporaryServer } from "./server.fixture.ts";

let server: Server;
let cookie: string;
beforeEach(async () => {
  server = await temporaryServer();
  await addTinyModels(server);
  ({ cookie } = await server.session("ada", "admin"));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  server.remove();
});

const post = (to: string, body: unknown, headers: Record<string, string> = { cookie }) =>
  server.call("POST", `/api/v1/projects/practice${to}`, body, headers);
const client = (headers: Record<string, string> = { cookie }) => {
  vi.stubGlobal("fetch", server.fetch);
  return createApiClient(
    () => origin,
    () => testProject,
    () => headers,
  );
};
const asking = (prompt: unknown) => ({ kind: "plain", prompt, useCase: "chat" });
const prompts = async () => (await client().prompts.list({})).items;

describe("bad input gets a code and one sentence, and changes nothing", () => {
  test.each([
    [asking(""), "The prompt is empty: write something first."],
    [asking(" \n\t"), "The prompt is empty: write something first."],
    [asking("x".repeat(20_001)), "The prompt is too long: at most 20,000 characters."],
    [asking("half \ud83d"), "The prompt contains half of a character pair (a lone surrogate)."],
    [{ ...asking("Hi"), demonstration: "" }, "The demonstration is empty: write something first."],
    [asking(7), '"prompt" should be a text or a list, not 7.'],
    [asking(undefined), '"prompt" is missing.'],
    [{ kind: "plain", prompt: "Hi" }, '"useCase" is missing.'],
    [{ prompt: "Hi", useCase: "chat" }, '"kind" is missing.'],
    [{ ...asking("Hi"), kind: "user-based" }, '"scenarioId" is missing.'],
    [
      asking([{ role: "user" }]),
      "A turn of the prompt has a role (system, user or assistant) and a content, which is a text.",
    ],
    [asking([{ role: "assistant", content: "Hi" }]), "Turn 1 is the user's: the turns alternate."],
    [
      asking([
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello." },
      ]),
      "The last turn is the person's: it is what the model answers.",
    ],
    [{ ...asking("Hi"), kind: "few-shot" }, '"instruction" is missing.'],
    [{ ...asking("Hi"), kind: "other" }, '"kind" should be "plain", "user-based" or "few-shot".'],
  ])("a prompt %#", async (body, message) => {
    expect(await post("/prompts", body)).toMatchObject({ status: 400, body: { code: "BAD_REQUEST", message } });
    await expect(client().prompts.create(body as never)).rejects.toThrow(message);
    expect(await prompts()).toEqual([]);
  });

  const nested = (levels: number): unknown[] => (levels === 1 ? [] : [nested(levels - 1)]);
  test.each([
    [{ content: nested(65) }, "This is too deep to be kept as a draft: at most 64 levels."],
    [{ content: undefined }, "A draft has a content, which is any JSON."],
    [{ basedOn: Number.MAX_SAFE_INTEGER }, "There is no such revision of a draft."],
    [{ writer: "half \ud83d" }, "The id of the window contains half of a character pair (a lone surrogate)."],
  ])("a draft %#", async (part, message) => {
    const call = { basedOn: 0, writer: "w", content: nested(64), ...part };
    expect(await post("/drafts/prompt", call)).toMatchObject({ status: 400, body: { message } });
    await expect(client().drafts.save({ subject: "prompt", ...call } as never)).rejects.toThrow(message);
    expect(await client().drafts.get({ subject: "prompt" })).toBeNull();
    const right = { ...call, basedOn: 2 ** 52, writer: "w", content: nested(64) };
    expect((await post("/drafts/prompt", right)).status).toBe(200);
    expect(await client().drafts.get({ subject: "prompt" })).toMatchObject({ content: nested(64) });
  });

  test("a comment with half a character", async () => {
    const { id: promptId } = await createPrompt(server.as.labeler, plain("Hi"));
    const { id } = await createDemonstration(server.as.labeler, { promptId, text: "Hello." });
    const review = { rating: 3, returned: true, comment: "half \ud83d" };
    expect(await post(`/demonstrations/${id}/review`, review)).toMatchObject({
      status: 400,
      body: { message: "A comment contains half of a character pair (a lone surrogate)." },
    });
    expect((await client().prompts.get({ id: promptId })).demonstrationList).toMatchObject([{ state: "unreviewed" }]);
  });

  test.each([
    [1, "K is at least 2: one answer cannot be ranked."],
    [10, "K is at most 9."],
    [2.5, "K is a whole number."],
  ])("K = %d", async (k, message) => {
    const { id } = await createPrompt(server.as.admin, plain("Hi"));
    const answer = await post(`/prompts/${id}/comparisons`, { ...settings, k });
    expect(answer).toMatchObject({ status: 400, body: { message } });
  });

  test("more than 1 MB, declared or not", async () => {
    const body = asking("x".repeat(1_100_000));
    const message = "This is too much at once: a request has at most 1 MB.";
    expect(await post("/prompts", body)).toMatchObject({ status: 413, body: { message } });
    await expect(client().prompts.create(body as never)).rejects.toThrow(message);
    const declared = { cookie, "content-length": "1100000" };
    expect(await post("/prompts", body, declared)).toMatchObject({ status: 413, body: { message } });
    expect(await prompts()).toEqual([]);
  });

  test("no JSON, no such call, no session, wrong role, another site", async () => {
    const broken = new Request(`${origin}/api/v1/projects/practice/prompts`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
      body: '{"text": "Hi',
    });
    const answer = await server.fetch(broken);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      message: "The request cannot be read: its body must be whole JSON.",
    });
    expect(await post("/nothing", {})).toMatchObject({ status: 404, body: { message: "There is no such call." } });
    expect(await post("/prompts", asking("Hi"), {})).toMatchObject({
      status: 401,
      body: { message: "Sign in first." },
    });
    const { cookie: labeler } = await server.session("lab", "labeler");
    expect(
      await server.call("GET", "/api/v1/projects/practice/training", undefined, { cookie: labeler }),
    ).toMatchObject({
      status: 403,
      body: { message: "Only admins, reviewers, and engineers may train models." },
    });
    const evil = { cookie, origin: "https://evil.example" };
    expect((await post("/prompts", asking("Hi"), evil)).status).toBe(403);
    expect(await prompts()).toEqual([]);
  });

  test("a full disk", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    limitDatabase(server.db);
    const answers: unknown[] = [];
    for (let i = 0; i < 10; i++)
      answers.push(await post("/prompts", { ...asking("Hi"), demonstration: "x".repeat(50_000) }));
    expect(answers.at(-1)).toMatchObject({
      status: 507,
      body: { message: "The disk is full: nothing was stored. Make room, then try again." },
    });
    expect(log).toHaveBeenCalled();
    const stored = (await prompts()).length;
    expect(answers.filter((one) => JSON.stringify(one).includes('"status":200'))).toHaveLength(stored);
  });

  test("a disk that can only be read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    onlyReading(server.db);
    expect(await post("/prompts", asking("Hi"))).toMatchObject({
      status: 507,
      body: { message: "The disk can only be read: nothing was stored. Make it writable, then try again." },
    });
    expect(await prompts()).toEqual([]);
  });

  test("what nobody expected is logged, and told to nobody", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    closeDatabase(server.db);
    const answer = await server.call("GET", "/api/v1/projects/practice/prompts", undefined, { cookie });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/database|sqlite|\.ts/i);
    expect(answer.body).toMatchObject({ message: expect.stringMatching(/^Something went wrong on the server/) });
    expect(log).toHaveBeenCalledOnce();
  });
});

test("text goes in and comes out as it is, through both mounts", async () => {
  const strange = "\u0007 e\u0301 \u{1f9a6} \u2028 <script>alert(1)</script> \u202eright to left";
  const made = await client().prompts.create({ kind: "plain", prompt: strange, useCase: "chat" });
  expect(made).toMatchObject({ text: strange, messages: [{ role: "user", content: strange }] });
  const { body } = await server.call("GET", `/api/v1/projects/practice/prompts/${made.id}`, undefined, { cookie });
  expect(body).toMatchObject({ text: strange });
});

test("NUL is refused with one sentence at every mount and in every place, and nothing is written", async () => {
  const sentence = "The text holds the character NUL (U+0000), which cannot be kept: take it out.";
  const nul = "Why\u0000?";
  const written = await contentsOf(server.db);
  await expect(client().prompts.create({ kind: "plain", prompt: nul, useCase: "chat" })).rejects.toThrow(sentence);
  await expect(client().prompts.get({ id: nul })).rejects.toThrow(sentence);
  const refused = { status: 400, body: { message: sentence } };
  expect(await post("/prompts", { kind: "plain", prompt: nul, useCase: "chat" })).toMatchObject(refused);
  expect(await post("/drafts/prompt", { basedOn: 0, writer: "w", content: { a: [nul] } })).toMatchObject(refused);
  const signIn = await server.call("POST", "/api/auth/sign-in/username", { username: nul, password: nul });
  expect(signIn).toMatchObject(refused);
  expect(await contentsOf(server.db)).toEqual(written);
});

test("the specification lists every call, and query strings are numbers where numbers are asked for", async () => {
  const { body } = await server.call("GET", "/api/v1/openapi.json");
  const paths = JSON.stringify(body);
  for (const [name, group] of Object.entries(contract)) {
    const under = isOfProject(name) ? "/projects/{project}" : "";
    for (const procedure of Object.values(group)) expect(paths).toContain(`"${under}${procedure["~orpc"].route.path}"`);
  }
  await createPrompt(server.as.admin, plain("one"));
  await createPrompt(server.as.admin, plain("two"));
  const page = await server.call("GET", "/api/v1/projects/practice/prompts?limit=1", undefined, { cookie });
  expect(page).toMatchObject({ status: 200, body: { items: [{ text: "two" }] } });
});

test("a program ranks through the API: the next one, its draft, the ranking, a look back, and a change of mind", async () => {
  const { admin } = server.as;
  const { id: promptId } = await createPrompt(admin, plain("Why?"));
  await readyComparison(admin, promptId, ["a", "b"]);
  const get = (to: string) => server.call("GET", `/api/v1/projects/practice${to}`, undefined, { cookie });
  const next = await post("/assignments/next", undefined);
  expect(next).toMatchObject({ status: 200, body: { prompt: { messages: [{ role: "user", content: "Why?" }] } } });
  const { id, comparisonId } = next.body as { id: string; comparisonId: string };
  expect(await post("/assignments/next", { after: id })).toMatchObject({ status: 200, body: null });

  const content = { board: ["B", null, 1.5, { note: "half \ud83d" }] };
  for (const subject of [`ranking:${comparisonId}`, `ranking%3A${comparisonId}`]) {
    const saved = await post(`/drafts/${subject}`, { basedOn: 0, writer: "w", content });
    expect(saved).toMatchObject({ status: 200, body: { outcome: "saved", other: null } });
    expect(await get(`/drafts/${subject}`)).toMatchObject({ body: { content, writer: "w" } });
  }
  expect(await client().drafts.get({ subject: `ranking:${comparisonId}` })).toMatchObject({ content });
  for (const subject of ["other", "ranking:", "prompt:1", "ranking:a/b"]) {
    await expect(client().drafts.get({ subject })).rejects.toThrow("There is no such draft.");
  }

  const { ratings } = ranked("A>B");
  const submit = (body: object) => post(`/assignments/${id}/ranking`, body);
  expect(await submit({ notation: "A>B" })).toMatchObject({ status: 400, body: { message: "Rate answer A first." } });
  const first = await submit({ notation: "A>B", ratings });
  expect(first).toMatchObject({ status: 200, body: { version: 1, strict: 1, tied: 0 } });
  expect(await submit({ notation: "A>B", ratings })).toEqual({ ...first, headers: expect.anything() });
  expect(await get("/rankings/mine?limit=1")).toMatchObject({
    status: 200,
    body: { items: [{ assignmentId: id, notation: "A>B" }], next: null },
  });
  expect(await submit({ notation: "A=B", ratings, revises: 1 })).toMatchObject({ body: { version: 2, tied: 1 } });
  expect(await get(`/assignments/${id}`)).toMatchObject({
    status: 200,
    body: { draft: null, submitted: { version: 2, notation: "A=B", ratings } },
  });
});

describe("watching", () => {
  test("through the client: the state at once, then changes, until it ends or the client leaves", async () => {
    const { id: promptId } = await createPrompt(server.as.admin, plain("Hi"));
    const made = await client().comparisons.create({ ...settings, promptId, k: 2 });
    const seen: string[] = [];
    for await (const event of await client().comparisons.watch({ id: made.id })) {
      seen.push(event.state);
      if (seen.length === 1) await client().comparisons.stop({ id: made.id });
    }
    expect(seen).toEqual(["generating", "stopped"]);

    const other = await client().comparisons.create({ ...settings, promptId, k: 2 });
    const leaving = new AbortController();
    const endless = await client().comparisons.watch({ id: other.id }, { signal: leaving.signal });
    expect((await endless.next()).value).toMatchObject({ id: other.id });
    leaving.abort();
    expect((await endless.next()).done).toBe(true);
  });

  test("what is not there is refused before the stream begins", async () => {
    const answer = await server.call("GET", "/api/v1/projects/practice/comparisons/nothing/watch", undefined, {
      cookie,
    });
    expect(answer).toMatchObject({ status: 404, body: { message: "There is no such comparison." } });
    await expect(client({}).comparisons.watch({ id: "nothing" })).rejects.toThrow("Sign in first.");
  });

  test("a server that stops ends its streams and says why", async () => {
    const { id: promptId } = await createPrompt(server.as.admin, plain("Hi"));
    const { id } = await client().comparisons.create({ ...settings, promptId, k: 2 });
    const script = `
      const { openDatabase } = await import(${JSON.stringify(path.join(import.meta.dirname, "../../db/client.ts"))});
      const { handlersOn } = await import(${JSON.stringify(path.join(import.meta.dirname, "handlers.ts"))});
      const db = openDatabase(${JSON.stringify(server.db.file)});
      process.on("SIGTERM", () => {});
      const response = await handlersOn(() => db).v1(
        new Request("${origin}/api/v1/projects/practice/comparisons/${id}/watch", { headers: { cookie: ${JSON.stringify(cookie)} } }), new AbortController().signal);
      let seen = "";
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        if (!seen.includes("data:") && chunk.includes("data:")) process.kill(process.pid, "SIGTERM");
        seen += chunk;
      }
      process.stdout.write(seen);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await text(child.stdout)).toMatch(/event: message[\s\S]*event: error[\s\S]*The server is starting again\./);
  });
});

describe("the download", () => {
  const download = (where: string, headers: Record<string, string> = { cookie }) =>
    server.fetch(new Request(`${origin}/api/export/practice/${where}`, { headers }));

  test("is the same lines as the shell's, as a file", async () => {
    const { admin } = server.as;
    for (let i = 0; i < 3; i++) {
      const { id } = await createPrompt(admin, plain(`prompt ${i}`));
      await readyComparison(admin, id, ["a".repeat(40_000), "b".repeat(40_000), "c"]);
      await submitRanking(admin, { id: (await nextAssignment(admin))!.id, ...ranked("A>B=C") });
    }
    const answer = await download("comparisons");
    expect(answer.headers.get("content-type")).toBe("application/jsonl; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="comparisons-all.jsonl"');
    const lines = await listed(comparisonLines(inTests(server.db)));
    expect(await answer.text()).toBe(lines.map((line) => `${line}\n`).join(""));
    expect(lines).toHaveLength(6);
    const turns = await download("comparisons?split=all&format=conversational");
    expect(turns.headers.get("content-disposition")).toBe(
      'attachment; filename="comparisons-all-conversational.jsonl"',
    );
    const [first] = (await turns.text()).split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({ prompt: [{ role: "user", content: "prompt 0" }] });
    // A reader that leaves early is no error.
    await (await download("comparisons")).body?.cancel();
  });

  test("a person has so many at once, and others theirs; one that has come or was left makes room", async () => {
    const { cookie: other } = await server.session("grace", "engineer");
    const { id } = await createPrompt(server.as.admin, plain("Hi"));
    await readyComparison(server.as.admin, id, ["a".repeat(20_000), "b".repeat(20_000), "c", "d", "e", "f"]);
    await submitRanking(server.as.admin, { id: (await nextAssignment(server.as.admin))!.id, ...ranked("A>B>C>D>E>F") });
    const many = () => Promise.all(Array.from({ length: downloadsPerPerson }, () => download("comparisons")));
    const full = async () => {
      const answer = await download("comparisons");
      expect([answer.status, (await answer.json()).message]).toEqual([
        429,
        "You download 4 files at once already: wait until one of them has come.",
      ]);
    };
    const first = await many();
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await full();
    const theirs = await download("comparisons", { cookie: other });
    expect((await theirs.text()).split("\n")).toHaveLength(16);

    for (const answer of first) await answer.text();
    const second = await many();
    await full();
    for (const answer of second) await answer.body?.cancel();
    for (const answer of await many()) expect(answer.status).toBe(200);
  });

  test("is refused with a sentence", async () => {
    const { cookie: labeler } = await server.session("lab", "labeler");
    const refused = async (where: string, headers?: Record<string, string>) => {
      const answer = await download(where, headers);
      return [answer.status, (await answer.json()).message];
    };
    expect(await refused("comparisons", {})).toEqual([401, "Sign in first."]);
    expect(await refused("comparisons", { cookie: labeler })).toEqual([
      403,
      "Only admins, reviewers, and engineers may export data.",
    ]);
    expect((await refused("passwords"))[0]).toBe(404);
    expect((await refused("comparisons?split=half"))[0]).toBe(404);
    expect((await refused("comparisons?format=csv"))[0]).toBe(404);
  });
});

test("a client shows a person the server's sentence, or that there is no server", async () => {
  const error = await client({})
    .prompts.list({})
    .catch((reason: unknown) => reason);
  expect(sentenceOf(error)).toBe("Sign in first.");
  expect(sentenceOf(new TypeError("fetch failed"))).toMatch(/^The server does not answer/);
});
