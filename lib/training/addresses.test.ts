// Models at an address as people of the app meet them: who adds one, what is kept and shown of it, and what a worker writes
// with it, against a server on loopback.
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type * as z from "zod";
import { addComparison, addModel, addPrompt, contentsOf } from "../../db/database.fixture.ts";
import { eventually, type Installation, ranked, temporaryInstallation } from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison, regenerateCandidate, stopComparison } from "../ranking/generate.ts";
import { scoreComparison } from "../ranking/score.ts";
import { submitRanking } from "../ranking/submit.ts";
import { viewComparison } from "../ranking/view.ts";
import { type AddressSettings, addressSettings } from "../vocabulary/shapes.ts";
import { generateJob } from "../worker/generate-job.ts";
import { judgeJob } from "../worker/judge-job.ts";
import { work } from "../worker/loop.ts";
import { scoreJob } from "../worker/score-job.ts";
import { addAddress, changeAddress, tryAddress } from "./addresses.ts";
import { countTokens } from "./count-tokens.ts";
import { getModel } from "./lineage.ts";
import { archiveModel, removeModel } from "./model-changes.ts";
import { listModels } from "./models.ts";
import { startTraining } from "./start.ts";

type Asked = { seed: number; messages?: unknown; input?: string[] };
type Behaviour = (body: Asked, reply: ServerResponse) => void;
let behave: Behaviour;
let keys: (string | undefined)[];
const server = createServer(async (asked, reply) => {
  let text = "";
  for await (const part of asked) text += part;
  keys.push(asked.headers.authorization);
  behave(JSON.parse(text), reply);
});
let url: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

let installation: Installation;
let shutdown: AbortController;
let workers: Promise<void>[];
let reported: string[];
beforeEach(async () => {
  installation = await temporaryInstallation();
  vi.stubEnv("RANKLOOP_PRIVATE_ADDRESSES", "1");
  [keys, workers, reported, shutdown, behave] = [[], [], [], new AbortController(), good];
});
afterEach(async () => {
  shutdown.abort();
  await Promise.all(workers);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  installation.remove();
});

const event = (data: unknown) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const streaming = { "content-type": "text/event-stream" };
const about = { model: "big-2026", system_fingerprint: "fp_1" };
const good: Behaviour = ({ seed }, reply) => {
  const choice = { delta: { content: `Fish ${seed}` }, finish_reason: "stop" };
  const usage = { prompt_tokens: 10, completion_tokens: 2 };
  reply.writeHead(200, streaming).end(event({ ...about, choices: [choice], usage }) + event("[DONE]"));
};

const apiKey = "sk-an-otter-key";
const settingsOf = (changed: Partial<z.input<typeof addressSettings>> = {}): AddressSettings =>
  addressSettings.parse({
    baseUrl: url,
    serverModel: "big",
    asks: "chat",
    price: { prompt: 1, answer: 10 },
    key: { kind: "written", apiKey },
    ...changed,
  });
const add = (changed: Partial<z.input<typeof addressSettings>> = {}, name = "Elsewhere") =>
  addAddress(installation.as.admin, { ...settingsOf(changed), name });

function startWorkers(): void {
  const { db } = installation;
  const report = (sentence: string) => void reported.push(sentence);
  const rest = { db, shutdown: shutdown.signal, pollMs: 10, report };
  workers.push(
    work({ ...rest, kinds: ["generate"], workerId: "generates", run: generateJob(db) }),
    work({ ...rest, kinds: ["judge"], workerId: "judges", run: judgeJob(db) }),
    work({ ...rest, kinds: ["score"], workerId: "scores", run: scoreJob(db) }),
  );
}

async function asked(modelId: string, k = 3) {
  const { labeler, db } = { ...installation.as, db: installation.db };
  const drawn = { temperature: 0.7, topP: 1, maxTokens: 16, seed: 0 };
  return createComparison(labeler, { ...drawn, promptId: await addPrompt(db), modelId, k });
}
const viewed = (id: string) => viewComparison(installation.as.labeler, { id });
/** Waits for the end of what is under way, and looks once whether it is this one: what is wrong does not wait for ever. */
async function untilState(id: string, state: string): Promise<void> {
  const ended = await eventually(async () => {
    const { state } = await viewed(id);
    expect(state).not.toBe("generating");
    return state;
  });
  expect(ended).toBe(state);
}

