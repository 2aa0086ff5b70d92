// Exported models, opened by others: @huggingface/transformers makes the same tokens and scores of the ONNX, and the GGUF is
// read back whole. That llama.cpp makes the same ids and tokens of it was tried by hand (node-llama-cpp 3.21.1, cache in F32).
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Architecture, familyOf, parseArchitecture } from "../gpt/architecture.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { readModel, type Weights, writeModel } from "../gpt/checkpoint.ts";
import { Decoder } from "../gpt/decoder.ts";
import { type Head, languageModelHead, rewardHead } from "../gpt/heads.ts";
import { likeliest } from "../gpt/sampling.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { tinyWeights } from "../train/fixtures.ts";
import { answerRewards, Forward } from "../train/forward.ts";
import { likelihoodPower } from "../train/likelihood-head.ts";
import { exportModel } from "./export.ts";
import { ggufTensors } from "./gguf.ts";
import { onnxModel } from "./onnx.ts";
import { languageModelGraph, rewardModelGraph } from "./onnx-graph.ts";
import { openTransformersJs } from "./transformers-js.ts";

let root: string;
let tokenizer: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "export-"));
  tokenizer = join(root, "tokenizer");
  await writeTokenizer(tokenizer, trainBpe(["an otter eats fish by the river"], vocabSize), 48);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const vocabSize = 258;
const sizes = { vocab_size: vocabSize, eos_token_id: 257 };
const gptSizes = { ...sizes, n_positions: 48, n_embd: 16, n_layer: 2, n_head: 2 };
const newer = {
  ...sizes,
  max_position_embeddings: 48,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 24,
};
const llama3Rope = {
  rope_type: "llama3",
  factor: 4,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 16,
};
/** All of a family's particulars, with windows shorter than what is read. */
const configs: Record<string, object> = {
  "openai-gpt": gptSizes,
  gpt2: { ...gptSizes, n_inner: 24 },
  gpt_neo: {
    ...sizes,
    max_position_embeddings: 48,
    hidden_size: 16,
    num_layers: 2,
    num_heads: 2,
    window_size: 3,
    attention_types: [[["global", "local"], 1]],
  },
  gpt_neox: { ...newer, rotary_pct: 0.5 },
  llama: { ...newer, head_dim: 6, attention_bias: true, mlp_bias: true, rope_theta: 100, rope_scaling: llama3Rope },
  mistral: { ...newer, sliding_window: 4 },
  qwen2: { ...newer, tie_word_embeddings: true },
  qwen3: { ...newer, head_dim: 8 },
};
const architectureOf = (type: string, keys = configs[type]): Architecture =>
  parseArchitecture({ ...keys, model_type: type }, "config.json");

/** A model directory with random weights. */
async function written(type: string, head: Head = languageModelHead, keys = configs[type]) {
  const architecture = architectureOf(type, keys);
  const weights = tinyWeights(head, 2, architecture);
  // Far from each other, so that what is likeliest changes from token to token.
  if (head.kind === "lm")
    for (const { shape, data } of weights.values()) if (shape.length > 1) data.set(data.map((x) => 5 * x));
  if (head.kind === "reward") {
    weights.delete(`${familyOf(architecture).names.output}.weight`);
    weights.get("score.bias")!.data[0] = 0.75;
  }
  const dir = await mkdtemp(join(root, `${type}-`));
  await writeModel(dir, { config: architecture, ...head, weights, dtype: "F32", tokenizerFrom: tokenizer });
  return { dir, architecture, weights };
}

async function exported(dir: string, format: "hf" | "onnx" | "gguf"): Promise<string> {
  const out = join(await mkdtemp(join(root, "out-")), format);
  await exportModel(dir, format, out);
  return out;
}

const rows = [
  [14, 51, 88, 31, 68, 11, 48, 85, 28, 65, 8, 45],
  [32, 85, 44, 3, 19],
];

/** As here: each row by itself, the likeliest token that ends nothing. */
async function greedyHere(architecture: Architecture, weights: Weights, tokens: number): Promise<number[][]> {
  const decoder = await Decoder.load(architecture, weights, { threads: 1 });
  const choose = (scores: Float32Array) =>
    likeliest(scores.map((x, id) => (architecture.eosTokenIds.includes(id) ? Number.NEGATIVE_INFINITY : x)));
  const all: number[][] = [];
  for (const row of rows) {
    const { first, decoding } = await decoder.readPrompt(row, 1, 0);
    const made = [choose(first)];
    while (made.length < tokens) made.push(choose((await decoder.step(decoding, [made.at(-1)!]))[0]!));
    all.push(made);
  }
  await decoder.dispose();
  return all;
}

