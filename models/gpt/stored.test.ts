// Model directories as they are found: sharded, half there, pickled, an adapter, with buffers of any type.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exportModel } from "../export/export.ts";
import { smallArchitecture } from "../export/families.fixture.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { hashModel } from "../train/run-state.ts";
import { familyOf, parseArchitecture } from "./architecture.ts";
import { describeModel, ModelDirectoryError, readModel, verifyModel, type Weights, writeModel } from "./checkpoint.ts";
import { gpt2 } from "./families/gpt2.ts";
import { languageModelHead } from "./heads.ts";
import { initialWeights } from "./init.ts";

const config = gpt2({ vocabSize: 11, nCtx: 8, nEmbd: 4, nLayer: 1, nHead: 2, eosTokenId: 10 });
const weights = initialWeights(config, 1);

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stored-"));
  const tokenizerFrom = join(root, "tokenizer");
  await mkdir(tokenizerFrom);
  await writeFile(join(tokenizerFrom, "tokenizer.json"), '{"model": {}}');
  await writeFile(join(tokenizerFrom, "tokenizer_config.json"), "{}");
  dir = join(root, "model");
  await writeModel(dir, { config, kind: "lm", weights, dtype: "F32", tokenizerFrom });
});
afterEach(() => rm(root, { recursive: true }));

interface Tensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** Tensors as a file holds them, with their own bytes. */
async function tensorsOf(file: string): Promise<Map<string, Tensor>> {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, Tensor & { data_offsets: number[] }>;
  return new Map(
    Object.entries(header).flatMap(([name, { dtype, shape, data_offsets }]) => {
      if (name === "__metadata__") return [];
      const [from, to] = data_offsets as [number, number];
      return [[name, { dtype, shape, bytes: bytes.subarray(start + from, start + to) }]];
    }),
  );
}

async function writeFileOf(file: string, tensors: ReadonlyMap<string, Tensor>): Promise<void> {
  let at = 0;
  const entries = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const entry = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    return [name, entry];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  await writeFile(file, Buffer.concat([size, header, ...[...tensors.values()].map(({ bytes }) => bytes)]));
}

const floats = (shape: number[], data: readonly number[]): Tensor => ({
  dtype: "F32",
  shape,
  bytes: new Uint8Array(Float32Array.from(data).buffer),
});
const json = (file: string, value: unknown) => writeFile(join(dir, file), JSON.stringify(value));
const weightsFile = () => join(dir, "model.safetensors");

/** The model's tensors in two files, with an index. */
async function shard(): Promise<string[]> {
  const all = [...(await tensorsOf(weightsFile()))];
  await rm(weightsFile());
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const parts = [all.slice(0, 5), all.slice(5)];
  for (const [i, part] of parts.entries()) await writeFileOf(join(dir, names[i]!), new Map(part));
  const map = parts.flatMap((part, i) => part.map(([name]) => [name, names[i]!]));
  await json("model.safetensors.index.json", { metadata: {}, weight_map: Object.fromEntries(map) });
  return names;
}

test("weights in several files are those of one, and the run knows them all", async () => {
  const before = await readModel(dir);
  const names = await shard();
  expect(await readModel(dir)).toEqual(before);
  const hash = await hashModel(dir);
  const last = join(dir, names[1]!);
  const changed = await readFile(last);
  changed[changed.length - 1]! ^= 1;
  await writeFile(last, changed);
  expect(await hashModel(dir)).not.toBe(hash);
});

test.each(["U8", "BOOL", "F32"])("masks stored as %s are no weights, and left unread", async (dtype) => {
  const before = await readModel(dir);
  const tensors = await tensorsOf(weightsFile());
  const bytes = new Uint8Array((dtype === "F32" ? 4 : 1) * 64);
  tensors.set("transformer.h.0.attn.bias", { dtype, shape: [1, 1, 8, 8], bytes });
  tensors.set("transformer.h.0.attn.masked_bias", floats([], [-10_000]));
  await writeFileOf(weightsFile(), tensors);
  expect(await readModel(dir)).toEqual(before);
});

