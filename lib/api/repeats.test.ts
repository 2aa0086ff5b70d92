// Every call that may change something, sent twice under one key as a page or a program would: the second time nothing is
// done, and the first result is answered.
import { join } from "node:path";
import { ORPCError } from "@orpc/client";
import { type AnyContractProcedure, isContractProcedure } from "@orpc/contract";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { addModel, contentsOf } from "../../db/database.fixture.ts";
import { addTinyModels, plain, ranked, readyComparison, settings } from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { stopTraining } from "../training/runs.ts";
import { newTraining } from "../training/shapes.ts";
import { startTraining } from "../training/start.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { addScenario } from "../writing/scenarios.ts";
import { contract, isOfProject } from "./contract.ts";
import { Repeats } from "./repeats.ts";
import { type Server, temporaryServer } from "./server.fixture.ts";

let server: Server;
let cookie: string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  server = await temporaryServer();
  await addTinyModels(server);
  cookie = (await server.session("ada", "admin")).cookie;
});
afterEach(() => {
  server.remove();
  vi.useRealTimers();
});

/** "comparisons.create" and the like: all that may change something. */
const routes = new Map(proceduresOf(contract, []).filter(([, { method }]) => method !== "GET"));

function proceduresOf(node: object, path: string[]): [string, { method: string; path: string }][] {
  if (isContractProcedure(node)) {
    const { route } = (node as AnyContractProcedure)["~orpc"];
    return [[path.join("."), { method: route.method ?? "POST", path: route.path ?? "" }]];
  }
  return Object.entries(node).flatMap(([name, child]) => proceduresOf(child, [...path, name]));
}

const prompt = async () => (await createPrompt(server.as.labeler, plain("What do otters eat?"))).id;
const demonstration = async () =>
  (await createDemonstration(server.as.labeler, { promptId: await prompt(), text: "Fish." })).id;
const comparison = async () => readyComparison(server.as.writer, await prompt(), ["Fish.", "Sand."]);
const rankedBy = async (who: "labeler" | "admin") => {
  const { id } = await comparison();
  const assignment = (await nextAssignment(server.as[who], { comparisonId: id }))!;
  return { id, ...(await submitRanking(server.as[who], { id: assignment.id, ...ranked("A>B") })) };
};
/** The id of what a request of the admin's makes. */
const made = async (path: string, input: object) => {
  const { body } = await server.call("POST", `/api/v1/projects/practice${path}`, input, { cookie });
  return (body as { id: string }).id;
};
const assigned = async () => {
  await comparison();
  return made("/assignments/next", {});
};
const draft = { subject: "prompt", basedOn: 0, writer: "w" };
const sft = { kind: "sft", name: "A writer", baseModelId: "tiny-lm", settings: {} };
const run = async () => {
  await demonstration();
  return (await startTraining(server.as.engineer, newTraining.parse(sft))).id;
};

const address = { baseUrl: "https://models.example/v1", asks: "chat", serverModel: "otter" };
const fetched = { name: "Fetched", repository: "owner/otter" };
const zoo = join(import.meta.dirname, "..", "..", "models", "zoo");

const file = { name: "otters.txt", hash: "0".repeat(64), format: "lines" };

const grace = { username: "grace", name: "Grace", password: "correct horse", role: "labeler" };