async function scoresHere(architecture: Architecture, weights: Weights): Promise<number[]> {
  const forward = new Forward(architecture, answerRewards(), { threads: 1 });
  const packs = rows.map((row) => ({ prompt: row.slice(0, -1), answers: [row.slice(-1)] }));
  const scores = (await forward.run(weights, packs)).map(([answer]) => answer![0]!);
  await forward.dispose();
  return scores;
}

describe("ONNX through @huggingface/transformers", () => {
  test.each(Object.keys(configs).slice(1))("%s: the same greedy tokens, alone and padded", async (type) => {
    const { dir, architecture, weights } = await written(type);
    const model = await openTransformersJs(await exported(dir, "onnx"), "lm");
    const expected = await greedyHere(architecture, weights, 20);
    expect(new Set(expected.flat()).size).toBeGreaterThan(5);
    expect(await model.greedy(rows, 20)).toEqual(expected);
    expect(await model.greedy(rows.slice(1), 20)).toEqual(expected.slice(1));
    await model.dispose();
  });

  test.each(Object.keys(configs))(
    "%s as a reward model: the same scores, alone and padded on either side",
    async (type) => {
      const { dir, architecture, weights } = await written(type, rewardHead);
      const out = await exported(dir, "onnx");
      const model = await openTransformersJs(out, "reward");
      const expected = await scoresHere(architecture, weights);
      const { pad_token_id: pad } = JSON.parse(await readFile(join(out, "config.json"), "utf8"));
      for (const side of ["left", "right"] as const) {
        for (const [i, score] of (await model.scores(rows, pad, side)).entries())
          expect(score).toBeCloseTo(expected[i]!, 4);
      }
      expect((await model.scores(rows.slice(1), pad, "right"))[0]).toBeCloseTo(expected[1]!, 4);
      await model.dispose();
    },
  );

  test.each(Object.keys(configs))("%s is made of standard operators, with the names that others know", (type) => {
    const architecture = architectureOf(type);
    const graph = languageModelGraph(architecture, tinyWeights(languageModelHead, 1, architecture));
    const caches = [0, 1].flatMap((layer) => ["key", "value"].map((which) => `${layer}.${which}`));
    expect(graph.inputs.map(({ name }) => name)).toEqual([
      ...["input_ids", "attention_mask", "position_ids"],
      ...caches.map((name) => `past_key_values.${name}`),
    ]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["logits", ...caches.map((name) => `present.${name}`)]);
    const reward = tinyWeights(rewardHead, 1, architecture);
    for (const { nodes } of [graph, rewardModelGraph(architecture, reward)]) {
      expect(nodes.filter(({ domain }) => domain !== "")).toEqual([]);
      for (const { op } of nodes) expect(standardOperators).toContain(op);
    }
  });

  test("weights beside the graph, as those of a large model are, make the same tokens", async () => {
    const { dir, architecture, weights } = await written("llama");
    const out = await exported(dir, "onnx");
    const { streams, files } = await onnxModel(
      { config: architecture, ...languageModelHead, weights, dtype: "F32", tokenizerFrom: dir },
      0,
    );
    expect(Object.keys(streams)).toEqual(["onnx/model.onnx", "onnx/model.onnx_data"]);
    await files["config.json"]!(join(out, "config.json"));
    for (const [name, write] of Object.entries(streams)) {
      const handle = await open(join(out, name), "w");
      await write(handle);
      await handle.close();
    }
    const model = await openTransformersJs(out, "lm");
    expect(await model.greedy(rows, 20)).toEqual(await greedyHere(architecture, weights, 20));
    await model.dispose();
  });
});