test.each([
  ["openai-gpt", ["h.0.attn.bias", "position_ids"]],
  ["gpt2", ["h.1.attn.bias", "h.1.attn.masked_bias"]],
  ["gpt_neo", ["h.0.attn.attention.bias", "h.1.attn.attention.masked_bias"]],
  ["gpt_neox", ["layers.0.attention.bias", "layers.1.attention.masked_bias", "layers.0.attention.rotary_emb.inv_freq"]],
  ["llama", ["layers.0.self_attn.rotary_emb.inv_freq"]],
  ["qwen2", ["rotary_emb.inv_freq"]],
])(
  "%s: what old files hold beside weights is left unread, names with and without the family's prefix",
  async (type, buffers) => {
    const architecture = smallArchitecture(type);
    const all = tinyWeights(languageModelHead, 1, architecture);
    const tokenizerFrom = join(root, "tokenizer");
    await writeModel(dir, { config: architecture, kind: "lm", weights: all, dtype: "F32", tokenizerFrom });
    const before = await readModel(dir);
    const tensors = await tensorsOf(weightsFile());
    const { prefix } = familyOf(architecture);
    for (const name of buffers) {
      tensors.set(prefix + name, { dtype: "U8", shape: [1, 4], bytes: new Uint8Array(4) });
    }
    await writeFileOf(weightsFile(), tensors);
    expect(await readModel(dir)).toEqual(before);
    const bare = [...tensors].map(([name, tensor]) => [name.replace(prefix, ""), tensor] as const);
    expect(bare.filter(([name]) => tensors.has(name)).length).toBeLessThan(2);
    await writeFileOf(weightsFile(), new Map(bare));
    expect(await readModel(dir)).toEqual(before);
  },
);

test("an output projection of its own is used, a copy of the embedding is not stored twice", async () => {
  const tensors = await tensorsOf(weightsFile());
  const embedding = tensors.get("transformer.wte.weight")!;
  await writeFileOf(weightsFile(), new Map([...tensors, ["lm_head.weight", embedding]]));
  expect((await readModel(dir)).config).toEqual(config);
  const other = floats(
    [11, 4],
    Array.from({ length: 44 }, (_, i) => i / 8),
  );
  await writeFileOf(weightsFile(), new Map([...tensors, ["lm_head.weight", other]]));
  const own = await readModel(dir);
  expect(own.config.tieWordEmbeddings).toBe(false);
  expect(own.weights.get("lm_head.weight")!.data[9]).toBe(9 / 8);
  expect((await describeModel(dir)).parameters).toBe(
    [...own.weights.values()].reduce((sum, { data }) => sum + data.length, 0),
  );
});

test("what ends an answer is read from generation_config.json, one token or several", async () => {
  await json("generation_config.json", { eos_token_id: [10, 3] });
  expect((await readModel(dir)).config.eosTokenIds).toEqual([10, 3]);
  await json("generation_config.json", { do_sample: true });
  expect((await readModel(dir)).config.eosTokenIds).toEqual([10]);
  await json("generation_config.json", { eos_token_id: [10, 11] });
  await expect(readModel(dir)).rejects.toThrow(/generation_config\.json: token 11 is outside the vocabulary of 11\.$/);
});

