// The permission walk: who may call what, on what is their own, another person's and another project's. Every call of the
// contract has a line in one table, and is made by everybody through the server's own handlers.
import { ORPCError } from "@orpc/client";
import type { AnyContractProcedure } from "@orpc/contract";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { addComparison, addModel, addProject, by, contentsOf, testProject } from "../../db/database.fixture.ts";
import { insertApiToken } from "../../db/queries/api-tokens.ts";
import { claimComparison } from "../../db/queries/assignments.ts";
import { insertDataSource } from "../../db/queries/data-sources.ts";
import { insertDemonstration } from "../../db/queries/demonstrations.ts";
import { findAccount } from "../../db/queries/people.ts";
import { insertPrompt } from "../../db/queries/prompts.ts";
import { submitRanking } from "../../db/queries/rankings.ts";
import { insertScenario } from "../../db/queries/scenarios.ts";
import { insertTrainingRun } from "../../db/queries/training-runs.ts";
import { insertTrial } from "../../db/queries/trials.ts";
import { openExport } from "../datasets/export.ts";
import { archiveProject } from "../project/projects.ts";
import { type Duty, duties, may, type Role, roles } from "../vocabulary/labeling.ts";
import { type ApiClient, createApiClient } from "./client.ts";
import { contract, isOfProject } from "./contract.ts";
import { isWrite, named } from "./project-door.ts";
import { origin, type Server, temporaryServer } from "./server.fixture.ts";

type Calls<Group> = { [Name in keyof Group & string]: Call };
type Table = { [Group in keyof typeof contract & string]: Calls<(typeof contract)[Group]> };

/** "account": everyone who has one. "member": everyone in the project. "installation": who looks after all of it. */
type Whose = Duty | "anyone" | "account" | "member" | "installation";

/** What somebody hears whose role is right: all is well or something else is, or this refusal. */
type Heard = "open" | "FORBIDDEN" | "NOT_FOUND";

/** Whose a call is, an input that is well-formed and about nothing, and, where it names something, what is heard of it. */
type Call = [whose: Whose, input?: object, of?: { own?: Heard | "leads"; others?: Heard | "leads" }];

const id = "nothing";
const topic = "rank";
const subject = "prompt";
const account = { username: "new", name: "New", password: "long enough", role: "labeler" };
const messages = [{ role: "user", content: "Hi" }];
const generation = { promptId: id, modelId: id, k: 2 };
const training = { kind: "ppo", name: "a", baseModelId: id, rewardModelId: id, settings: {} };
const address = { baseUrl: "http://127.0.0.1:9/v1", asks: "chat", serverModel: "otter" };
const words = { kind: "user-based", prompt: "Why?", useCase: "chat", scenarioId: id };

