// Who may call what: every call of the contract, for every role and for nobody, through the server's own handlers.
import { ORPCError } from "@orpc/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ApiClient, createApiClient } from "./api/client.ts";
import { contract } from "./api/contract.ts";
import { origin, type Server, temporaryServer } from "./api/server.fixture.ts";
import { exportLines } from "./datasets/export.ts";
import { type Duty, duties, may, roles } from "./vocabulary/labeling.ts";

type Calls<Group> = { [Name in keyof Group & string]: Call };
type Table = { [Group in keyof typeof contract & string]: Calls<(typeof contract)[Group]> };
/** Whose it is, and an input that is well-formed and about nothing. */
type Call = [whose: Duty | "anyone signed in" | "anyone", input?: unknown];

const id = "nothing";
const topic = "rank";
const subject = "prompt";
const account = { username: "new", name: "New", password: "long enough", role: "labeler" };
const messages = [{ role: "user", content: "Hi" }];
const generation = { promptId: id, modelId: id, k: 2 };
const training = { kind: "reward", name: "a", baseModelId: id, settings: {} };

const table: Table = {
  setup: { status: ["anyone"], createAdmin: ["anyone", account] },
  people: {
    me: ["anyone"],
    list: ["people"],
    names: ["anyone signed in"],
    add: ["people", account],
    update: ["people", { id }],
    resetPassword: ["people", { id }],
    setPassword: ["anyone", { token: id, password: account.password }],
    sessions: ["anyone signed in", {}],
    endSession: ["anyone signed in", { id }],
    endSessions: ["anyone signed in", {}],
  },
  progress: { overview: ["anyone signed in"] },
  settings: { get: ["anyone signed in"], update: ["lead", {}] },
  guidelines: {
    get: ["anyone signed in", { topic }],
    history: ["anyone signed in", { topic }],
    markRead: ["anyone signed in", { topic, version: 1 }],
    publish: ["lead", { topic, text: "Be kind.", basedOn: 0 }],
  },
  scenarios: {
    list: ["anyone signed in"],
    add: ["lead", { text: "A diary." }],
    retire: ["lead", { id }],
    restore: ["lead", { id }],
  },
  tokens: { list: ["lead"], create: ["lead", { name: "A trainer" }], revoke: ["lead", { id }] },
  drafts: {
    get: ["write", { subject }],
    save: ["write", { subject, basedOn: 0, writer: "window", content: {} }],
    discard: ["write", { subject, basedOn: 0, writer: "window" }],
  },
  prompts: {
    list: ["anyone signed in", {}],
    get: ["anyone signed in", { id }],
    create: ["write", { kind: "plain", prompt: "Hi", useCase: "chat" }],
    edit: ["write", { id: "p", kind: "plain", prompt: "Why?", useCase: "chat" }],
    archive: ["write", { id: "p", archived: true }],
    remove: ["write", { id: "p" }],
    resample: ["write", { id }],
  },
  demonstrations: {
    create: ["write", { promptId: id, text: "Hello." }],
    revise: ["write", { id, text: "Hello." }],
    list: ["anyone signed in", {}],
    review: ["review", { id, rating: 4, returned: false }],
  },
  models: {
    list: ["anyone signed in"],
    get: ["train", { id }],
    rename: ["train", { id, name: "Otter" }],
    remove: ["train", { id }],
    countTokens: ["write", { messages }],
  },
  trials: { start: ["write", { prompt: messages }], watch: ["write", { id }], stop: ["write", { id }] },
  comparisons: {
    create: ["write", generation],
    get: ["anyone signed in", { id }],
    watch: ["anyone signed in", { id }],
    stop: ["write", { id }],
    regenerate: ["write", { id }],
    score: ["train", { id, modelId: id }],
  },
  assignments: {
    next: ["rank", {}],
    get: ["rank", { id }],
    renew: ["rank", { id }],
    release: ["rank", { id }],
    skip: ["rank", { id, reason: "unclear" }],
    unskip: ["rank", { id }],
  },
  skips: { list: ["review", {}], naming: ["review"], handOut: ["review", { id }] },
  rankings: { submit: ["rank", { id, notation: "A>B" }], mine: ["rank", {}] },
  judge: {
    status: ["train"],
    disputes: ["train", {}],
    review: ["review", { id, verdict: "stands" }],
  },
  exports: { preview: ["export", { dataset: "comparisons" }] },
  events: { list: ["export", {}] },
  training: {
    list: ["train"],
    get: ["train", { id }],
    sources: ["train"],
    start: ["train", training],
    watch: ["train", { id }],
    remove: ["train", { id }],
    stop: ["train", { id }],
    resume: ["train", { id }],
  },
};

