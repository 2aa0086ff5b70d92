// Fetching a model from a hub on loopback: whole, gone on with, broken, refused.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchModel, HubError } from "./fetch-model.ts";
import { commit, type Hub, serveHub } from "./hub.fixture.ts";

const config = JSON.stringify({
  model_type: "gpt2",
  vocab_size: 8,
  n_positions: 8,
  n_embd: 4,
  n_layer: 1,
  n_head: 2,
});
const weights = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251));

const small = ["config.json", "tokenizer.json", "tokenizer_config.json"];

let hub: Hub;
let into: string;
beforeEach(async () => {
  hub = await serveHub("owner/otter", {
    "config.json": config,
    "tokenizer.json": "{}",
    "tokenizer_config.json": "{}",
    "model.safetensors": weights,
    "pytorch_model.bin": "a pickle",
    "consolidated.safetensors": "the same weights once more",
    "notes.txt": "not of a model",
  });
  into = mkdtempSync(join(tmpdir(), "rankloop-hub-"));
});
afterEach(() => {
  hub.close();
  rmSync(into, { recursive: true });
});

interface Seen {
  commit?: string;
  bytes?: number;
  here: number[];
}

async function fetched(changed: { repository?: string; revision?: string; token?: string; hub?: string } = {}) {
  const seen: Seen = { here: [] };
  const stop = new AbortController();
  const options = {
    signal: stop.signal,
    onFound: (found: { commit: string; bytes: number }) => void Object.assign(seen, found),
    onBytes: (bytes: number) => void seen.here.push(bytes),
  };
  const wanted = { hub: hub.address, repository: "owner/otter", revision: "main", into, ...changed };
  const failure = await fetchModel(wanted, options).then(
    () => null,
    (error: Error) => error,
  );
  return { seen, failure };
}

test("fetches what is of a model, small files first, each checked, and says how far it is", async () => {
  const { seen, failure } = await fetched();
  expect(failure).toBe(null);
  expect(readdirSync(into).sort()).toEqual([...small, "model.safetensors"].sort());
  expect(readFileSync(join(into, "model.safetensors")).equals(weights)).toBe(true);
  const bytes = config.length + 4 + weights.length;
  expect(seen).toMatchObject({ commit, bytes });
  expect(seen.here.at(-1)).toBe(bytes);
  expect(seen.here).toEqual(seen.here.toSorted((a, b) => a - b));
  expect(hub.asked.map(({ path }) => path)).toEqual([...small, "model.safetensors"]);
});

test("what would have it read another folder of this machine is not fetched", async () => {
  hub.files.set("adapter_config.json", Buffer.from('{"base_model_name_or_path": "/srv/theirs"}'));
  expect((await fetched()).failure).toBe(null);
  expect(readdirSync(into).sort()).toEqual([...small, "model.safetensors"].sort());
});

test("goes on where it was cut, and fetches nothing twice", async () => {
  hub.meddle = (path, reply) => {
    if (path !== "model.safetensors") return false;
    reply
      .writeHead(200, { "content-length": weights.length })
      .write(weights.subarray(0, 1_000_000), () => reply.destroy());
    return true;
  };
  const { failure } = await fetched();
  expect(failure).toBeInstanceOf(HubError);
  expect(failure).toMatchObject({ passing: true });
  const here = readFileSync(join(into, "model.safetensors")).length;
  expect(here).toBeGreaterThan(0);
  hub.meddle = () => false;
  hub.asked.length = 0;
  expect((await fetched()).failure).toBe(null);
  expect(hub.asked.map(({ path, range }) => [path, range])).toEqual([
    ["model.safetensors", `bytes=${here}-${weights.length - 1}`],
  ]);
  expect(readFileSync(join(into, "model.safetensors")).equals(weights)).toBe(true);
});

test("a file that came broken is not kept, and comes whole with the next try", async () => {
  writeFileSync(join(into, "model.safetensors"), Buffer.alloc(1_000));
  const { failure } = await fetched();
  expect(failure?.message).toBe("model.safetensors came broken: its checksum is not the hub's.");
  expect(readdirSync(into)).not.toContain("model.safetensors");
  expect((await fetched()).failure).toBe(null);
});

test("a small file is checked as git does", async () => {
  hub.meddle = (path, reply) => {
    if (path !== "tokenizer.json") return false;
    reply.writeHead(200).end("[]");
    return true;
  };
  expect((await fetched()).failure?.message).toMatch(/^tokenizer.json came broken/);
});

test.each<[string, () => void, object, RegExp]>([
  ["only a pickle", () => hub.files.delete("model.safetensors"), {}, /pytorch_model.bin is a pickle.*save_pretrained/],
  ["no config", () => hub.files.delete("config.json"), {}, /has no config.json/],
  ["no tokenizer", () => hub.files.delete("tokenizer.json"), {}, /has no tokenizer.json: it is no model/],
  [
    "an adapter alone",
    () => {
      hub.files.delete("config.json");
      hub.files.set("adapter_config.json", Buffer.from("{}"));
    },
    {},
    /is an adapter without its base model: put both/,
  ],
  [
    "an architecture that is not known",
    () => hub.files.set("config.json", Buffer.from('{"model_type":"mamba"}')),
    {},
    /mamba/,
  ],
  ["no such model", () => {}, { repository: "owner/beaver" }, /has no owner\/beaver at main\.$/],
  ["no such revision", () => {}, { revision: "v9" }, /has no owner\/otter at v9\.$/],
  ["a hub that is not there", () => {}, { hub: "http://127.0.0.1:1" }, /cannot be reached, or broke off/],
])("%s is one sentence, and no weights are fetched", async (_, change, changed, sentence) => {
  change();
  const { failure } = await fetched(changed);
  expect(failure).toBeInstanceOf(HubError);
  expect(failure?.message).toMatch(sentence);
  expect(failure?.message).toMatch(/^[^\n]*\.$/);
  expect(readdirSync(into)).not.toContain("model.safetensors");
});

test("a token is sent to the hub, and not to where it sends on", async () => {
  const other = await serveHub("owner/otter", Object.fromEntries(hub.files));
  hub.meddle = (path, reply) => {
    if (path !== "model.safetensors") return false;
    reply.writeHead(302, { location: `${other.address}/owner/otter/resolve/${commit}/${path}` }).end();
    return true;
  };
  expect((await fetched({ token: "of-our-own-hub" })).failure).toBe(null);
  other.close();
  const shown = ({ asked }: Hub) => new Set(asked.map(({ authorization }) => authorization));
  expect([shown(hub), shown(other)]).toEqual([new Set(["Bearer of-our-own-hub"]), new Set([undefined])]);
  expect(readFileSync(join(into, "model.safetensors")).equals(weights)).toBe(true);
});