const table: Table = {
  setup: { status: ["anyone"], createAdmin: ["anyone", account] },
  accounts: {
    me: ["anyone"],
    list: ["installation"],
    update: ["installation", { id }],
    resetPassword: ["installation", { id }],
    setPassword: ["anyone", { token: id, password: account.password }],
    sessions: ["account", {}],
    endSession: ["account", { id }],
    endSessions: ["account", {}],
  },
  projects: { list: ["account"], models: ["installation"], create: ["installation", { name: "A" }] },
  project: {
    rename: ["people", { name: "Walked" }],
    clone: ["installation", { name: testProject }],
    archive: ["people", { archived: false }],
    contents: ["people"],
    remove: ["installation", { name: "Another" }],
  },
  members: {
    list: ["people"],
    names: ["member"],
    add: ["people", { username: "nobody", role: "writer" }],
    addAccount: ["installation", account],
    update: ["people", { id, role: "writer" }],
    remove: ["people", { id }],
  },
  progress: { overview: ["member"] },
  settings: { get: ["member"], update: ["lead", { modelId: null, rewardModelId: null }] },
  guidelines: {
    get: ["member", { topic }],
    history: ["member", { topic }],
    markRead: ["member", { topic, version: 1 }],
    publish: ["lead", { topic, text: "Be kind.", basedOn: 9 }],
  },
  scenarios: {
    list: ["member"],
    add: ["lead", { text: "A diary." }],
    retire: ["lead", { id }],
    restore: ["lead", { id }],
  },
  drafts: {
    get: ["write", { subject }],
    save: ["write", { subject, basedOn: 0, writer: "window", content: {} }],
    discard: ["write", { subject, basedOn: 0, writer: "window" }],
  },
  prompts: {
    list: ["member", {}],
    count: ["member", {}],
    get: ["member", { id }],
    create: ["write", words],
    edit: ["write", { id, ...words }, { others: "leads" }],
    archive: ["write", { id, archived: true }, { others: "leads" }],
    // Its own prompt has been answered here: others lose what they made of it.
    remove: ["write", { id }, { own: "leads", others: "leads" }],
    // Those of others, and those that are not there, are passed over.
    archiveMany: ["write", { ids: [id], archived: true }],
    removeMany: ["write", { ids: [id] }],
    resample: ["write", { id }],
  },
  demonstrations: {
    create: ["write", { promptId: id, text: "Hello." }],
    revise: ["write", { id, text: "Hello." }, { others: "FORBIDDEN" }],
    list: ["member", {}],
    review: ["review", { id, rating: 4, returned: false }, { own: "FORBIDDEN" }],
  },
  models: {
    list: ["member"],
    get: ["train", { id }],
    rename: ["train", { id, name: "Otter" }],
    remove: ["train", { id }],
    archive: ["train", { id, archived: true }],
    setBits: ["train", { id, bits: 8 }],
    measureBits: ["train", { id }],
    // Nothing answers at port 9 of nowhere, and where nothing may be called nothing is.
    addAddress: ["installation", { name: "Elsewhere", ...address }],
    changeAddress: ["installation", { id, ...address }],
    tryAddress: ["installation", { id, ...address }],
    addFromHub: ["installation", { name: "Fetched", repository: "nobody/nothing" }],
    fetchAgain: ["installation", { id }],
    stopFetching: ["installation", { id }],
    addFolder: ["installation", { name: "Here", folder: "/nowhere" }],
    countTokens: ["write", { messages, modelId: id }],
  },
  trials: {
    start: ["write", { prompt: messages, modelId: id }],
    watch: ["write", { id }, { others: "NOT_FOUND" }],
    stop: ["write", { id }, { others: "NOT_FOUND" }],
  },
  comparisons: {
    create: ["write", generation],
    get: ["member", { id }],
    watch: ["member", { id }],
    stop: ["write", { id }, { others: "leads" }],
    regenerate: ["write", { id }, { others: "leads" }],
    score: ["train", { id, modelId: id }],
  },
  assignments: {
    next: ["rank", { after: id, comparisonId: id }],
    get: ["rank", { id }, { others: "FORBIDDEN" }],
    renew: ["rank", { id }, { others: "FORBIDDEN" }],
    release: ["rank", { id }, { others: "FORBIDDEN" }],
    skip: ["rank", { id, reason: "unclear" }, { others: "FORBIDDEN" }],
    unskip: ["rank", { id }, { others: "FORBIDDEN" }],
  },
  skips: { list: ["review", {}], naming: ["review"], handOut: ["review", { id }] },
  rankings: { submit: ["rank", { id, notation: "A>B" }, { others: "FORBIDDEN" }], mine: ["rank", {}] },
  judge: {
    status: ["train"],
    disputes: ["train", {}],
    review: ["review", { id, verdict: "stands" }, { own: "FORBIDDEN" }],
  },
  imports: {
    list: ["lead"],
    preview: ["lead", { rows: [{ prompt: "Hi?" }] }],
    create: ["lead", { name: "prompts.jsonl", hash: "0".repeat(64), format: "lines" }],
    addRows: ["lead", { id, rows: ["Hi?"] }],
    finish: ["lead", { id, rows: 1, leftOut: 0 }],
    remove: ["lead", { id }],
  },
  exports: { preview: ["export", { dataset: "comparisons" }], count: ["export", { dataset: "comparisons" }] },
  events: { list: ["export", {}] },
  tokens: { list: ["lead"], create: ["lead", { name: "A trainer" }], revoke: ["lead", { id }] },
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

/**
 * Everybody: of each role somebody in the project; who looks after the installation and is in no project; somebody who is
 * admin of another project; and who has not signed in.
 */
const everybody = ["nobody", "stranger", "installation", ...roles] as const;
type Who = (typeof everybody)[number];

let server: Server;
let elsewhere: string;
const clients = new Map<Who, ApiClient>();
const ids = new Map<Who, string>();
const sessions = new Map<Who, string>();
beforeAll(async () => {
  server = await temporaryServer();
  vi.stubGlobal("fetch", server.fetch);
  elsewhere = await addProject(server.db, "elsewhere");
  const enter = async (who: Who, role: Role, where: { project?: string; isAdmin: boolean }) => {
    const { cookie } = await server.session(`a_${who}`, role, where);
    ids.set(who, (await findAccount(server.db, `a_${who}`))?.id ?? "");
    clients.set(who, clientWith({ cookie }));
    sessions.set(who, cookie);
  };
  clients.set("nobody", clientWith({}));
  for (const role of roles) await enter(role, role, { project: testProject, isAdmin: false });
  await enter("installation", "admin", { isAdmin: true });
  await enter("stranger", "admin", { project: elsewhere, isAdmin: false });
});
afterAll(() => {
  vi.unstubAllGlobals();
  server.remove();
});

const clientWith = (headers: Record<string, string>, project = testProject) =>
  createApiClient(
    () => origin,
    () => project,
    () => headers,
  );

type AnyCall = (input: unknown) => Promise<unknown>;
async function answerTo(who: Who, group: string, name: string, input: unknown): Promise<string> {
  const client = clients.get(who) as unknown as Record<string, Record<string, AnyCall>>;
  try {
    const answer = await client[group]?.[name]?.(input);
    // A watch goes on until nobody listens.
    if (typeof answer === "object" && answer !== null && "return" in answer) await (answer.return as () => unknown)();
    return "OK";
  } catch (error) {
    return error instanceof ORPCError ? error.code : String(error);
  }
}

const roleOf = (who: Who): Role | null =>
  who === "installation" ? "admin" : who === "nobody" || who === "stranger" ? null : who;

/** What somebody hears of a call, whatever it is about. */
function heardBy(who: Who, group: string, whose: Whose): Heard | "UNAUTHORIZED" {
  if (whose === "anyone") return "open";
  if (who === "nobody") return "UNAUTHORIZED";
  if (whose === "account") return "open";
  if (isOfProject(group) && roleOf(who) === null) return "NOT_FOUND";
  if (whose === "installation") return who === "installation" ? "open" : "FORBIDDEN";
  if (whose === "member") return "open";
  return may(roleOf(who) ?? "annotator", whose) ? "open" : "FORBIDDEN";
}

/** Whatever else is wrong with "nothing", the person is not. */
const wellReceived = ["OK", "NOT_FOUND", "CONFLICT", "BAD_REQUEST"];

const calls = Object.entries(table).flatMap(([group, entries]) =>
  Object.entries(entries).map(([name, [whose, input, of]]) => ({ group, name, whose, input, of: of ?? {} })),
);

test.each(calls)("$group $name: $whose", async ({ group, name, whose, input }) => {
  for (const who of everybody) {
    const heard = heardBy(who, group, whose);
    const answer = await answerTo(who, group, name, input);
    if (heard === "open") expect(wellReceived, who).toContain(answer);
    else expect(answer, who).toBe(heard);
  }
});

const procedureOf = (group: string, name: string): AnyContractProcedure | undefined =>
  (contract as unknown as Record<string, Record<string, AnyContractProcedure>>)[group]?.[name];
const routeOf = (group: string, name: string) => procedureOf(group, name)?.["~orpc"].route ?? {};

test("every call of the contract is in the table, and every id that one takes is said to be of something", () => {
  const inContract = Object.entries(contract).flatMap(([group, entries]) =>
    Object.keys(entries).map((name) => `${group}.${name}`),
  );
  expect(calls.map(({ group, name }) => `${group}.${name}`).sort()).toEqual(inContract.sort());
  // People are the installation's; what else a project's call names by an id has an owner.
  const takesId = /^(id|\w+Id|after)$/;
  for (const { group, name, input: sent } of calls.filter(({ group }) => isOfProject(group) && group !== "members")) {
    const fields = Object.keys(sent ?? {}).filter((field) => takesId.test(field));
    expect([`${group}.${name}`, Object.keys(named[`${group}.${name}`] ?? {}).sort()]).toEqual([
      `${group}.${name}`,
      fields.sort(),
    ]);
    const input = procedureOf(group, name)?.["~orpc"].inputSchema as z.ZodType | undefined;
    const schema = JSON.stringify(input ? z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) : null);
    for (const field of ["promptId", "scenarioId", "modelId", "rewardModelId", "baseModelId", "comparisonId"])
      if (schema.includes(`"${field}"`)) expect(fields).toContain(field);
  }
});

