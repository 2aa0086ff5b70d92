// Every architecture against what Hugging Face transformers computes for it (reference/), and against itself: rows and packs,
// cached and uncached, gradients and numeric differences.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Graph, type Value } from "../onnx/graph.ts";
import { bothGradients } from "../onnx/numeric.ts";
import * as op from "../onnx/ops.ts";
import { Session, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { lmLoss } from "../train/document-loss.ts";
import { answerLogProbabilities, answerRewards, ForwardPass } from "../train/forward-pass.ts";
import { tinyPacks, tinyWeights } from "../train/models.fixture.ts";
import { batching, packedFeeds } from "../train/packed.ts";
import { pairFeeds } from "../train/pairwise.ts";
import { rewardObjective } from "../train/reward.ts";
import { type RowsShape, rowsFeeds } from "../train/rows.ts";
import {
  type Architecture,
  ArchitectureError,
  familyOf,
  formatArchitecture,
  parseArchitecture,
} from "./architecture.ts";
import { causalMask, forWindows } from "./attention.ts";
import type { Parameters } from "./block.ts";
import { readModel, type Weights } from "./checkpoint.ts";
import { constants } from "./decode-graph.ts";
import { Decoder } from "./decoder.ts";
import { body, embed, hiddenStates, rowAttention } from "./forward.ts";
import { languageModelHead, logits, rewardHead } from "./heads.ts";
import { readReference, references } from "./reference.fixture.ts";
import { likeliest } from "./sampling.ts";

const sizes = { vocab_size: 40, eos_token_id: 39 };
const gptSizes = { ...sizes, n_positions: 48, n_embd: 16, n_layer: 2, n_head: 2 };
const llamaSizes = {
  ...sizes,
  max_position_embeddings: 48,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 24,
};
/** Small ones of every family, with all that is particular about it. Windows are shorter than what is read. */
const tiny: Record<string, Record<string, unknown>> = {
  "openai-gpt": gptSizes,
  gpt2: { ...gptSizes, n_inner: 24, scale_attn_by_inverse_layer_idx: true, tie_word_embeddings: false },
  gpt_neo: {
    ...sizes,
    max_position_embeddings: 48,
    hidden_size: 16,
    num_layers: 2,
    num_heads: 2,
    window_size: 3,
    attention_types: [[["global", "local"], 1]],
  },
  gpt_neox: { ...llamaSizes, rotary_pct: 0.5 },
  llama: {
    ...llamaSizes,
    head_dim: 6,
    attention_bias: true,
    mlp_bias: true,
    rope_theta: 100,
    rope_scaling: {
      rope_type: "llama3",
      factor: 4,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    },
  },
  mistral: { ...llamaSizes, sliding_window: 4 },
  qwen2: {
    ...llamaSizes,
    tie_word_embeddings: true,
    use_sliding_window: true,
    sliding_window: 5,
    max_window_layers: 1,
  },
  qwen3: { ...llamaSizes, head_dim: 8 },
};
const architectures = Object.entries(tiny).map(([type, keys]): [string, Architecture] => [
  type,
  parseArchitecture({ ...keys, model_type: type }, "config.json"),
]);

describe("rotary positions", () => {
  const parsed = (keys: object) => parseArchitecture({ ...llamaSizes, ...keys, model_type: "llama" }, "config.json");
  const llama3 = { factor: 4, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 };
  test.each<[string, object, object]>([
    ["the default", { rope_theta: 100 }, { rope_type: "default", rope_theta: 100 }],
    ["no scaling", { rope_theta: 100, rope_scaling: null }, { rope_type: "default", rope_theta: 100 }],
    [
      "a linear scaling, as it was called first",
      { rope_theta: 100, rope_scaling: { type: "linear", factor: 2 } },
      { rope_type: "linear", factor: 2, rope_theta: 100 },
    ],
    [
      "Llama 3's",
      { rope_theta: 100, rope_scaling: { rope_type: "llama3", ...llama3 } },
      { rope_type: "llama3", ...llama3, rope_theta: 100 },
    ],
  ])("%s is the same in the keys of transformers 4 and of 5", (_, before, now) => {
    expect(parsed({ rope_parameters: now })).toEqual(parsed(before));
    expect(parsed(before)).not.toEqual(parsed({ rope_theta: 101 }));
  });

  test("a kind that is not known is refused by its key, not read as another", () => {
    for (const kind of ["yarn", "dynamic", "longrope"]) {
      expect(() => parsed({ rope_scaling: { type: kind, factor: 2 } })).toThrow(
        'config.json: The type of rope scaling should be "default", "linear" or "llama3".',
      );
      expect(() => parsed({ rope_parameters: { rope_type: kind, factor: 2 } })).toThrow(
        'config.json: The type of rope scaling should be "default", "linear" or "llama3".',
      );
    }
  });
});

test.each(architectures)("%s: what is wrong with a config is one sentence of its key's words", (type, architecture) => {
  const keys = JSON.parse(JSON.stringify(formatArchitecture(architecture))) as Record<string, unknown>;
  const refused: string[] = [];
  for (const key of Object.keys(keys)) {
    for (const value of [undefined, null, "x", -1, 0, 1.5, 3, 1e12, true, [], ["x"], {}, { rope_type: "yarn" }]) {
      try {
        parseArchitecture({ ...keys, [key]: value }, "config.json");
      } catch (error) {
        expect(error, `${key}: ${JSON.stringify(value)}`).toBeInstanceOf(ArchitectureError);
        const { message } = error as ArchitectureError;
        expect(message).toMatch(/^config\.json: \S[^\n]*\.$/);
        // zod's own words.
        expect(message).not.toMatch(/invalid|expected|received|too (big|small)|never|undefined/i);
        if (message.includes(key)) refused.push(key);
      }
    }
  }
  expect(type in tiny && new Set(refused).size).toBeGreaterThan(6);
});

/** Logits of rows of ids, each from a pass over the whole row. */
async function rowLogits(architecture: Architecture, weights: Weights, rows: readonly (readonly number[])[]) {
  const [B, T] = [rows.length, rows[0]!.length];
  const graph = new Graph();
  const parameters = constants(graph, weights);
  const hidden = hiddenStates(architecture, parameters, graph.input("ids", "int32", [B, T]));
  graph.output("logits", logits(architecture, parameters, hidden));
  const session = await Session.create(graph, { threads: 1 });
  const { logits: all } = await session.run({ ids: tensor("int32", Int32Array.from(rows.flat()), [B, T]) });
  await session.dispose();
  return all!.data as Float32Array;
}

/** The largest difference, relative to the largest number. */
function worst(got: ArrayLike<number>, expected: readonly number[]): number {
  expect(got.length).toBe(expected.length);
  const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return expected.reduce((a, e, i) => Math.max(a, Math.abs(e - got[i]!)), 0) / most;
}

/** The likeliest tokens after a prompt, decoded with a cache. They go on where the model would have ended. */
async function greedyTokens(config: Architecture, weights: Weights, prompt: readonly number[], length: number) {
  const decoder = await Decoder.load(config, weights, { threads: 1 });
  const { first, decoding } = await decoder.readPrompt(prompt, 1, 0);
  const choose = (scores: Float32Array) =>
    likeliest(scores.map((x, id) => (config.eosTokenIds.includes(id) ? Number.NEGATIVE_INFINITY : x)));
  const made = [choose(first)];
  while (made.length < length) made.push(choose((await decoder.step(decoding, [made.at(-1)!]))[0]!));
  await decoder.dispose();
  return made;
}

/** Scores of whole texts, of each alone and of all in one batch. */
async function scoresOf(config: Architecture, weights: Weights, rows: readonly (readonly number[])[]) {
  const texts = rows.map((row) => ({ prompt: row.slice(0, -1), answers: [row.slice(-1)] }));
  const forward = new ForwardPass(config, answerRewards(rewardHead), { threads: 1 });
  const scored = async (some: typeof texts) => (await forward.run(weights, some)).map(([scores]) => scores![0]!);
  const alone: number[] = [];
  for (const text of texts) alone.push(...(await scored([text])));
  const together = await scored(texts);
  await forward.dispose();
  return { alone, together };
}

const expectScores = (
  seen: Awaited<ReturnType<typeof scoresOf>>,
  alone: readonly number[],
  padded: readonly number[],
) => {
  for (const [i, score] of alone.entries()) expect(seen.alone[i]).toBeCloseTo(score, 4);
  for (const [i, score] of padded.entries()) expect(seen.together[i]).toBeCloseTo(score, 4);
};

test("there is a reference of every family", async () => {
  const types = await Promise.all(references.map(async (name) => (await readReference(name)).config.modelType));
  expect(new Set(types)).toEqual(new Set(Object.keys(tiny)));
});

test.each(references)("%s as transformers has it: logits, greedy tokens with a cache, scores", async (name) => {
  const { config, weights, ids, logits: all, prompt, greedy, rows, scores, padded, head } = await readReference(name);
  expect(worst(await rowLogits(config, weights, ids), [...all])).toBeLessThan(2e-5);
  expect(await greedyTokens(config, weights, prompt, greedy.length)).toEqual(greedy);
  weights.delete(`${familyOf(config).names.output}.weight`);
  weights.set("score.weight", head);
  weights.set("score.bias", { shape: [1], data: new Float32Array(1) });
  expectScores(await scoresOf(config, weights, rows), scores, padded);
});

const larger = join(import.meta.dirname, "../../../shared/data/hf");
const expected = (name: string) => JSON.parse(readFileSync(join(larger, name, "expected.json"), "utf8"));

describe.skipIf(!existsSync(larger))("larger ones as transformers has them (needs shared/data)", () => {
  test.each(references)("%s: logits to 2e-5, and the same greedy tokens with a cache", async (name) => {
    const { config, weights } = await readModel(join(larger, name));
    const { ids, logits: all, greedy_prompt: prompt, greedy } = expected(name);
    expect(worst(await rowLogits(config, weights, ids), all.flat(2))).toBeLessThan(2e-5);
    expect(await greedyTokens(config, weights, prompt, greedy.length)).toEqual(greedy);
  });

  test("gpt2-lora: logits to 2e-5", async () => {
    const { config, weights } = await readModel(join(larger, "gpt2-lora"));
    const { ids, logits: all } = expected("gpt2-lora");
    expect(worst(await rowLogits(config, weights, ids), all.flat(2))).toBeLessThan(2e-5);
  });

  test("llama-bf16-sharded: logits to 3e-4", async () => {
    const { config, weights } = await readModel(join(larger, "llama-bf16-sharded"));
    const { ids, logits_of_the_bf16_weights_in_float32: all } = expected("llama-bf16-sharded");
    // Their rotary frequencies were rounded to bfloat16, too; transformers itself, opening these files, is 1.8e-4 away.
    expect(worst(await rowLogits(config, weights, ids), all.flat(2))).toBeLessThan(3e-4);
  });

  test.each(["gpt2-reward", "llama-reward"])("%s: scores to 1e-4, alone and among others", async (name) => {
    const { config, weights, kind } = await readModel(join(larger, name));
    expect(kind).toBe("reward");
    const { rows, scores, padded_batch: padded } = expected(name);
    expectScores(await scoresOf(config, weights, rows), scores, padded);
  });
});

describe.each(architectures)("%s", (type, architecture) => {
  test("config.json says what was read from it", () => {
    const written = { ...formatArchitecture(architecture) };
    expect(written.model_type).toBe(type);
    expect(parseArchitecture(JSON.parse(JSON.stringify(written)), "config.json")).toEqual(architecture);
  });

  test("decoded answers are those of whole rows, whether prompts are shared or their own, whoever leaves", async () => {
    const weights = tinyWeights(languageModelHead, 3, architecture);
    const random = new Random(4);
    const text = (length: number) => Array.from({ length }, () => random.int(0, 38));
    const prompts = [text(3), text(9), text(6)];
    const answers = prompts.map(() => text(8));
    const V = architecture.vocabSize;
    const whole = await Promise.all(
      prompts.map((prompt, i) => rowLogits(architecture, weights, [[...prompt, ...answers[i]!]])),
    );
    const expectSame = (got: Float32Array, i: number, made: number) => {
      const start = (prompts[i]!.length - 1 + made) * V;
      expect(worst(got, [...whole[i]!.subarray(start, start + V)])).toBeLessThan(1e-5);
    };

    const own = await Decoder.load(architecture, weights, { threads: 1, prompts: "own" });
    const { first, decoding } = await own.readPrompts(prompts, 0);
    for (const [i, got] of first.entries()) expectSame(got, i, 0);
    let rows = [0, 1, 2];
    for (let made = 1; made <= 8; made++) {
      const steps = await own.step(
        decoding,
        rows.map((i) => answers[i]![made - 1]!),
      );
      for (const [row, got] of steps.entries()) expectSame(got, rows[row]!, made);
      if (made !== 4) continue;
      own.keep(decoding, [0, 2]);
      rows = [0, 2];
    }
    await own.dispose();

    const shared = await Decoder.load(architecture, weights, { threads: 1 });
    const read = await shared.readPrompt(prompts[1]!, 2, 0);
    expectSame(read.first, 1, 0);
    for (let made = 1; made <= 8; made++) {
      const token = answers[1]![made - 1]!;
      for (const got of await shared.step(read.decoding, [token, token])) expectSame(got, 1, made);
    }
    await shared.dispose();
  });

  test("answers that share a prompt have the numbers of rows of their own", async () => {
    const packs = tinyPacks([
      { prompt: 9, answers: [4, 7, 1] },
      { prompt: 3, answers: [6, 5] },
    ]);
    const weights = tinyWeights(languageModelHead, 3, architecture);
    const forward = new ForwardPass(architecture, answerLogProbabilities(), { threads: 1 });
    const together = await forward.run(weights, packs);
    for (const [p, { prompt, answers }] of packs.entries()) {
      for (const [a, answer] of answers.entries()) {
        const [[alone]] = (await forward.run(weights, [{ prompt, answers: [answer] }])) as [[Float32Array]];
        expect(worst(together[p]![a]!, [...alone])).toBeLessThan(1e-5);
      }
    }
    await forward.dispose();
  });

  /** The logits of `T` tokens, of which the first `P` are read as vectors that are fed: "front" [P, C]. */
  function behindFront(graph: Graph, parameters: Parameters, front: Value, ids: Value): Value {
    const [P, T] = [front.size(0), front.size(0) + ids.size(0)];
    const places = (from: number, to: number) =>
      graph.unnamed(
        "int32",
        [to - from],
        Int32Array.from({ length: to - from }, (_, i) => from + i),
      );
    const embedded = op.concat([front, embed(architecture, parameters, ids, places(P, T))], 0);
    const attend = rowAttention(
      1,
      T,
      forWindows((window) => causalMask(graph, T, window)),
    );
    return logits(
      architecture,
      parameters,
      body(architecture, parameters, embedded, { positions: places(0, T), attend }),
    );
  }

  test("other things than tokens stand in front: embeddings are values of the graph, and learned as any other", async () => {
    const weights = tinyWeights(languageModelHead, 3, architecture);
    const random = new Random(6);
    const ids = Int32Array.from({ length: 9 }, () => random.int(0, 38));
    const [P, T, C] = [4, 9, architecture.nEmbd];
    const graph = new Graph();
    const parameters = constants(graph, weights);
    const first = graph.unnamed("int32", [P], ids.slice(0, P));
    const its = embed(architecture, parameters, first, graph.unnamed("int32", [P], Int32Array.of(0, 1, 2, 3)));
    graph.output("front", its);
    const rest = graph.unnamed("int32", [T - P], ids.slice(P));
    graph.output("logits", behindFront(graph, parameters, graph.input("fed", "float32", [P, C]), rest));
    const session = await Session.create(graph, { threads: 1 });
    const run = async (fed: Float32Array) => session.run({ fed: tensor("float32", fed, [P, C]) });
    const { front } = await run(new Float32Array(P * C));
    // Fed what tokens are embedded as, it reads those tokens; fed anything else, something else.
    const data = Float32Array.from(front!.data as Float32Array);
    const whole = [...(await rowLogits(architecture, weights, [[...ids]]))];
    expect(worst((await run(data)).logits!.data as Float32Array, whole)).toBeLessThan(1e-5);
    data[0]! += 1;
    const other = (await run(data)).logits!.data as Float32Array;
    expect(worst(other, whole)).toBeGreaterThan(1e-3);
    await session.dispose();

    expectAlike(
      await bothGradients(
        { front: { shape: [P, C], data } },
        (graph, inputs) => {
          const rest = graph.unnamed("int32", [T - P], ids.slice(P));
          const all = behindFront(graph, constants(graph, weights), inputs("front"), rest);
          return op.reduceSum(op.mul(op.logSoftmax(all), -1 / 40));
        },
        {},
        { at: 8, h: 2 ** -6 },
      ),
    );
  });

  const expectAlike = (both: Awaited<ReturnType<typeof bothGradients>>) => {
    for (const { name, index, graph, numeric } of both) {
      expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
    }
    expect(both.some(({ graph }) => Math.abs(graph) > 0.01)).toBe(true);
  };

  test("gradients of language modelling and of a reward model agree with numeric differences", async () => {
    const random = new Random(5);
    const text = (prompt: number, answer: number) => ({
      prompt: Array.from({ length: prompt }, () => random.int(0, 38)),
      answer: Array.from({ length: answer }, () => random.int(0, 38)),
    });
    const shape: RowsShape = [2, 14, 16];
    const feeds = rowsFeeds([[text(3, 6), text(1, 4)], [text(8, 6)]], shape, 0);
    expectAlike(
      await bothGradients(
        Object.fromEntries(tinyWeights(languageModelHead, 1, architecture)),
        (graph, parameters) => lmLoss(graph, architecture, parameters, shape),
        { ...feeds, weight: new Float32Array(16).fill(1 / 4) },
        { at: 2, h: 2 ** -6 },
      ),
    );
    const [batch] = batching(tinyPacks([{ prompt: 7, answers: [5, 2, 6] }]))([0], 100);
    const compared = {
      answers: [0, 1, 2],
      pairs: [
        [0, 1],
        [2, 1],
      ] as [number, number][],
      ties: [],
    };
    const weights = tinyWeights(rewardHead, 1, architecture);
    weights.delete(`${familyOf(architecture).names.output}.weight`);
    expectAlike(
      await bothGradients(
        Object.fromEntries(weights),
        (graph, parameters) => rewardObjective(graph, architecture, rewardHead, parameters, batch!.shape).loss,
        { ...packedFeeds(batch!, batch!.shape, 0), ...pairFeeds([compared], [compared], 3, "drop") },
        { at: 2, h: 2 ** -6 },
      ),
    );
  });
});
