// A model of a hub from the click to the list: fetched by a worker, stopped, gone on with, deleted in the middle.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Hub, serveHub } from "../../models/hub/hub.fixture.ts";
import { eventually, type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { addFromHub, fetchModelAgain, stopFetching } from "../training/hub.ts";
import { getModel } from "../training/lineage.ts";
import { removeModel } from "../training/model-changes.ts";
import { listModels } from "../training/models.ts";
import { downloadJob } from "./download-job.ts";
import { work } from "./loop.ts";
import { writeTinyModel } from "./tiny-model.fixture.ts";

let installation: Installation;
let hub: Hub;
let shutdown: AbortController;
let worker: Promise<void> | undefined;
beforeEach(async () => {
  installation = await temporaryInstallation();
  const made = join(installation.directory, "made");
  await writeTinyModel(made);
  hub = await serveHub(
    "owner/otter",
    Object.fromEntries(readdirSync(made).map((name) => [name, readFileSync(join(made, name))])),
  );
  vi.stubEnv("RANKLOOP_HUB", hub.address);
  shutdown = new AbortController();
  worker = undefined;
});
afterEach(async () => {
  shutdown.abort();
  await worker;
  hub.close();
  vi.unstubAllEnvs();
  installation.remove();
});

function startWorker(): void {
  const { db } = installation;
  const rest = { shutdown: shutdown.signal, pollMs: 10, report: () => {} };
  worker = work({ ...rest, db, kinds: ["download"], workerId: "fetches", run: downloadJob(db) });
}

const wanted = { name: "Otter", repository: "owner/otter", revision: "main" };
const add = () => addFromHub(installation.as.admin, wanted);
const viewed = (id: string) => getModel(installation.as.engineer, { id });

/** The weights come only once `goOn` is called. */
function holdWeights() {
  const [begun, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  hub.meddle = (path, reply) => {
    if (!path.endsWith(".safetensors")) return false;
    reply.once("close", gone.resolve);
    reply.writeHead(200, { "content-length": 1_000_000 }).write(Buffer.alloc(1));
    begun.resolve();
    return true;
  };
  return { begun: begun.promise, gone: gone.promise };
}

test("is listed while it is fetched, and can be used once all is here", async () => {
  const { id } = await add();
  expect(await viewed(id)).toMatchObject({
    origin: "hub",
    parameters: null,
    fetching: { bytesDone: 0, bytesTotal: null },
  });
  expect((await viewed(id)).problem).toBe("it is being fetched.");
  startWorker();
  await eventually(async () => expect(await viewed(id)).toMatchObject({ problem: null, fetching: null, kind: "lm" }));
  const { parameters, source } = await viewed(id);
  expect(parameters).toBeGreaterThan(0);
  expect(source).toBe("owner/otter@c0ffee000000");
  expect(readdirSync(join(installation.directory, "models"))).toEqual([id]);
  await expect(fetchModelAgain(installation.as.admin, { id })).rejects.toThrow("This model is here already");
});

test("stopped, it stays where it is and is gone on with", async () => {
  const { begun, gone } = holdWeights();
  startWorker();
  const { id } = await add();
  await begun;
  await stopFetching(installation.as.admin, { id });
  await gone;
  await eventually(async () => expect((await viewed(id)).problem).toBe("it was not fetched to the end."));
  hub.meddle = () => false;
  // The branch has moved on meanwhile: the rest is of the commit that the fetch began with.
  hub.head = "b".repeat(40);
  await fetchModelAgain(installation.as.admin, { id });
  await eventually(async () => expect((await viewed(id)).problem).toBe(null));
  expect((await viewed(id)).source).toBe("owner/otter@c0ffee000000");
});

test("what the hub does not have is said of the model", async () => {
  startWorker();
  const { id } = await addFromHub(installation.as.admin, { ...wanted, repository: "owner/beaver" });
  const sentence = /^it could not be fetched: The hub at 127.0.0.1:\d+ has no owner\/beaver at main\.$/;
  await eventually(async () => expect((await viewed(id)).problem).toMatch(sentence));
});

test("with another's tokenizer it is not taken into the list", async () => {
  const { vocab_size } = JSON.parse(String(hub.files.get("config.json")));
  const tokenizer = JSON.parse(String(hub.files.get("tokenizer.json")));
  tokenizer.model.vocab.otter = vocab_size;
  hub.files.set("tokenizer.json", Buffer.from(JSON.stringify(tokenizer)));
  startWorker();
  const { id } = await add();
  const sentence = /^it could not be fetched: .*tokenizer\.json.* has the id 270, but the model knows 270 tokens\.$/;
  await eventually(async () => expect((await viewed(id)).problem).toMatch(sentence));
  expect((await viewed(id)).problem).not.toContain(installation.directory);
  expect(existsSync(join(installation.directory, "models", id))).toBe(false);
});

test("with a weight that is no number it is not taken into the list", async () => {
  const weights = Buffer.from(hub.files.get("model.safetensors")!);
  weights.writeFloatLE(Number.POSITIVE_INFINITY, weights.length - 4);
  hub.files.set("model.safetensors", weights);
  startWorker();
  const { id } = await add();
  const sentence = /^it could not be fetched: .*tensor \S+ holds numbers that are not finite\.$/;
  await eventually(async () => expect((await viewed(id)).problem).toMatch(sentence));
  expect(existsSync(join(installation.directory, "models", id))).toBe(false);
});

test("deleted in the middle, nothing of it is left", async () => {
  const { begun, gone } = holdWeights();
  startWorker();
  const { id } = await add();
  await begun;
  await removeModel(installation.as.admin, { id });
  await gone;
  await eventually(() => expect(existsSync(join(installation.directory, "models", `${id}.part`))).toBe(false));
  expect(await listModels(installation.as.admin)).toEqual([]);
});

test("only admins of the installation have models fetched", async () => {
  for (const ctx of [installation.as.reviewer, installation.as.engineer])
    await expect(addFromHub(ctx, wanted)).rejects.toThrow("Only admins of the installation may add models.");
});