describe("adding one", () => {
  test("is for admins of the installation, and its key is never told again", async () => {
    const { reviewer, engineer, labeler } = installation.as;
    for (const ctx of [reviewer, engineer, labeler]) {
      await expect(addAddress(ctx, { ...settingsOf(), name: "Elsewhere" })).rejects.toThrow(
        "Only admins of the installation may add models and say how they are asked.",
      );
    }
    const { id } = await add();
    const shown = await getModel(engineer, { id });
    expect(shown).toMatchObject({ name: "Elsewhere", kind: "lm", origin: "address", parameters: null, problem: null });
    expect(shown.address).toMatchObject({ baseUrl: url, key: { kind: "kept" }, price: { prompt: 1, answer: 10 } });
    expect(JSON.stringify([shown, await listModels(labeler)])).not.toContain(apiKey);
    // Neither does it stand anywhere in the database, the history among it, nor in a file.
    expect(JSON.stringify(await contentsOf(installation.db))).not.toContain(apiKey);
    for (const name of readdirSync(installation.directory)) {
      const file = path.join(installation.directory, name);
      if (statSync(file).isFile()) expect(readFileSync(file).includes(apiKey)).toBe(false);
    }
    expect(statSync(path.join(installation.directory, "sealing-secret")).mode & 0o777).toBe(0o600);
  });

  test("a price that is not known stays so, and is not 0", async () => {
    const { admin } = installation.as;
    const price = { prompt: 0, answer: null };
    const { id } = await add({ price });
    expect((await getModel(admin, { id })).address?.price).toEqual(price);
    await changeAddress(admin, { ...settingsOf({ price: { prompt: null, answer: null } }), id });
    expect((await getModel(admin, { id })).address?.price).toBe(null);
  });

  test("a name that is taken, an address that is none, and one of this machine are refused", async () => {
    await add();
    await expect(add()).rejects.toThrow("There is a model or a run of this name already: choose another.");
    await expect(add({ baseUrl: "ftp://a.example" }, "B")).rejects.toMatchObject({ field: "baseUrl" });
    await expect(add({ baseUrl: "http://169.254.169.254/" }, "B")).rejects.toThrow(/machinery/);
    await expect(add({ serverModel: "" }, "B")).rejects.toThrow("Write what the server calls its model.");
    await expect(add({ extra: { seed: 1 } }, "B")).rejects.toThrow(/leave it out of the extra fields/);
    await expect(add({ asks: "classify", template: "{prompt}" }, "B")).rejects.toThrow(/no \{answer\}/);
    vi.stubEnv("RANKLOOP_PRIVATE_ADDRESSES", "");
    await expect(add({}, "B")).rejects.toThrow(/RANKLOOP_PRIVATE_ADDRESSES=1/);
    expect((await listModels(installation.as.admin)).map(({ name, problem }) => [name, problem])).toEqual([
      ["Elsewhere", expect.stringMatching(/private network/)],
    ]);
  });

  test("a kept key goes to its own server only", async () => {
    const { admin } = installation.as;
    const { id } = await add();
    const kept = { key: { kind: "kept" as const } };
    await changeAddress(admin, { ...settingsOf({ ...kept, serverModel: "bigger", baseUrl: `${url}/` }), id });
    expect((await getModel(admin, { id })).address).toMatchObject({ serverModel: "bigger", key: { kind: "kept" } });
    const away = settingsOf({ ...kept, baseUrl: "https://evil.example/v1" });
    const sentence = "The key that is kept is for another server: write it again.";
    await expect(changeAddress(admin, { ...away, id })).rejects.toThrow(sentence);
    await expect(tryAddress(admin, { ...away, id }, shutdown.signal)).rejects.toThrow(sentence);
    await expect(changeAddress(admin, { ...settingsOf({ asks: "classify" }), id })).rejects.toThrow(/stays one/);
    expect((await getModel(admin, { id })).address?.baseUrl).toBe(url);
    expect(keys).toEqual([]);
  });

  test("a key in a variable is read when it is needed, and no other variable is", async () => {
    expect(() => settingsOf({ key: { kind: "variable", variable: "PATH" } })).toThrow(/RANKLOOP_KEY/);
    const { id } = await add({ key: { kind: "variable", variable: "RANKLOOP_KEY_TEST" } });
    const { admin } = installation.as;
    expect((await getModel(admin, { id })).problem).toMatch(
      /environment variable RANKLOOP_KEY_TEST, and there is none/,
    );
    vi.stubEnv("RANKLOOP_KEY_TEST", "of-the-variable");
    expect((await getModel(admin, { id })).problem).toBe(null);
    await tryAddress(admin, { ...settingsOf({ key: { kind: "kept" } }), id }, shutdown.signal);
    expect(keys).toEqual(["Bearer of-the-variable"]);
  });

  test("trying it makes one call, and keeps nothing", async () => {
    const { admin } = installation.as;
    const before = await contentsOf(installation.db);
    expect(await tryAddress(admin, settingsOf(), shutdown.signal)).toEqual({
      problem: null,
      text: "Fish 1",
      score: null,
      serverModel: "big-2026",
      tokens: 2,
    });
    expect(keys).toEqual([`Bearer ${apiKey}`]);
    behave = (_, reply) => reply.writeHead(401).end();
    const refused = await tryAddress(admin, settingsOf(), shutdown.signal);
    expect(refused.problem).toBe(`The server at ${new URL(url).host} wants another key (401).`);
    behave = (_, reply) =>
      reply.writeHead(200, { "content-type": "application/json" }).end('{"data":[{"index":0,"probs":[1.5]}]}');
    expect(await tryAddress(admin, settingsOf({ asks: "classify" }), shutdown.signal)).toMatchObject({ score: 1.5 });
    expect(await contentsOf(installation.db)).toEqual(before);
  });
});