/** A request of each, on an installation where it can be carried out. */
const examples: Record<string, () => Promise<object>> = {
  "accounts.update": async () => ({ id: await made("/members/accounts", grace), isAdmin: true }),
  "projects.create": async () => ({ name: "Otters" }),
  "project.rename": async () => ({ name: "Otters" }),
  "project.clone": async () => ({ name: "Otters" }),
  "project.archive": async () => ({ archived: true }),
  "members.add": async () => {
    const id = await made("/members/accounts", grace);
    await send("members.remove", { id });
    return { username: "grace", role: "reviewer" };
  },
  "members.addAccount": async () => grace,
  "members.update": async () => ({ id: await made("/members/accounts", grace), role: "writer" }),
  "members.remove": async () => ({ id: await made("/members/accounts", grace) }),
  "settings.update": async () => ({ rateFirst: false, modelId: "tiny-lm" }),
  "guidelines.markRead": async () => {
    await made("/guidelines/rank", { text: "One.", basedOn: 0 });
    return { topic: "rank", version: 1 };
  },
  "guidelines.publish": async () => ({ topic: "rank", text: "Read twice.", basedOn: 0 }),
  "scenarios.add": async () => ({ text: "I run a bakery." }),
  "scenarios.retire": async () => ({ id: (await addScenario(server.as.reviewer, { text: "I run a bakery." })).id }),
  "scenarios.restore": async () => {
    const { id } = await addScenario(server.as.reviewer, { text: "I run a bakery." });
    await send("scenarios.retire", { id });
    return { id };
  },
  "tokens.revoke": async () => ({ id: await made("/tokens", { name: "A trainer" }) }),
  "drafts.save": async () => ({ ...draft, content: { text: "Once" } }),
  "drafts.discard": async () => draft,
  "prompts.create": async () => plain("What do owls eat?", "chat", "Mice."),
  "prompts.edit": async () => ({ id: await prompt(), ...plain("What do owls eat?") }),
  "prompts.archive": async () => ({ id: await prompt(), archived: true }),
  "prompts.archiveMany": async () => ({ ids: [await prompt()], archived: true }),
  "prompts.removeMany": async () => ({ ids: [await prompt()] }),
  "prompts.remove": async () => {
    const { prompt: ranked } = await comparison();
    return { id: ranked.id };
  },
  "prompts.resample": async () => {
    const shots = ["a", "b"].map((query) => ({ query, response: "c" }));
    const fewShot = {
      kind: "few-shot" as const,
      instruction: "D",
      shots,
      query: "d",
      useCase: "chat" as const,
    };
    return { id: (await createPrompt(server.as.writer, fewShot)).id };
  },
  "imports.preview": async () => ({ rows: ["What do otters eat?"] }),
  "imports.create": async () => file,
  "imports.addRows": async () => ({ id: await made("/imports", file), rows: ["What do otters eat?"] }),
  "imports.remove": async () => ({ id: await made("/imports", file) }),
  "imports.finish": async () => ({ id: await made("/imports", file), rows: 1, leftOut: 0 }),
  "demonstrations.create": async () => ({ promptId: await prompt(), text: "Fish." }),
  "demonstrations.revise": async () => {
    const id = await made(`/prompts/${await prompt()}/demonstrations`, { text: "F" });
    return { id, text: "Fish." };
  },
  "demonstrations.review": async () => ({ id: await demonstration(), rating: 6, returned: false }),
  "models.rename": async () => ({ id: "tiny-lm", name: "Otter" }),
  "models.remove": async () => {
    await addModel(server.db, "lm", "old");
    return { id: "old" };
  },
  "models.archive": async () => {
    await addModel(server.db, "lm", "old");
    return { id: "old", archived: true };
  },
  "models.setBits": async () => ({ id: "tiny-lm", bits: 8 }),
  "models.measureBits": async () => ({ id: "tiny-lm" }),
  "models.addAddress": async () => ({ ...address, name: "Elsewhere" }),
  "models.changeAddress": async () => ({
    ...address,
    id: await made("/models/addresses", { ...address, name: "Elsewhere" }),
    parallel: 2,
  }),
  "models.addFolder": async () => ({ name: "Here", folder: join(zoo, "practice") }),
  "models.addFromHub": async () => fetched,
  "models.stopFetching": async () => ({ id: await made("/models/fetched", fetched) }),
  "models.fetchAgain": async () => {
    const id = await made("/models/fetched", fetched);
    await send("models.stopFetching", { id });
    return { id };
  },
  "training.remove": async () => {
    const id = await run();
    await stopTraining(server.as.engineer, { id });
    return { id };
  },
  "models.countTokens": async () => ({ modelId: "tiny-lm", messages: [] }),
  "trials.start": async () => ({ prompt: "What do otters eat?", modelId: "tiny-lm" }),
  "trials.stop": async () => ({ id: await made("/trials", { prompt: "Why?", modelId: "tiny-lm" }) }),
  "comparisons.create": async () => ({ promptId: await prompt(), ...settings }),
  "comparisons.stop": async () => ({ id: await made(`/prompts/${await prompt()}/comparisons`, settings) }),
  "comparisons.regenerate": async () => ({ id: (await comparison()).candidates[0]?.id }),
  "comparisons.score": async () => ({ id: (await rankedBy("labeler")).id, modelId: "tiny-reward" }),
  "assignments.next": async () => {
    await comparison();
    return {};
  },
  "assignments.renew": async () => ({ id: await assigned() }),
  "assignments.release": async () => ({ id: await assigned() }),
  "assignments.skip": async () => ({ id: await assigned(), reason: "unclear" }),
  "assignments.unskip": async () => {
    const id = await assigned();
    await send("assignments.skip", { id, reason: "unclear" });
    return { id };
  },
  "skips.handOut": async () => {
    const { id } = await comparison();
    await send("assignments.skip", { id: await made("/assignments/next", { comparisonId: id }), reason: "unclear" });
    return { id };
  },
  "rankings.submit": async () => ({ id: await assigned(), ...ranked("A>B") }),
  "judge.review": async () => ({ id: (await rankedBy("labeler")).rankingId, verdict: "stands" }),
  "training.start": async () => {
    await demonstration();
    return sft;
  },
  "training.stop": async () => ({ id: await run() }),
  "training.resume": async () => {
    const id = await run();
    await stopTraining(server.as.engineer, { id });
    return { id };
  },
};

