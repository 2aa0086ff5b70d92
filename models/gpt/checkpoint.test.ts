import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Architecture, parameterShapes } from "./architecture.ts";
import { describeModel, ModelDirectoryError, readHeads, readModel, type Weights, writeModel } from "./checkpoint.ts";
import { beingWritten } from "./directory.ts";
import { gpt2 } from "./families/gpt2.ts";
import type { ModelKind } from "./heads.ts";
import { readHeader } from "./safetensors.ts";

const config = gpt2({
  vocabSize: 11,
  nCtx: 8,
  nEmbd: 4,
  nLayer: 2,
  nHead: 2,
  eosTokenId: 10,
});

let root: string;
let tokenizerFrom: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "checkpoint-"));
  tokenizerFrom = join(root, "tokenizer");
  await mkdir(tokenizerFrom);
  await writeFile(join(tokenizerFrom, "tokenizer.json"), '{"model": {}}');
  await writeFile(join(tokenizerFrom, "tokenizer_config.json"), "{}");
});
afterEach(() => rm(root, { recursive: true }));

function weightsOf(kind: ModelKind, c: Architecture = config, start = 0): Weights {
  let next = start;
  const fill = (shape: number[]) => ({
    shape,
    // Multiples of 1/64 below 16: exact in F16.
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (next++ % 1000) / 64),
  });
  return new Map([...parameterShapes(c, { kind })].map(([name, shape]) => [name, fill(shape)]));
}

async function write(name: string, kind: ModelKind = "lm", dtype: "F32" | "F16" = "F32", start = 0): Promise<string> {
  const dir = join(root, name);
  await writeModel(dir, { config, kind, weights: weightsOf(kind, config, start), dtype, tokenizerFrom });
  return dir;
}

/** Rewrite a directory's weights file with other names or entries, keeping the bytes. */
async function renameTensors(dir: string, change: (header: Record<string, unknown>) => Record<string, unknown>) {
  const file = join(dir, "model.safetensors");
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = Buffer.from(JSON.stringify(change(JSON.parse(bytes.toString("utf8", 8, 8 + length)))));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  await writeFile(file, Buffer.concat([size, header, bytes.subarray(8 + length)]));
}

const editConfig = async (dir: string, change: Record<string, unknown>) => {
  const file = join(dir, "config.json");
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), ...change }));
};