let server: Server;
const clients = new Map<string, ApiClient>();
beforeAll(async () => {
  server = await temporaryServer();
  vi.stubGlobal("fetch", server.fetch);
  const clientWith = (headers: Record<string, string>) =>
    createApiClient(
      () => origin,
      () => headers,
    );
  clients.set("nobody", clientWith({}));
  for (const role of roles) clients.set(role, clientWith({ cookie: (await server.session(`a_${role}`, role)).cookie }));
});
afterAll(() => {
  vi.unstubAllGlobals();
  server.remove();
});

type AnyCall = (input: unknown) => Promise<unknown>;
async function answerTo(who: string, group: string, name: string, input: unknown): Promise<string> {
  const client = clients.get(who) as unknown as Record<string, Record<string, AnyCall>>;
  try {
    await client[group]?.[name]?.(input);
    return "OK";
  } catch (error) {
    return error instanceof ORPCError ? error.code : String(error);
  }
}

const calls = Object.entries(table).flatMap(([group, entries]) =>
  Object.entries(entries).map(([name, [whose, input]]) => ({ group, name, whose, input })),
);

test.each(calls)("$group $name: $whose", async ({ group, name, whose, input }) => {
  for (const who of ["nobody", ...roles] as const) {
    const answer = await answerTo(who, group, name, input);
    const open = whose === "anyone" || (who !== "nobody" && (whose === "anyone signed in" || may(who, whose)));
    // Whatever else is wrong with "nothing", the role is not.
    if (open) expect(["OK", "NOT_FOUND", "CONFLICT"], who).toContain(answer);
    else expect(answer, who).toBe(who === "nobody" ? "UNAUTHORIZED" : "FORBIDDEN");
  }
});

test("the drafts of a ranking belong to those who rank", async () => {
  for (const role of roles) {
    const answer = await answerTo(role, "drafts", "get", { subject: `ranking:${id}` });
    expect(answer, role).toBe(may(role, "rank") ? "OK" : "FORBIDDEN");
  }
});

test("every call of the contract is in the table", () => {
  const named = Object.entries(contract).flatMap(([group, entries]) =>
    Object.keys(entries).map((name) => `${group}.${name}`),
  );
  expect(calls.map(({ group, name }) => `${group}.${name}`).sort()).toEqual(named.sort());
});

test("each role has its duties", () => {
  const dutiesOf = (role: (typeof roles)[number]) => (Object.keys(duties) as Duty[]).filter((duty) => may(role, duty));
  expect(Object.fromEntries(roles.map((role) => [role, dutiesOf(role)]))).toEqual({
    admin: ["write", "rank", "review", "lead", "export", "train", "people"],
    reviewer: ["write", "rank", "review", "lead", "export", "train"],
    engineer: ["export", "train"],
    labeler: ["write", "rank"],
    writer: ["write"],
    annotator: ["rank"],
  });
});

test("the lines of an export are for those who may export, and a refusal names them in one sentence", async () => {
  const { as } = server;
  const all = { dataset: "comparisons", split: "all" } as const;
  for (const role of roles.filter((one) => may(one, "export")))
    await expect(exportLines(as[role], all)).resolves.toBeDefined();
  for (const role of roles.filter((one) => !may(one, "export"))) {
    await expect(exportLines(as[role], all)).rejects.toThrow("Only admins, reviewers, and engineers may export data.");
  }
  await expect(exportLines(as.nobody, all)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