const golden = join(import.meta.dirname, "../../../shared/data/hf");
describe.skipIf(!existsSync(golden))("ONNX as transformers has it (needs shared/data)", () => {
  test.each(["gpt2-untied", "gpt_neo", "gpt_neox", "llama3-rope", "mistral", "qwen2", "qwen3"])(
    "%s: logits to 2e-5, in one pass and with a past",
    async (name) => {
      const { config, weights } = await readModel(join(golden, name));
      const { ids, logits } = JSON.parse(await readFile(join(golden, name, "expected.json"), "utf8"));
      const [B, T, V] = [ids.length, ids[0].length, config.vocabSize];
      const session = await Session.create(languageModelGraph(config, weights), { threads: 1 });
      const int64s = (list: number[], columns: number) =>
        tensor("int64", BigInt64Array.from(list, BigInt), [B, columns]);
      let past: Tensors = {};
      for (let layer = 0; layer < config.nLayer; layer++) {
        for (const which of ["key", "value"]) {
          const shape = [B, config.nKvHead, 0, config.headSize];
          past[`past_key_values.${layer}.${which}`] = tensor("float32", new Float32Array(0), shape);
        }
      }
      const got: number[][] = Array.from({ length: B }, () => []);
      for (const [from, to] of [
        [0, T - 3],
        [T - 3, T],
      ] as const) {
        const results = await session.run({
          input_ids: int64s(
            (ids as number[][]).flatMap((row) => row.slice(from, to)),
            to - from,
          ),
          position_ids: int64s(
            (ids as number[][]).flatMap((row) => [...row.keys()].slice(from, to)),
            to - from,
          ),
          attention_mask: int64s(Array<number>(B * to).fill(1), to),
          ...past,
        });
        past = Object.fromEntries(
          Object.entries(results)
            .filter(([output]) => output !== "logits")
            .map(([output, value]) => [output.replace("present", "past_key_values"), value]),
        );
        const data = results.logits!.data as Float32Array;
        for (let row = 0; row < B; row++)
          got[row]!.push(...data.subarray(row * (to - from) * V, (row + 1) * (to - from) * V));
      }
      const expected = (logits as number[][][]).flat(2);
      const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = got.flat().reduce((a, x, i) => Math.max(a, Math.abs(x - expected[i]!)), 0);
      expect(got.flat().length).toBe(expected.length);
      expect(worst / most).toBeLessThan(2e-5);
      await session.dispose();
    },
  );
});

/** Of ONNX's opset 17, those used. */
const standardOperators = [
  ...[
    "Add",
    "Cast",
    "Concat",
    "Cos",
    "CumSum",
    "Div",
    "Equal",
    "Erf",
    "Gather",
    "Gemm",
    "Identity",
    "LayerNormalization",
  ],
  ...["Less", "MatMul", "Mul", "Range", "ReduceMax", "ReduceMean", "Reshape", "Shape", "Sigmoid", "Sin", "Slice"],
  ...["Softmax", "Split", "Sqrt", "Sub", "Tanh", "Transpose", "Where"],
];