describe("an adapter", () => {
  const base = () => join(root, "model");
  const adapterTensors = (): Map<string, Tensor> =>
    new Map([
      ["base_model.model.transformer.h.0.attn.c_proj.lora_A.weight", floats([1, 4], [1, 2, 0, 0])],
      ["base_model.model.transformer.h.0.attn.c_proj.lora_B.weight", floats([4, 1], [1, 0, 0, 3])],
    ]);

  async function adapt(keys: object = {}, tensors = adapterTensors()): Promise<void> {
    dir = join(root, "adapter");
    await mkdir(dir, { recursive: true });
    await json("adapter_config.json", { peft_type: "LORA", base_model_name_or_path: "model", lora_alpha: 2, ...keys });
    await writeFileOf(join(dir, "adapter_model.safetensors"), tensors);
  }
  const change = ({ weights: now }: { weights: Weights }, name: string) =>
    [...now.get(name)!.data].map((x, i) => +(x - weights.get(name)!.data[i]!).toFixed(4));

  test("is merged into its base model, α/r times", async () => {
    await adapt();
    const merged = await readModel(dir);
    // Row i, column o of [in, out] is 2 · B[o] · A[i].
    expect(change(merged, "h.0.attn.c_proj.weight")).toEqual([2, 0, 0, 6, 4, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(change(merged, "h.0.mlp.c_proj.weight").every((x) => x === 0)).toBe(true);
    expect((await describeModel(dir)).parameters).toBe((await describeModel(base())).parameters);
    const hash = await hashModel(dir);
    await adapt({ alpha_pattern: { "attn.c_proj": 4 } });
    expect(change(await readModel(dir), "h.0.attn.c_proj.weight")[0]).toBe(4);
    expect(await hashModel(dir)).not.toBe(hash);
  });

  /** The same of rank 4: three of its four columns are 0. */
  const ofRank4 = () => {
    const [[a], [b]] = [...adapterTensors()] as [[string, Tensor], [string, Tensor]];
    return new Map([
      [a, floats([4, 4], [1, 2, 0, 0, ...Array<number>(12).fill(0)])],
      [b, floats([4, 4], [1, 0, 0, 0, ...Array<number>(8).fill(0), 3, 0, 0, 0])],
    ]);
  };

  test.each<[string, object, Map<string, Tensor>, number]>([
    ["α/r", { lora_alpha: 8 }, ofRank4(), 2],
    ["α/√r", { lora_alpha: 8, use_rslora: true }, ofRank4(), 4],
    ["α of a module's own", { alpha_pattern: { "attn.c_proj": 4 } }, adapterTensors(), 4],
    ["α of a module by its whole name", { alpha_pattern: { "transformer.h.0.attn.c_proj": 6 } }, adapterTensors(), 6],
    ["α of its own over √r", { use_rslora: true, alpha_pattern: { c_proj: 4 } }, ofRank4(), 2],
    [
      "the α of another module",
      { alpha_pattern: { "mlp.c_proj": 4, "1.attn.c_proj": 4, roj: 4 } },
      adapterTensors(),
      2,
    ],
  ])("adds B·A %s times", async (_, keys, tensors, times) => {
    await adapt(keys, tensors);
    const expected = [1, 0, 0, 3, 2, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0].map((x) => times * x);
    expect(change(await readModel(dir), "h.0.attn.c_proj.weight")).toEqual(expected);
  });

  test("of matrices that stand the other way round is merged as they stand", async () => {
    const sizes = { hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1 };
    const keys = { ...sizes, model_type: "llama", vocab_size: 11, max_position_embeddings: 8, intermediate_size: 6 };
    const llama = parseArchitecture(keys, "config.json");
    const before = initialWeights(llama, 1);
    const tokenizerFrom = join(root, "tokenizer");
    await writeModel(base(), { config: llama, kind: "lm", weights: before, dtype: "F32", tokenizerFrom });
    const name = "layers.0.self_attn.k_proj";
    await adapt(
      {},
      new Map([
        [`base_model.model.model.${name}.lora_A.weight`, floats([1, 4], [1, 2, 0, 0])],
        [`base_model.model.model.${name}.lora_B.weight`, floats([2, 1], [1, 3])],
      ]),
    );
    const now = (await readModel(dir)).weights.get(`${name}.weight`)!;
    const added = [...now.data].map((x, i) => +(x - before.get(`${name}.weight`)!.data[i]!).toFixed(4));
    // Row o, column i of [out, in] is 2 · B[o] · A[i].
    expect([now.shape, added]).toEqual([
      [2, 4],
      [2, 4, 0, 0, 6, 12, 0, 0],
    ]);
  });

  test("puts what it holds whole in the model's place", async () => {
    await adapt({}, adapterTensors().set("base_model.model.transformer.ln_f.bias", floats([4], [1, 2, 3, 4])));
    expect([...(await readModel(dir)).weights.get("ln_f.bias")!.data]).toEqual([1, 2, 3, 4]);
  });

  test("comes out of an export as one model", async () => {
    await adapt();
    const out = join(root, "whole");
    await exportModel(dir, "hf", out);
    expect(await readModel(out)).toEqual(await readModel(dir));
    expect(existsSync(join(out, "adapter_config.json"))).toBe(false);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "α by a pattern",
      () => adapt({ alpha_pattern: { "h.[0-3].*": 4 } }),
      /no adapter that can be merged: "alpha_pattern": only names of modules are read\.$/,
    ],
    [
      "a bias that was trained",
      () => adapt({ lora_bias: true }),
      /no adapter that can be merged: "lora_bias" should be false\.$/,
    ],
    [
      "layers repeated",
      () => adapt({ layer_replication: [[0, 1]] }),
      /no adapter that can be merged: "layer_replication" should be null, not a list\.$/,
    ],
    [
      "a whole tensor of another shape",
      () => adapt({}, adapterTensors().set("base_model.model.transformer.ln_f.bias", floats([3], [1, 2, 3]))),
      /ln_f\.bias is \[3\], but the model's is \[4\]\.$/,
    ],
    [
      "a pair that does not fit",
      () => adapt({}, adapterTensors().set([...adapterTensors().keys()][1]!, floats([3, 1], [1, 2, 3]))),
      /lora_A\.weight does not fit the model's\.$/,
    ],
    ["no base model", () => adapt({ base_model_name_or_path: "org/none" }), /base_model_name_or_path: org\/none is no/],
    [
      "another method",
      () => adapt({ peft_type: "IA3" }),
      /no adapter that can be merged: "peft_type" should be "LORA"\.$/,
    ],
    ["DoRA", () => adapt({ use_dora: true }), /no adapter that can be merged: "use_dora" should be false\.$/],
    ["no numbers", () => adapt().then(() => rm(join(dir, "adapter_model.safetensors"))), /has no adapter_model\.safe/],
    [
      "half a pair",
      () => adapt({}, new Map([...adapterTensors()].slice(0, 1))),
      /c_proj\.lora_A\.weight has no lora_B beside it\.$/,
    ],
    [
      "a layer that is not there",
      () => adapt({}, new Map([...adapterTensors()].map(([name, tensor]) => [name.replace("h.0", "h.7"), tensor]))),
      /h\.7\.attn\.c_proj\.lora_A\.weight belongs to no tensor of the model\.$/,
    ],
  ])("is refused before it is read: %s", async (_, spoil, message) => {
    await spoil();
    for (const read of [describeModel, readModel]) {
      const error = await read(dir).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ModelDirectoryError);
      expect((error as Error).message).toMatch(message);
    }
  });

  test("with numbers that are none is refused when the model is added", async () => {
    await adapt();
    await expect(verifyModel(dir)).resolves.toEqual(await describeModel(dir));
    const [[name, { shape }]] = [...adapterTensors()] as [[string, Tensor]];
    await adapt({}, adapterTensors().set(name, floats(shape, Array<number>(shape[0]! * shape[1]!).fill(Number.NaN))));
    await expect(verifyModel(dir)).rejects.toThrow(
      /adapter_model\.safetensors: tensor .*lora_\w\.weight holds numbers that are not finite\.$/,
    );
  });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    "half of the files",
    async () => rm(join(dir, (await shard())[1]!)),
    /has no model-00002-of-00002\.safetensors, which/,
  ],
  [
    "half a file",
    async () => {
      const file = join(dir, (await shard())[1]!);
      await writeFile(file, (await readFile(file)).subarray(0, -9));
    },
    /model-00002-of-00002\.safetensors is no safetensors file: it is cut short/,
  ],
  [
    "an index that leads out of the directory",
    async () => {
      await shard();
      await json("model.safetensors.index.json", { weight_map: { "wte.weight": "../../secret.safetensors" } });
    },
    /model\.safetensors\.index\.json is no index of weights: "weight_map\.wte\.weight" is not written as it should be\.$/,
  ],
  [
    "a pickle",
    () => rename(weightsFile(), join(dir, "pytorch_model.bin")),
    /pytorch_model\.bin is a pickle, which could run anything and is never opened: convert it/,
  ],
  ["another program's file", () => rename(weightsFile(), join(dir, "model.gguf")), /and model\.gguf is not read\.$/],
  [
    "a header of 2^60 bytes",
    async () => {
      const bytes = await readFile(weightsFile());
      bytes.writeBigUInt64LE(2n ** 60n);
      await writeFile(weightsFile(), bytes);
    },
    /shorter than its header says\.$/,
  ],
  [
    "a tensor of 2^60 bytes",
    async () => {
      const tensors = await tensorsOf(weightsFile());
      tensors.set("transformer.wte.weight", { ...tensors.get("transformer.wte.weight")!, shape: [2 ** 30, 2 ** 28] });
      await writeFileOf(weightsFile(), tensors);
    },
    /tensor transformer\.wte\.weight of shape \[1073741824, 268435456\] needs 11529215046068\d+ bytes/,
  ],
  [
    "weights of 8 bits",
    async () => {
      const tensors = await tensorsOf(weightsFile());
      tensors.set("transformer.ln_f.bias", { dtype: "I8", shape: [4], bytes: new Uint8Array(4) });
      await writeFileOf(weightsFile(), tensors);
    },
    /tensor .*ln_f\.bias holds I8; only F32, F16 and BF16 are read\.$/,
  ],
])("refused: %s", async (_, spoil, message) => {
  await spoil();
  const error = await readModel(dir).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ModelDirectoryError);
  expect((error as Error).message).toMatch(message);
});