test.each([
  ["lm", "F32"],
  ["lm", "F16"],
  ["reward", "F16"],
] as const)("a %s written as %s is read back", async (kind, dtype) => {
  const dir = await write("model", kind, dtype);
  expect(await readModel(dir)).toEqual({ config, kind, weights: weightsOf(kind) });
  const parameters = [...weightsOf(kind).values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(await describeModel(dir)).toEqual({ config, kind, parameters, heads: 0 });
  expect(await readHeads(dir)).toBeNull();
});

test("a reward model's heads are read back beside it, and must be as wide as the model", async () => {
  const dir = join(root, "model");
  const heads = (width: number) => ({ shape: [3, width], data: Float32Array.from({ length: 3 * width }, (_, i) => i) });
  const model = { config, kind: "reward", weights: weightsOf("reward"), dtype: "F16", tokenizerFrom } as const;
  await writeModel(dir, { ...model, heads: heads(4) });
  expect(await readHeads(dir)).toEqual(heads(4));
  expect(await describeModel(dir)).toMatchObject({ kind: "reward", heads: 3 });
  await writeModel(dir, { ...model, heads: heads(5) });
  await expect(readHeads(dir)).rejects.toThrow("must hold heads.weight of shape [heads, 4] and nothing else.");
  await expect(describeModel(dir)).rejects.toThrow(ModelDirectoryError);
  // A model that takes its place has none.
  await writeModel(dir, model);
  expect(await readHeads(dir)).toBeNull();
});

test("an untied output projection is stored and read", async () => {
  const untied = { ...config, tieWordEmbeddings: false };
  const dir = join(root, "untied");
  await writeModel(dir, { config: untied, kind: "lm", weights: weightsOf("lm", untied), dtype: "F32", tokenizerFrom });
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm", untied));
});

test("the layout is Hugging Face's", async () => {
  const dir = await write("model", "reward", "F16");
  expect((await readdir(dir)).sort()).toEqual(
    ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"].sort(),
  );
  const json = JSON.parse(await readFile(join(dir, "config.json"), "utf8"));
  expect(json).toMatchObject({
    model_type: "gpt2",
    architectures: ["GPT2ForSequenceClassification"],
    num_labels: 1,
    n_embd: 4,
    n_positions: 8,
    torch_dtype: "float16",
  });
  const names = [...(await readHeader(join(dir, "model.safetensors"))).keys()];
  expect(names).toContain("transformer.h.1.attn.c_attn.weight");
  expect(names).toContain("transformer.wte.weight");
  expect(names).toContain("score.weight");
});

test("names without a prefix and masks of old versions are read", async () => {
  const dir = await write("model");
  await renameTensors(dir, (header) => {
    const renamed = Object.entries(header).map(([name, entry]) => [name.replace("transformer.", ""), entry]);
    const end = Math.max(
      ...renamed.slice(1).map(([, entry]) => (entry as { data_offsets: number[] }).data_offsets[1]!),
    );
    const none = { dtype: "F32", shape: [0], data_offsets: [end, end] };
    const ignored = ["h.0.attn.bias", "h.1.attn.masked_bias"].map((name) => [name, none]);
    return Object.fromEntries([...renamed, ...ignored]);
  });
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm"));
});

test("a reward model without score.bias gets zero", async () => {
  const dir = join(root, "unbiased");
  const weights = weightsOf("reward");
  weights.delete("score.bias");
  await writeModel(dir, { config, kind: "reward", weights, dtype: "F32", tokenizerFrom });
  expect((await readModel(dir)).weights.get("score.bias")).toEqual({ shape: [1], data: new Float32Array(1) });
});

const without = (name: string) => (header: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(header).map(([key, entry]) => [key === name ? "surprise" : key, entry]));

test.each<[string, (dir: string) => Promise<unknown>, RegExp]>([
  ["no config.json", (dir) => rm(join(dir, "config.json")), /no readable .*config\.json/],
  ["a config that is no JSON", (dir) => writeFile(join(dir, "config.json"), "{"), /config\.json is not JSON/],
  [
    "another architecture",
    (dir) => editConfig(dir, { model_type: "mamba" }),
    /config\.json: model_type mamba is not one .*: openai-gpt, gpt2, /,
  ],
  ...["n_layer", "n_head", "n_embd", "n_positions", "vocab_size"].map(
    (field): [string, (dir: string) => Promise<unknown>, RegExp] => [
      `a billion of ${field}`,
      (dir) => editConfig(dir, { [field]: 1e9 }),
      new RegExp(`config\\.json: "${field}" should be at most \\d+\\.$`),
    ],
  ),
  [
    "a config of megabytes",
    (dir) => writeFile(join(dir, "config.json"), " ".repeat(2 ** 20 + 1)),
    /config\.json is no model's config: it has 1048577 bytes\.$/,
  ],
  [
    "a header of megabytes",
    (dir) => renameTensors(dir, (h) => ({ ...h, __metadata__: { about: " ".repeat(8_000_000) } })),
    /model\.safetensors has a header of \d+ bytes; at most 8000000 are read\.$/,
  ],
  [
    "other sizes",
    (dir) => editConfig(dir, { n_positions: 9 }),
    /wpe\.weight is \[8, 4\], but config\.json makes it \[9, 4\]/,
  ],
  [
    "more layers",
    (dir) => editConfig(dir, { n_layer: 3 }),
    /Not in .*model\.safetensors: h\.2\.ln_1\.weight, .* and 9 more/,
  ],
  ["fewer layers", (dir) => editConfig(dir, { n_layer: 1 }), /No part of a gpt2 model, but in .*: h\.1\.ln_1\.weight/],
  ["no weights", (dir) => rm(join(dir, "model.safetensors")), /has no model\.safetensors/],
  ["a lost tensor", (dir) => renameTensors(dir, without("transformer.ln_f.bias")), /Not in .*: ln_f\.bias\./],
  [
    "one name twice",
    (dir) => renameTensors(dir, (h) => ({ ...h, "wte.weight": { dtype: "F32", shape: [0], data_offsets: [0, 0] } })),
    /has wte\.weight with and without/,
  ],
  [
    "a cut file",
    async (dir) => {
      const file = join(dir, "model.safetensors");
      await writeFile(file, (await readFile(file)).subarray(0, -3));
    },
    /model\.safetensors is no safetensors file: it is cut short/,
  ],
])("refused: %s", async (_, spoil, message) => {
  const dir = await write("model");
  await spoil(dir);
  for (const read of [readModel, describeModel]) {
    const error = await read(dir).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "ModelDirectoryError", code: "MODEL_DIRECTORY" });
    expect((error as Error).message).toMatch(message);
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refused: a weight of %s", async (x) => {
  const dir = await write("model");
  const file = join(dir, "model.safetensors");
  const bytes = await readFile(file);
  bytes.writeFloatLE(x, bytes.length - 8);
  await writeFile(file, bytes);
  await expect(readModel(dir)).rejects.toThrow(
    /model\.safetensors: tensor [\w.]+ holds numbers that are not finite\.$/,
  );
});