describe("answers", () => {
  test("come with what was sent and what the server said, without the key", async () => {
    startWorkers();
    const { id: modelId } = await add({ extra: { min_p: 0.1 } });
    const { id } = await asked(modelId);
    await untilState(id, "ready");
    const { candidates } = await viewComparison(installation.as.labeler, { id });
    expect(candidates.map(({ text }) => text).sort()).toEqual(["Fish 0", "Fish 1", "Fish 2"]);
    // Blind until ranked, as the model's name is.
    expect(candidates.map(({ call }) => call)).toEqual([null, null, null]);
    const { candidate_call: calls, job } = await contentsOf(installation.db);
    expect(calls).toHaveLength(3);
    for (const call of calls!) {
      expect(call).toMatchObject({
        url: `${url}/chat/completions`,
        serverModel: "big-2026",
        fingerprint: "fp_1",
        finishReason: "stop",
        promptTokens: 10,
        tokens: 2,
        cost: 30 / 1e6,
      });
      expect(JSON.parse(String(call.sent))).toMatchObject({ model: "big", min_p: 0.1, max_tokens: 16 });
    }
    expect(JSON.stringify([calls, job])).not.toContain(apiKey);
    expect(new Set(keys)).toEqual(new Set([`Bearer ${apiKey}`]));
  });

  test("one that fails says so on its card, and the others stay; it is written when asked for again", async () => {
    startWorkers();
    const { id: modelId } = await add();
    behave = (body, reply) => (body.seed === 1 ? reply.writeHead(400).end('{"error":"no fish"}') : good(body, reply));
    const { id } = await asked(modelId);
    await untilState(id, "failed");
    const of = async (state: string) => (await viewed(id)).candidates.filter((one) => one.state === state);
    expect((await of("done")).map(({ text }) => text).sort()).toEqual(["Fish 0", "Fish 2"]);
    const [failed, ...others] = await of("failed");
    expect(others).toEqual([]);
    expect(failed?.error).toBe(`The server at ${new URL(url).host} refuses this (400): no fish.`);
    behave = good;
    await regenerateCandidate(installation.as.labeler, { id: failed!.id });
    await untilState(id, "ready");
    expect(await of("done")).toHaveLength(3);
  });

  test.each<[string, Behaviour]>([
    ["a refusal", (_, reply) => reply.writeHead(400).end(`{"error":{"message":"No ${apiKey}."}}`)],
    ["a failure", (_, reply) => reply.writeHead(500, { "retry-after": "0" }).end(`{"detail":"No ${apiKey}."}`)],
    ["a type", (_, reply) => reply.writeHead(200, { "content-type": `text/${apiKey}` }).end()],
    ["a redirect", (_, reply) => reply.writeHead(302, { location: `http://a.example/${apiKey}` }).end()],
    ["no JSON", (_, reply) => reply.writeHead(200, streaming).end(event(`Bearer ${apiKey}`))],
    [
      "an error in the middle",
      (_, reply) => reply.writeHead(200, streaming).end(event({ error: { message: `No ${apiKey}.`, code: 400 } })),
    ],
  ])(
    "the key that a server says back as %s is told to nobody: no card, row, event, job or log",
    async (_, behaviour) => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => {});
      vi.spyOn(console, "warn").mockImplementation(() => {});
      startWorkers();
      const { id: modelId } = await add();
      behave = behaviour;
      const { id } = await asked(modelId, 2);
      await untilState(id, "failed");
      const tried = await tryAddress(installation.as.admin, settingsOf(), shutdown.signal);
      expect(tried.problem).toMatch(/^[A-Z][^\n]*[.?]$/);
      const { candidates } = await viewed(id);
      for (const { error } of candidates) expect(error).toMatch(/^[A-Z][^\n]*[.?]$/);
      const everything = [candidates, tried, await contentsOf(installation.db), reported, logged.mock.calls];
      expect(JSON.stringify(everything)).not.toContain(apiKey);
      vi.restoreAllMocks();
    },
  );

  test("each answer that fails has its own sentence", async () => {
    startWorkers();
    const { id: modelId } = await add();
    behave = ({ seed }, reply) => reply.writeHead(400).end(`{"error":"no ${seed}"}`);
    const { id } = await asked(modelId);
    await untilState(id, "failed");
    const said = (await viewed(id)).candidates.map(({ error }) => error?.replace(/.*: /, "")).sort();
    expect(said).toEqual(["no 0.", "no 1.", "no 2."]);
  });

  test("what may pass is told on the card while it is tried again", async () => {
    startWorkers();
    const { id: modelId } = await add();
    const [tried, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let times = 0;
    behave = async (body, reply) => {
      if (times++ === 0) return reply.writeHead(503, { "retry-after": "0" }).end();
      tried.resolve();
      await goOn.promise;
      good(body, reply);
    };
    const { id } = await asked(modelId, 2);
    await tried.promise;
    const sentence = `The server at ${new URL(url).host} failed (503).`;
    await eventually(async () => expect((await viewed(id)).candidates.map(({ error }) => error)).toContain(sentence));
    goOn.resolve();
    await untilState(id, "ready");
    expect((await viewed(id)).candidates.map(({ error }) => error)).toEqual([null, null]);
  });

  test("Stop ends the calls, and what came stays", async () => {
    startWorkers();
    const { id: modelId } = await add();
    const closed = Promise.withResolvers<void>();
    behave = (body, reply) => {
      if (body.seed === 0) return good(body, reply);
      reply.once("close", closed.resolve);
      reply.writeHead(200, streaming).write(event({ choices: [{ delta: { content: "Fi" } }] }));
    };
    const { id } = await asked(modelId, 2);
    await eventually(async () =>
      expect((await viewed(id)).candidates.map(({ text }) => text).sort()).toEqual(["Fi", "Fish 0"]),
    );
    await stopComparison(installation.as.labeler, { id });
    await closed.promise;
    await untilState(id, "stopped");
    expect((await viewed(id)).candidates.map(({ state, text }) => `${state} ${text}`).sort()).toEqual([
      "done Fish 0",
      "stopped Fi",
    ]);
  });

  test("of a model that was deleted meanwhile fail with one sentence", async () => {
    const { admin } = installation.as;
    const { id: modelId } = await add();
    const { id } = await asked(modelId);
    expect((await getModel(admin, { id: modelId })).dependents).toMatchObject({ answers: 3, underWay: 3 });
    await removeModel(admin, { id: modelId });
    startWorkers();
    await untilState(id, "failed");
    expect((await viewed(id)).candidates.map(({ error }) => error)).toEqual(
      Array(3).fill("Elsewhere was deleted meanwhile: choose another model."),
    );
    expect(keys).toEqual([]);
    const { model_address: rows } = await contentsOf(installation.db);
    expect(rows?.map(({ sealedKey }) => sealedKey)).toEqual([null]);
  });
});