/** One of each thing a project has, made by a person. */
async function thingsOf(personId: string, project: string) {
  const { db } = server;
  const scope = by(db, personId, 1_000, "admin", project);
  const written = { kind: "plain" as const, text: "Why?", useCase: "chat", split: "train" as const };
  const prompt = await insertPrompt(scope, { ...written, messages: [{ role: "user", content: "Why?" }] });
  const model = await addModel(db, "lm");
  const made = { promptId: prompt.id, modelId: model, createdBy: personId, projectId: project, wanted: 9 };
  const [comparison, ranked] = [
    await addComparison(db, { ...made, texts: ["a", "b"] }),
    await addComparison(db, { ...made, texts: ["a", "b"] }),
  ];
  const terms = { rateFirst: false, leaseMs: 9e9 };
  const done = await claimComparison(scope, { ...terms, comparisonId: ranked.id });
  const assignmentId = typeof done === "object" ? done.id : "";
  const content = { tiers: [[0], [1]], ratings: [], promptFlags: [] };
  const rest = { guards: [], spentMs: null, guidelinesVersion: null };
  const outcome = await submitRanking(scope, { assignmentId, revises: null, content, ...rest });
  const held = await claimComparison(scope, { ...terms, comparisonId: comparison.id });
  const file = { name: "file.txt", revision: "", licence: "", hash: prompt.id, format: "lines" };
  const source = await insertDataSource(scope, file);
  const trial = { temperature: 1, topP: 1, maxTokens: 8, seed: 1, modelId: model };
  const run = { kind: "reward" as const, baseModelId: model, rewardModelId: null, settings: {}, texts: null };
  const started = await insertTrainingRun(scope, { ...run, name: `Run ${prompt.id}`, datasets: [] });
  return {
    prompt: prompt.id,
    demonstration: (await insertDemonstration(scope, { promptId: prompt.id, text: "So." }))?.id ?? "",
    comparison: comparison.id,
    dataSource: source.id,
    candidate: comparison.candidates[0] ?? "",
    assignment: typeof held === "object" ? held.id : "",
    ranking: "rankingId" in outcome ? outcome.rankingId : "",
    scenario: (await insertScenario(scope, { text: "A diary." })).id,
    trial: (await insertTrial(scope, { ...trial, messages: [{ role: "user", content: "Hi" }] })).id,
    run: typeof started === "object" ? started.id : "",
    token: (await insertApiToken(scope, { name: "A program", token: `${prompt.id}` })).id,
    model,
  };
}

