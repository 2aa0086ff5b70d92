// Exported models, opened by others: @huggingface/transformers makes the same tokens and scores of the ONNX as are made here.
// What a format cannot carry is said, and nothing is written. GGUF is in gguf.test.ts.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../gpt/architecture.ts";
import { readModel, type Weights, writeModel } from "../gpt/checkpoint.ts";
import { Decoder } from "../gpt/decoder.ts";
import { type Head, languageModelHead, rewardHead } from "../gpt/heads.ts";
import { readReference, references } from "../gpt/reference.fixture.ts";
import { likeliest } from "../gpt/sampling.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { answerRewards, ForwardPass } from "../train/forward-pass.ts";
import { likelihoodPower } from "../train/likelihood-head.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { exportModel } from "./export.ts";
import { SmallModels, smallArchitecture, smallFamilies } from "./families.fixture.ts";
import { onnxModel } from "./onnx.ts";
import { languageModelGraph, rewardModelGraph } from "./onnx-graph.ts";
import { openTransformersJs } from "./transformers-js.ts";

let models: SmallModels;
beforeAll(async () => {
  models = await SmallModels.create();
});
afterAll(() => models.remove());

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
  const forward = new ForwardPass(architecture, answerRewards(), { threads: 1 });
  const packs = rows.map((row) => ({ prompt: row.slice(0, -1), answers: [row.slice(-1)] }));
  const scores = (await forward.run(weights, packs)).map(([answer]) => answer![0]!);
  await forward.dispose();
  return scores;
}

describe("ONNX through @huggingface/transformers", () => {
  test.each(Object.keys(smallFamilies()).slice(1))("%s: the same greedy tokens, alone and padded", async (type) => {
    const { dir, architecture, weights } = await models.write(type);
    const model = await openTransformersJs(await models.export(dir, "onnx"), "lm");
    const expected = await greedyHere(architecture, weights, 20);
    expect(new Set(expected.flat()).size).toBeGreaterThan(5);
    expect(await model.greedy(rows, 20)).toEqual(expected);
    expect(await model.greedy(rows.slice(1), 20)).toEqual(expected.slice(1));
    await model.dispose();
  });

  test.each(Object.keys(smallFamilies()))(
    "%s as a reward model: the same scores, alone and padded on either side",
    async (type) => {
      const { dir, architecture, weights } = await models.write(type, rewardHead);
      const out = await models.export(dir, "onnx");
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

  test.each(Object.keys(smallFamilies()))(
    "%s is made of standard operators, with the names that others know",
    (type) => {
      const architecture = smallArchitecture(type);
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
    },
  );

  test("weights beside the graph, as those of a large model are, make the same tokens", async () => {
    const { dir, architecture, weights } = await models.write("llama");
    const out = await models.export(dir, "onnx");
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

describe("ONNX as transformers has it", () => {
  test.each(references)("%s: logits to 2e-5, in one pass and with a past", async (name) => {
    const { config, weights, ids, logits } = await readReference(name);
    const [B, T, V] = [ids.length, ids[0]!.length, config.vocabSize];
    const session = await Session.create(languageModelGraph(config, weights), { threads: 1 });
    const int64s = (list: number[], columns: number) => tensor("int64", BigInt64Array.from(list, BigInt), [B, columns]);
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
          ids.flatMap((row) => row.slice(from, to)),
          to - from,
        ),
        position_ids: int64s(
          ids.flatMap((row) => [...row.keys()].slice(from, to)),
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
    const most = logits.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const worst = got.flat().reduce((a, x, i) => Math.max(a, Math.abs(x - logits[i]!)), 0);
    expect(got.flat().length).toBe(logits.length);
    expect(worst / most).toBeLessThan(2e-5);
    await session.dispose();
  });
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

describe("what a format cannot carry is one sentence, and nothing is written", () => {
  const cases: [string, string, Head, Record<string, unknown> | undefined, "hf" | "onnx" | "gguf", RegExp][] = [
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
      { ...smallFamilies().gpt2, activation_function: "gelu" },
      "gguf",
      /has the activation gelu_new, not gelu, so .+ GGUF\.$/,
    ],
    [
      "another scale as GGUF",
      "gpt2",
      languageModelHead,
      { ...smallFamilies().gpt2, scale_attn_by_inverse_layer_idx: true },
      "gguf",
      /scales attention by 1\/√8 in every layer, so .+ GGUF\.$/,
    ],
    ["a reward model as GGUF", "llama", rewardHead, undefined, "gguf", /has no score of a .+, so .+ GGUF\.$/],
  ];
  test.each(cases)("%s", async (_, type, head, keys, format, sentence) => {
    const { dir } = await models.write(type, head, keys ?? smallFamilies()[type]);
    const place = await models.folder("refused");
    const error = await exportModel(dir, format, join(place, "out")).catch((cause: Error) => cause);
    expect(error).toMatchObject({ name: "ModelDirectoryError", message: expect.stringMatching(sentence) });
    expect(readdirSync(place)).toEqual([]);
  });

  test.each(["hf", "onnx", "gguf"] as const)("a head that reads the likelihood as %s", async (format) => {
    const head = { ...rewardHead, likelihoodPower };
    const { dir } = await models.write("gpt2", head);
    const place = await models.folder("refused");
    await expect(exportModel(dir, format, join(place, "out"))).rejects.toThrow(
      /which no other program computes: .+\.$/,
    );
    expect(readdirSync(place)).toEqual([]);
  });

  test("a tokenizer that splits words in another way as GGUF", async () => {
    const { dir } = await models.write("gpt2");
    const file = join(dir, "tokenizer.json");
    const json = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...json, pre_tokenizer: { ...json.pre_tokenizer, use_regex: false } }));
    await expect(models.export(dir, "gguf")).rejects.toThrow(
      /pre_tokenizer.*: of tokenizers only byte-level BPE .+ as GGUF\.$/,
    );
  });

  test.each(["onnx", "gguf"] as const)("a folder that holds anything else as %s: it stays as it is", async (format) => {
    const { dir } = await models.write("gpt2");
    const out = await models.folder("held");
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
  const { dir, architecture, weights } = await models.write("llama");
  const halves = await models.folder("halves");
  await writeModel(halves, { config: architecture, ...languageModelHead, weights, dtype: "F16", tokenizerFrom: dir });
  for (const from of [dir, halves]) {
    const out = await models.export(from, "hf");
    expect(await readModel(out)).toEqual(await readModel(from));
    expect(await readFile(join(out, "model.safetensors"))).toEqual(await readFile(join(from, "model.safetensors")));
  }
});