test("a reward model at an address judges where it is the project's, and scores what people wait for", async () => {
  const { admin } = installation.as;
  const json = { "content-type": "application/json" };
  behave = (body, reply) => {
    if (!body.input) return good(body, reply);
    const data = body.input.map((text, index) => ({ index, probs: [text.length] }));
    reply.writeHead(200, json).end(JSON.stringify({ data }));
  };
  const { id: modelId } = await add();
  const judge = await add({ asks: "classify", template: "{prompt} {answer}" }, "Judge");
  await updateSettings(admin, { rewardModelId: judge.id });
  startWorkers();
  const { id } = await asked(modelId);
  await untilState(id, "ready");
  await eventually(async () => expect((await contentsOf(installation.db)).candidate_score).toHaveLength(3));
  const { comparison } = await contentsOf(installation.db);
  expect(comparison).toMatchObject([{ judgedBy: judge.id, disagreement: null }]);
});

test("a reward model that is deleted before it has scored is not asked any more", async () => {
  const { admin, labeler, reviewer } = installation.as;
  const judge = await add({ asks: "get_reward" }, "Judge");
  const promptId = await addPrompt(installation.db);
  const written = { promptId, modelId: await addModel(installation.db), createdBy: labeler.actor?.id ?? "" };
  const { id } = await addComparison(installation.db, { ...written, texts: ["Sand.", "Fish."] });
  await submitRanking(labeler, { id: (await nextAssignment(labeler))!.id, ...ranked("B>A") });
  await scoreComparison(reviewer, { id, modelId: judge.id });
  await removeModel(admin, { id: judge.id });
  startWorkers();
  // Its first attempt is waited for, whatever comes of it: what is expected is looked at then, once.
  const attempted = await eventually(async () => {
    const [job] = ((await contentsOf(installation.db)).job ?? []).filter(({ kind }) => kind === "score");
    expect(job!.attempts).toBeGreaterThan(0);
    expect(job!.state).not.toBe("running");
    return job;
  });
  const error = "Judge was deleted meanwhile: choose another model.";
  expect(attempted).toMatchObject({ state: "failed", attempts: 1, error });
  expect(keys).toEqual([]);
});