/** The input with what it names, field by field; what is optional in it and is a model stays away. */
const naming = (call: string, input: object | undefined, things: Awaited<ReturnType<typeof thingsOf>>) => ({
  ...input,
  ...Object.fromEntries(Object.entries(named[call] ?? {}).map(([field, of]) => [field, things[of]])),
});

const aboutThings = calls.filter(({ group, name }) => `${group}.${name}` in named);
const inside = ["installation", ...roles] as const;

describe("what a call names", () => {
  test.each(aboutThings)("$group $name: one's own, another's, another project's", async ({ group, name, ...call }) => {
    const { whose, input, of } = call;
    const at = `${group}.${name}`;
    for (const who of inside) {
      const mine = await thingsOf(ids.get(who) ?? "", testProject);
      const theirs = await thingsOf(server.as.other.actor?.id ?? "", testProject);
      const heard = heardBy(who, group, whose);
      const lead = may(roleOf(who) ?? "annotator", "lead");
      const heardOf = (one: Heard | "leads" = "open") => (one !== "leads" ? one : lead ? "open" : "FORBIDDEN");
      for (const [whosever, things, then] of [
        ["other", theirs, heardOf(of.others)],
        ["own", mine, heardOf(of.own)],
      ] as const) {
        const expected = heard === "open" ? then : heard;
        const answer = await answerTo(who, group, name, naming(at, input, things));
        if (expected === "open") expect(wellReceived, `${who}, ${whosever}`).toContain(answer);
        else expect(answer, `${who}, ${whosever}`).toBe(expected);
      }
    }
    const there = await thingsOf(ids.get("stranger") ?? "", elsewhere);
    for (const [field, kind] of Object.entries(named[at] ?? {})) {
      // Models are those of the project of the tests.
      if (kind === "model") continue;
      const foreign = {
        ...naming(at, input, await thingsOf(ids.get("admin") ?? "", testProject)),
        [field]: there[kind],
      };
      for (const who of inside) expect([who, await answerTo(who, group, name, foreign)]).toEqual([who, "NOT_FOUND"]);
    }
  });

  test("the key of a server is told by no call, and neither is what it is sealed as", async () => {
    vi.stubEnv("RANKLOOP_PRIVATE_ADDRESSES", "1");
    const key = "sk-of-the-walk";
    const client = clients.get("installation") as ApiClient;
    const settings = { ...address, asks: "chat" as const, key: { kind: "written" as const, apiKey: key } };
    const { id: model } = await client.models.addAddress({ name: "With a key", ...settings });
    await client.models.changeAddress({ id: model, ...settings, key: { kind: "kept" }, serverModel: "beaver" });
    const { model_address: rows } = await contentsOf(server.db);
    const sealed = String(rows?.find((row) => row.modelId === model)?.sealedKey);
    expect(sealed.length).toBeGreaterThan(40);
    const things = { ...(await thingsOf(ids.get("installation") ?? "", testProject)), model };
    const told: string[] = [];
    for (const { group, name, input } of calls) {
      const { method } = routeOf(group, name);
      if (isWrite([group, name], method)) continue;
      const at = `${group}.${name}`;
      const call = (client as unknown as Record<string, Record<string, AnyCall>>)[group]?.[name];
      const asked = at in named ? naming(at, input, things) : input;
      let answer = await call?.(asked).catch((error: unknown) => String(error));
      if (typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer) {
        const watched = answer as AsyncGenerator;
        answer = (await watched.next()).value;
        await watched.return(undefined);
      }
      told.push(`${at}: ${JSON.stringify(answer)}`);
    }
    expect(told.filter((one) => one.includes("With a key")).length).toBeGreaterThan(2);
    for (const one of told) {
      expect(one).not.toContain(key);
      expect(one).not.toContain(sealed);
    }
    vi.unstubAllEnvs();
  });

  test("a model or a draft of another project is not there either", async () => {
    const there = await thingsOf(ids.get("stranger") ?? "", elsewhere);
    for (const subject of [`demonstration:${there.prompt}`, `ranking:${there.comparison}`])
      expect(await answerTo("admin", "drafts", "get", { subject })).toBe("NOT_FOUND");
    const stranger = clientWith({ cookie: sessions.get("stranger") ?? "" }, elsewhere);
    const model = (await thingsOf(ids.get("admin") ?? "", testProject)).model;
    await expect(stranger.models.get({ id: model })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const sources = [{ modelId: model, count: 2 }];
    for (const asked of [
      stranger.settings.update({ modelId: model }),
      stranger.settings.update({ sources }),
      stranger.comparisons.create({ promptId: there.prompt, sources }),
    ])
      await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("in an archived project everything is read and nothing changes, whoever asks", async () => {
  const admin = { ...server.as.admin, project: testProject };
  await archiveProject(admin, { archived: true });
  const sentence = "This project is archived and can only be read: bring it back first.";
  for (const { group, name, whose, input } of calls.filter(({ group }) => isOfProject(group))) {
    const { method } = routeOf(group, name);
    if (!isWrite([group, name], method)) continue;
    for (const who of inside) {
      const client = clients.get(who) as unknown as Record<string, Record<string, AnyCall>>;
      await expect(client[group]?.[name]?.(input), `${group}.${name} ${who} ${whose}`).rejects.toMatchObject({
        code: "CONFLICT",
        message: sentence,
      });
    }
  }
  expect(await answerTo("admin", "prompts", "list", {})).toBe("OK");
  await archiveProject(admin, { archived: false });
});

test("the drafts of a ranking belong to those who rank", async () => {
  for (const role of roles) {
    const answer = await answerTo(role, "drafts", "get", { subject: `ranking:${id}` });
    expect(answer, role).toBe(may(role, "rank") ? "OK" : "FORBIDDEN");
  }
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

test("the rows of an export are for those who may export, and a refusal names them in one sentence", async () => {
  const { as } = server;
  const all = { dataset: "comparisons", split: "all" } as const;
  for (const role of roles.filter((one) => may(one, "export")))
    await expect(openExport(as[role], all)).resolves.toBeDefined();
  for (const role of roles.filter((one) => !may(one, "export"))) {
    await expect(openExport(as[role], all)).rejects.toThrow("Only admins, reviewers, and engineers may export data.");
  }
  await expect(openExport(as.nobody, all)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a download of another project is refused as if it were not there", async () => {
  const path = (project: string) => `/api/export/${project}/comparisons`;
  const { cookie } = await server.session("outsider", "admin", { project: elsewhere, isAdmin: false });
  const statuses = [testProject, "nowhere", elsewhere].map(
    async (project) => (await server.fetch(new Request(origin + path(project), { headers: { cookie } }))).status,
  );
  expect(await Promise.all(statuses)).toEqual([404, 404, 200]);
});