describe("GGUF", () => {
  const carried: Record<string, object> = {
    gpt2: configs.gpt2!,
    llama: configs.llama!,
    mistral: { ...configs.mistral, sliding_window: null },
    qwen2: configs.qwen2!,
    qwen3: configs.qwen3!,
  };
  test.each(Object.keys(carried))("%s is read back whole", async (type) => {
    const { dir, architecture, weights } = await written(type, languageModelHead, carried[type]);
    const out = await exported(dir, "gguf");
    expect(readdirSync(out)).toEqual(["model.gguf"]);
    const { fields, tensors } = readGguf(await readFile(join(out, "model.gguf")));
    const name = type === "mistral" ? "llama" : type;
    const json = JSON.parse(await readFile(join(tokenizer, "tokenizer.json"), "utf8"));
    const settings = JSON.parse(await readFile(join(tokenizer, "tokenizer_config.json"), "utf8"));
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
    const { dir } = await written("llama");
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
    const { fields } = readGguf(await readFile(join(await exported(dir, "gguf"), "model.gguf")));
    expect(fields["tokenizer.ggml.pre"]).toBe(name);
    expect(fields["tokenizer.ggml.merges"]).toEqual(json.model.merges);
  });

  test("matrices stand as llama.cpp multiplies by them", async () => {
    const gpt2 = architectureOf("gpt2");
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

    const llama = architectureOf("llama");
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
});

describe("what a format cannot carry is one sentence, and nothing is written", () => {
  const cases: [string, string, Head, object | undefined, "hf" | "onnx" | "gguf", RegExp][] = [
    [
      "GPT-1 as ONNX",
      "openai-gpt",
      languageModelHead,
      undefined,
      "onnx",
      /^transformers\.js has no GPT-1 .+: take hf\.$/,
    ],
    [
      "GPT-1 as GGUF",
      "openai-gpt",
      languageModelHead,
      undefined,
      "gguf",
      /has gpt2, .+, not openai-gpt, so .+ GGUF\.$/,
    ],
    ["GPT-Neo as GGUF", "gpt_neo", languageModelHead, undefined, "gguf", /, not gpt_neo, so .+ GGUF\.$/],
    ["GPT-NeoX as GGUF", "gpt_neox", languageModelHead, undefined, "gguf", /, not gpt_neox, so .+ GGUF\.$/],
    [
      "a window as GGUF",
      "mistral",
      languageModelHead,
      undefined,
      "gguf",
      /sees all tokens, not the last 4, so .+ GGUF\.$/,
    ],
    [
      "another activation as GGUF",
      "gpt2",
      languageModelHead,
      { ...gptSizes, activation_function: "gelu" },
      "gguf",
      /has the activation gelu_new, not gelu, so .+ GGUF\.$/,
    ],
    [
      "another scale as GGUF",
      "gpt2",
      languageModelHead,
      { ...gptSizes, scale_attn_by_inverse_layer_idx: true },
      "gguf",
      /scales attention by 1\/√8 in every layer, so .+ GGUF\.$/,
    ],
    ["a reward model as GGUF", "llama", rewardHead, undefined, "gguf", /has no score of a .+, so .+ GGUF\.$/],
  ];
  test.each(cases)("%s", async (_, type, head, keys, format, sentence) => {
    const { dir } = await written(type, head, keys ?? configs[type]);
    const place = await mkdtemp(join(root, "refused-"));
    const error = await exportModel(dir, format, join(place, "out")).catch((cause: Error) => cause);
    expect(error).toMatchObject({ name: "ModelDirectoryError", message: expect.stringMatching(sentence) });
    expect(readdirSync(place)).toEqual([]);
  });

  test.each(["hf", "onnx", "gguf"] as const)("a head that reads the likelihood as %s", async (format) => {
    const head = { ...rewardHead, likelihoodPower };
    const architecture = architectureOf("gpt2");
    const dir = await mkdtemp(join(root, "likelihood-"));
    const weights = tinyWeights(head, 2, architecture);
    await writeModel(dir, { config: architecture, ...head, weights, dtype: "F32", tokenizerFrom: tokenizer });
    const place = await mkdtemp(join(root, "refused-"));
    await expect(exportModel(dir, format, join(place, "out"))).rejects.toThrow(
      /which no other program computes: .+\.$/,
    );
    expect(readdirSync(place)).toEqual([]);
  });

  test("a tokenizer that splits words in another way as GGUF", async () => {
    const { dir } = await written("gpt2");
    const file = join(dir, "tokenizer.json");
    const json = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...json, pre_tokenizer: { ...json.pre_tokenizer, use_regex: false } }));
    await expect(exported(dir, "gguf")).rejects.toThrow(
      /pre_tokenizer.*: of tokenizers only byte-level BPE .+ as GGUF\.$/,
    );
  });

  test.each(["onnx", "gguf"] as const)("a folder that holds anything else as %s: it stays as it is", async (format) => {
    const { dir } = await written("gpt2");
    const out = await mkdtemp(join(root, "held-"));
    await mkdir(join(out, "onnx"));
    await writeFile(join(out, "onnx", "model_q4.onnx"), "mine");
    await expect(exportModel(dir, format, out)).rejects.toThrow(
      /^\S+ holds onnx.*, which is no part of this model: .+\.$/,
    );
    expect(await readFile(join(out, "onnx", "model_q4.onnx"), "utf8")).toBe("mine");
    expect(existsSync(join(out, "config.json"))).toBe(false);
  });
});

test("hf: a model comes out as it went in, in as many bits", async () => {
  const { dir, architecture, weights } = await written("llama");
  const halves = await mkdtemp(join(root, "halves-"));
  await writeModel(halves, { config: architecture, ...languageModelHead, weights, dtype: "F16", tokenizerFrom: dir });
  for (const from of [dir, halves]) {
    const out = await exported(from, "hf");
    expect(await readModel(out)).toEqual(await readModel(from));
    expect(await readFile(join(out, "model.safetensors"))).toEqual(await readFile(join(from, "model.safetensors")));
  }
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
