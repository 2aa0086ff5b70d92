// GGUF files, read back by the specification. That llama.cpp makes the same ids and tokens of them was tried by hand
// (node-llama-cpp 3.21.1, keys and values in F32).
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { languageModelHead } from "../gpt/heads.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { SmallModels, smallArchitecture, smallFamilies } from "./families.fixture.ts";
import { ggufTensors } from "./gguf.ts";

let models: SmallModels;
beforeAll(async () => {
  models = await SmallModels.create();
});
afterAll(() => models.remove());

const carried: Record<string, Record<string, unknown>> = {
  gpt2: smallFamilies().gpt2!,
  llama: smallFamilies().llama!,
  mistral: { ...smallFamilies().mistral, sliding_window: null },
  qwen2: smallFamilies().qwen2!,
  qwen3: smallFamilies().qwen3!,
};
test.each(Object.keys(carried))("%s is read back whole", async (type) => {
  const { dir, architecture, weights } = await models.write(type, languageModelHead, carried[type]);
  const out = await models.export(dir, "gguf");
  expect(readdirSync(out)).toEqual(["model.gguf"]);
  const { fields, tensors } = readGguf(await readFile(join(out, "model.gguf")));
  const name = type === "mistral" ? "llama" : type;
  const json = JSON.parse(await readFile(join(models.tokenizer, "tokenizer.json"), "utf8"));
  const settings = JSON.parse(await readFile(join(models.tokenizer, "tokenizer_config.json"), "utf8"));
  expect(fields).toMatchObject({
    "general.architecture": name,
    [`${name}.context_length`]: 48,
    [`${name}.embedding_length`]: 16,
    [`${name}.block_count`]: 2,
    [`${name}.feed_forward_length`]: 24,
    [`${name}.attention.head_count`]: architecture.nHead,
    [`${name}.attention.head_count_kv`]: architecture.nKvHead,
    [`${name}.attention.layer_norm_${type === "gpt2" ? "" : "rms_"}epsilon`]: Math.fround(architecture.normEpsilon),
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.merges": json.model.merges,
    "tokenizer.ggml.eos_token_id": 257,
    "tokenizer.ggml.add_bos_token": false,
    "tokenizer.chat_template": settings.chat_template,
  });
  const tokens = fields["tokenizer.ggml.tokens"] as string[];
  expect(Object.fromEntries(tokens.map((token, id) => [token, id]))).toEqual(json.model.vocab);
  expect(fields["tokenizer.ggml.token_type"]).toEqual(tokens.map((_, id) => (id === 257 ? 3 : 1)));
  expect(tensors).toEqual(new Map(ggufTensors(architecture, weights)));
});

test.each([
  ["llama-bpe", String.raw`\p{N}{1,3}`],
  ["qwen2", String.raw`\p{N}`],
])("a tokenizer that splits words as %s says so", async (name, digits) => {
  const { dir } = await models.write("llama");
  const file = join(dir, "tokenizer.json");
  const json = JSON.parse(await readFile(file, "utf8"));
  const Regex = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
  const pretokenizers = [
    { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
    { ...json.pre_tokenizer, use_regex: false },
  ];
  const split = { type: "Sequence", pretokenizers };
  const merges = json.model.merges.map((merge: string) => merge.split(" "));
  await writeFile(file, JSON.stringify({ ...json, pre_tokenizer: split, model: { ...json.model, merges } }));
  const { fields } = readGguf(await readFile(join(await models.export(dir, "gguf"), "model.gguf")));
  expect(fields["tokenizer.ggml.pre"]).toBe(name);
  expect(fields["tokenizer.ggml.merges"]).toEqual(json.model.merges);
});

test("matrices stand as llama.cpp multiplies by them", async () => {
  const gpt2 = smallArchitecture("gpt2");
  const weights = tinyWeights(languageModelHead, 2, gpt2);
  const tensors = ggufTensors(gpt2, weights);
  const [stored, given] = [weights.get("h.1.mlp.c_fc.weight")!, tensors.get("blk.1.ffn_up.weight")!];
  expect([stored.shape, given.shape]).toEqual([
    [16, 24],
    [24, 16],
  ]);
  for (const [i, o] of [[3, 20]] as const) expect(given.data[o * 16 + i]).toBe(stored.data[i * 24 + o]);
  // The head that llama.cpp wants written out.
  expect(tensors.get("output.weight")).toEqual(weights.get("wte.weight"));

  const llama = smallArchitecture("llama");
  const all = tinyWeights(languageModelHead, 2, llama);
  const [q, turned] = [
    all.get("layers.0.self_attn.q_proj.weight")!,
    ggufTensors(llama, all).get("blk.0.attn_q.weight")!,
  ];
  const row = (of: { data: Float32Array }, at: number) => [...of.data.subarray(at * 16, (at + 1) * 16)];
  // Heads of 6: numbers 0 and 3 are turned together there, 0 and 1 here.
  const order = [0, 3, 1, 4, 2, 5, 6, 9];
  for (const [at, from] of order.entries()) expect(row(turned, at)).toEqual(row(q, from));
});

/** A GGUF file, read by its specification: everything in it, and nothing left over. */
function readGguf(file: Buffer) {
  let at = 0;
  const take = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const uint32 = () => file.readUInt32LE(take(4));
  const uint64 = () => Number(file.readBigUInt64LE(take(8)));
  const string = () => {
    const length = uint64();
    return file.toString("utf8", take(length), at);
  };
  const value = (type: number): unknown => {
    switch (type) {
      case 4:
        return uint32();
      case 5:
        return file.readInt32LE(take(4));
      case 6:
        return file.readFloatLE(take(4));
      case 7:
        return file.readUInt8(take(1)) === 1;
      case 8:
        return string();
      case 9: {
        const of = uint32();
        return Array.from({ length: uint64() }, () => value(of));
      }
      default:
        throw new Error(`type ${type}`);
    }
  };
  expect(file.toString("latin1", take(4), at)).toBe("GGUF");
  expect(uint32()).toBe(3);
  const [tensorCount, fieldCount] = [uint64(), uint64()];
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < fieldCount; i++) {
    const key = string();
    fields[key] = value(uint32());
  }
  const infos = Array.from({ length: tensorCount }, () => {
    const name = string();
    const shape = Array.from({ length: uint32() }, uint64).toReversed();
    return { name, shape, type: uint32(), offset: uint64() };
  });
  const padded = (x: number) => Math.ceil(x / 32) * 32;
  const start = padded(at);
  let end = start;
  const tensors = new Map(
    infos.map(({ name, shape, type, offset }) => {
      expect({ name, type, offset: start + offset }).toEqual({ name, type: 0, offset: end });
      const count = shape.reduce((a, b) => a * b, 1);
      end = padded(end + 4 * count);
      const data = Float32Array.from({ length: count }, (_, i) => file.readFloatLE(start + offset + 4 * i));
      return [name, { shape, data }];
    }),
  );
  expect(end).toBe(file.length);
  return { fields, tensors };
}