function send(name: string, input: object, key?: string) {
  const { method, path } = routes.get(name)!;
  const rest: Record<string, unknown> = { ...input };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const value = String(rest[part]);
    delete rest[part];
    return value;
  });
  const keyed: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  const under = isOfProject(name.split(".")[0]) ? "/projects/practice" : "";
  return server.call(method, `/api/v1${under}${filled}`, rest, { cookie, ...keyed });
}

/** Calls that make nothing twice, and whose first answer is not kept. */
const exempt = new Map([
  ["setup.createAdmin", "The first account is made by nobody, and before there is any: setup.test.ts."],
  ["accounts.resetPassword", "A link is a secret, of which only a hash is kept: the second one ends the first."],
  ["project.remove", "The second time there is no project to be in."],
  ["models.tryAddress", "It asks a server each time, and keeps nothing."],
  ["accounts.setPassword", "A link works once."],
  ["tokens.create", "A token is a secret, of which only a hash is kept."],
  ["accounts.endSession", "A session ends once."],
  ["accounts.endSessions", "It says how many have ended."],
]);
const tried = [...routes.keys()].filter((name) => !exempt.has(name));

test.each(tried)("%s sent again changes nothing, and answers the same", async (name) => {
  const example = examples[name];
  if (!example) throw new Error(`Add a request of ${name} to the examples, so that it is sent twice here.`);
  const input = await example();
  const first = await send(name, input, "k1");
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  const after = await contentsOf(server.db);
  expect(await send(name, input, "k1").then(({ status, body }) => ({ status, body }))).toEqual({
    status: 200,
    body: first.body,
  });
  expect(await contentsOf(server.db)).toEqual(after);
});

describe("a request under a key", () => {
  const body = { ...settings, k: 3 };
  const sets = async (promptId: string) => {
    const { body: found } = await server.call("GET", `/api/v1/projects/practice/prompts/${promptId}`, undefined, {
      cookie,
    });
    return (found as { comparisons: number }).comparisons;
  };

  test("is carried out once, also when both arrive at the same time", async () => {
    const promptId = await prompt();
    const both = await Promise.all([1, 2].map(() => send("comparisons.create", { promptId, ...body }, "k")));
    expect(both[0]?.body).toEqual(both[1]?.body);
    expect(await sets(promptId)).toBe(1);
  });

  test("is another one without a key, under another, and from somebody else", async () => {
    const promptId = await prompt();
    for (const key of [undefined, undefined, "a", "b"]) await send("comparisons.create", { promptId, ...body }, key);
    cookie = (await server.session("grace", "labeler")).cookie;
    await send("comparisons.create", { promptId, ...body }, "a");
    expect(await sets(promptId)).toBe(5);
  });

  test("that says something else is refused, and what was made stays", async () => {
    const promptId = await prompt();
    await send("comparisons.create", { promptId, ...body }, "k");
    const other = await send("comparisons.create", { promptId, ...body, k: 4 }, "k");
    expect(other).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/saved before you changed it/) },
    });
    const bad = await send("comparisons.create", { promptId, ...body }, "a key");
    expect(bad).toMatchObject({ status: 400, body: { message: expect.stringMatching(/^An Idempotency-Key has/) } });
    expect(await sets(promptId)).toBe(1);
  });

  test("that was refused has not been carried out, and can be tried again", async () => {
    const input = { topic: "rank", text: "Read twice.", basedOn: 1 };
    expect(await send("guidelines.publish", input, "k")).toMatchObject({ status: 409 });
    await send("guidelines.publish", { ...input, text: "Read.", basedOn: 0 });
    expect(await send("guidelines.publish", input, "k")).toMatchObject({ status: 200, body: { version: 2 } });
  });

  test("leaves no trace of a password", async () => {
    await send("members.addAccount", grace, "k");
    // Another password under the same key is the same request.
    await send("members.addAccount", { ...grace, password: "another horse" }, "k");
    expect((await contentsOf(server.db)).request).toHaveLength(1);
  });
});

describe("a page", () => {
  const keysOf = async (outcomes: readonly (unknown | Error)[]) => {
    const repeats = new Repeats();
    const keys: string[] = [];
    for (const outcome of outcomes) {
      await repeats
        .send("the same", async (key) => {
          keys.push(key);
          if (outcome instanceof Error) throw outcome;
        })
        .catch(() => {});
    }
    return keys;
  };

  test("keeps the key of a request whose answer was lost, and draws another after an answer or a refusal", async () => {
    const lost = new TypeError("fetch failed");
    const refused = new ORPCError("CONFLICT", { status: 409 });
    const [a, b, c, d, e] = await keysOf([
      lost,
      new ORPCError("BAD_GATEWAY", { status: 502 }),
      "done",
      refused,
      "done",
    ]);
    expect([b, c]).toEqual([a, a]);
    expect(new Set([a, d, e]).size).toBe(3);
  });

  test("gives a request that is under way the same key", async () => {
    const repeats = new Repeats();
    const keys: string[] = [];
    const call = async (key: string) => void keys.push(key);
    await Promise.all([repeats.send("one", call), repeats.send("one", call), repeats.send("other", call)]);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});