test("what needs a model's files says that it has none here", async () => {
  const { admin } = installation.as;
  const { id } = await add({ context: 32 });
  await updateSettings(admin, { modelId: id });
  const sentence = "Elsewhere is another server’s";
  await expect(countTokens(admin, { messages: [] })).rejects.toThrow(sentence);
  const training = { kind: "sft" as const, name: "Run", baseModelId: id, settings: {} as never };
  await expect(startTraining(admin, training)).rejects.toThrow(sentence);
  // Its context is known: an answer longer than that is refused before anything is sent.
  await expect(
    createComparison(admin, {
      promptId: await addPrompt(admin.db),
      modelId: id,
      temperature: 1,
      topP: 1,
      maxTokens: 32,
      k: 2,
    }),
  ).rejects.toThrow("Elsewhere reads 32 tokens in all: ask for at most 31 tokens of answer.");
});

test("an archived model is offered to nobody until it is brought back", async () => {
  const { admin } = installation.as;
  const { id } = await add();
  await updateSettings(admin, { modelId: id });
  await expect(archiveModel(admin, { id, archived: true })).rejects.toThrow(/answering model or judge/);
  await updateSettings(admin, { modelId: null });
  await archiveModel(admin, { id, archived: true });
  await expect(asked(id)).rejects.toThrow("Elsewhere is archived: bring it back first, or choose another.");
  await archiveModel(admin, { id, archived: false });
  await expect(asked(id)).resolves.toMatchObject({ state: "generating" });
});