const [f32, bits16] = [
  (bits: number) => new Uint8Array(Uint32Array.from([0, bits, 0, 0]).buffer),
  (bits: number) => new Uint8Array(Uint16Array.from([0, bits, 0, 0]).buffer),
];
test.each<[string, string, Uint8Array]>([
  ["NaN", "F32", f32(0x7fc00000)],
  ["−∞", "F32", f32(0xff800000)],
  ["∞", "F16", bits16(0x7c00)],
  ["NaN", "F16", bits16(0xfe01)],
  ["−∞", "BF16", bits16(0xff80)],
  ["NaN", "BF16", bits16(0x7fc1)],
])("%s in %s is refused, in one sentence that names the tensor", async (_, dtype, bytes) => {
  const tensors = await tensorsOf(weightsFile());
  const large = dtype === "F32" ? f32(0x7f7fffff) : bits16(dtype === "F16" ? 0xfbff : 0x7f7f);
  tensors.set("transformer.ln_f.bias", { dtype, shape: [4], bytes: large });
  await writeFileOf(weightsFile(), tensors);
  expect(await verifyModel(dir)).toEqual(await describeModel(dir));
  tensors.set("transformer.ln_f.bias", { dtype, shape: [4], bytes });
  await writeFileOf(weightsFile(), tensors);
  for (const read of [verifyModel, readModel]) {
    const error = await read(dir).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelDirectoryError);
    expect((error as Error).message).toBe(`${weightsFile()}: tensor ln_f.bias holds numbers that are not finite.`);
  }
});