test("refused: a classifier of two labels", async () => {
  const dir = await write("model", "reward");
  await editConfig(dir, { num_labels: 2 });
  await expect(readModel(dir)).rejects.toThrow(/classifier of 2 labels/);
});

test("weights that do not fit the config are not written", async () => {
  const weights = weightsOf("lm");
  weights.delete("ln_f.bias");
  const dir = join(root, "model");
  const write = writeModel(dir, { config, kind: "lm", weights, dtype: "F32", tokenizerFrom });
  await expect(write).rejects.toThrow(/Not in the weights to write: ln_f\.bias/);
  expect(await readdir(root)).toEqual(["tokenizer"]);
});

test("a model is replaced as a whole, leaving nothing beside it; its card stays", async () => {
  const dir = await write("model");
  await writeFile(join(dir, "README.md"), "# card\n");
  await writeModel(dir, {
    config,
    kind: "lm",
    weights: weightsOf("lm", config, 5),
    dtype: "F32",
    tokenizerFrom: dir,
  });
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm", config, 5));
  expect(await readFile(join(dir, "README.md"), "utf8")).toBe("# card\n");
  expect((await readdir(root)).sort()).toEqual(["model", "tokenizer"]);
});

test("a failed write leaves the old model, a directory of other files is never replaced", async () => {
  const dir = await write("model");
  const weights = weightsOf("lm", config, 5);
  weights.get("ln_f.bias")!.data[0] = Number.POSITIVE_INFINITY;
  const write2 = () => writeModel(dir, { config, kind: "lm", weights, dtype: "F16", tokenizerFrom });
  await expect(write2()).rejects.toThrow(/Tensor transformer\.ln_f\.bias has a number/);
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm"));
  expect((await readdir(root)).sort()).toEqual(["model", "tokenizer"]);

  await writeFile(join(dir, "thesis.tex"), "years of work");
  await expect(write("model")).rejects.toThrow(/holds thesis\.tex, which is no part of this model/);
  expect(await readFile(join(dir, "thesis.tex"), "utf8")).toBe("years of work");
});

test("a writer killed between its two renames loses nothing", async () => {
  const dir = await write("model");
  await rename(dir, `${dir}.previous`);
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm"));
  await mkdir(`${dir}${beingWritten.replace(/\d+$/, "999999999")}-abc`); // what it left of the new one
  await mkdir(`${dir}.writing-999999999-abc`); // and what a killed one of an earlier version did
  await write("model", "lm", "F32", 5);
  expect((await readModel(dir)).weights).toEqual(weightsOf("lm", config, 5));
  expect((await readdir(root)).sort()).toEqual(["model", "tokenizer"]);
});

/** Mounts a file system of 64 kB, where this machine lets us; else returns undefined. */
function tinyDisk(at: string): (() => void) | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", at], { stdio: "ignore" });
    return () => execFileSync("umount", [at]);
  } catch {
    return undefined;
  }
}

test("a full disk leaves the old model whole", async (context) => {
  const disk = join(root, "disk");
  await mkdir(disk);
  const unmount = tinyDisk(disk);
  if (!unmount) return context.skip("mounting a small file system needs root on Linux");
  try {
    const dir = await write("disk/model");
    const larger = gpt2({ vocabSize: 64, nCtx: 8, nEmbd: 64, nLayer: 2, nHead: 2, eosTokenId: 10 });
    const attempt = writeModel(dir, {
      config: larger,
      kind: "lm",
      weights: weightsOf("lm", larger),
      dtype: "F32",
      tokenizerFrom,
    });
    await expect(attempt).rejects.toThrow(/model could not be written and is as before: the disk is full\.$/);
    expect((await readModel(dir)).weights).toEqual(weightsOf("lm"));
    expect(await readdir(disk)).toEqual(["model"]);
  } finally {
    unmount();
  }
});

test("a tokenizer that is not there is named before anything is written", async () => {
  await rm(join(tokenizerFrom, "tokenizer_config.json"));
  await expect(write("model")).rejects.toThrow(/has no tokenizer_config\.json to copy/);
  expect(await readdir(root)).toEqual(["tokenizer"]);
});
