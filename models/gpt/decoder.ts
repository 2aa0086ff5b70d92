// The two decoding graphs of a model, loaded: reads prompts, then makes distributions of the next token step by step.
// It knows numbers only: text, sampling and when to stop are generate.ts's.
import { letGo, Session, type Tensor, type Tensors, tensor } from "../onnx/session.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { Architecture } from "./architecture.ts";
import type { Weights } from "./checkpoint.ts";
import { hasWindows, promptGraph, stepGraph } from "./decode-graph.ts";
import { PromptCache, type PromptPass } from "./prompt-cache.ts";
import { storeWeights, type WeightBits } from "./weight-bits.ts";

/** Prompts that were read, and the answers so far. */
export interface Decoding {
  /** 0 asks for logits, any other for probabilities. */
  temperature: number;
  prompts: PromptCache;
  answers: AnswerCache;
  /** Distributions [K, V], written anew by each step. */
  out: Float32Array;
  /** The logits behind them [K, V], divided by the temperature, where they were asked for. */
  logits: Float32Array | undefined;
}

export interface DecoderOptions {
  threads?: number;
  /** Do the answers of a batch share one prompt (K answers to choose from), or has each its own (`readPrompts`)? */
  prompts?: "shared" | "own";
  /** Bits of each weight in memory, 32 by default; fewer cost accuracy, see weight-bits.ts. */
  bits?: WeightBits;
  /** The weights are nobody else's: their memory is let go as soon as the runtime has them. */
  release?: boolean;
}

/** Bytes for each parameter while a model is loaded, the most it ever takes, by the bits of a weight (models/bench/bits.ts). */
export const bytesToLoad: Record<WeightBits, number> = { 32: 18, 16: 14, 8: 7, 4: 6 };

export class Decoder {
  private readonly config: Architecture;
  private readonly ownPrompts: boolean;
  private readonly prompts: Session;
  private readonly steps: Session;
  private disposed = false;

  private constructor(config: Architecture, ownPrompts: boolean, prompts: Session, steps: Session) {
    this.config = config;
    this.ownPrompts = ownPrompts;
    this.prompts = prompts;
    this.steps = steps;
  }

  static async load(config: Architecture, weights: Weights, options: DecoderOptions = {}): Promise<Decoder> {
    const { prompts: kind = "shared", bits = 32, release = false, ...session } = options;
    const graphs = [promptGraph(config, weights), stepGraph(config, weights, kind)] as const;
    for (const graph of graphs) storeWeights(graph, bits);
    const constants = new Set(graphs.flatMap((graph) => [...graph.constants.values()]));
    const numbers = [...weights.values()].map(({ data }) => data);
    if (release) letGo(numbers.filter((data) => !constants.has(data)));
    // Optimised, the runtime would keep 16 bits as 32.
    const prompts = await Session.create(graphs[0], { ...session, optimize: bits !== 16 });
    // The order of its nodes matters (see `stepGraph`), and there is nothing left to fuse.
    const steps = await Session.create(graphs[1], { ...session, optimize: false });
    if (release) letGo([...numbers, ...constants]);
    const decoder = new Decoder(config, kind === "own", prompts, steps);
    try {
      // Rows multiplied in 8 bits round apart where they differ in the last one.
      await decoder.warmUp(bits < 16 ? 0.05 : 1e-3);
    } catch (error) {
      await decoder.dispose();
      throw error;
    }
    return decoder;
  }

  /**
   * @param withLogits also at a temperature above 0, where a token is drawn from probabilities
   * @returns the distribution [V] of the first token, until the next step, and what the next steps of K answers need.
   */
  async readPrompt(
    ids: readonly number[],
    K: number,
    temperature: number,
    withLogits = false,
  ): Promise<{ first: Float32Array; decoding: Decoding }> {
    const out = new Float32Array(K * this.config.vocabSize);
    const logits = !withLogits ? undefined : temperature === 0 ? out : new Float32Array(out.length);
    const { first, pass } = await this.pass(ids, temperature, out, logits);
    const prompts = PromptCache.shared(this.config, ids.length, K, pass);
    return { first, decoding: { temperature, prompts, answers: new AnswerCache(this.config, K), out, logits } };
  }

  /**
   * For a decoder of own prompts: the distributions [V] of each prompt's first token, until the next step, and what the
   * next steps need. Prompts of like length waste least: each takes the room of the longest.
   */
  async readPrompts(
    list: readonly (readonly number[])[],
    temperature: number,
  ): Promise<{ first: Float32Array[]; decoding: Decoding }> {
    const { vocabSize: V } = this.config;
    const out = new Float32Array(list.length * V);
    const prompts = PromptCache.own(
      this.config,
      list.map((ids) => ids.length),
    );
    const first: Float32Array[] = [];
    // One after the other: a prompt's tokens are rows enough for the matrix products.
    for (const [row, ids] of list.entries()) {
      const read = await this.pass(ids, temperature, out.subarray(row * V, (row + 1) * V));
      prompts.set(row, read.pass);
      first.push(read.first);
    }
    return {
      first,
      decoding: { temperature, prompts, answers: new AnswerCache(this.config, list.length), out, logits: undefined },
    };
  }

  /** Read one prompt: its keys and values, and the distribution of the token after it, written to `out`. */
  private async pass(
    ids: readonly number[],
    temperature: number,
    out: Float32Array,
    logits?: Float32Array,
  ): Promise<{ first: Float32Array; pass: PromptPass }> {
    const { nLayer, nKvHead: KV, headSize: D } = this.config;
    const P = ids.length;
    const positions = Int32Array.from(ids.keys());
    const feeds = {
      ids: tensor("int32", Int32Array.from(ids), [P]),
      positions: tensor("int32", positions, [P]),
    };
    const pass: PromptPass = {};
    const fetches: Tensors = {};
    for (let layer = 0; layer < nLayer; layer++) {
      for (const name of [`keys_${layer}`, `values_${layer}`]) {
        pass[name] = new Float32Array(KV * P * D);
        fetches[name] = tensor("float32", pass[name], [1, KV, P, D]);
      }
    }
    const [first] = await this.run(this.prompts, { temperature, out, logits }, feeds, fetches, 1);
    return { first: first!, pass };
  }

  /** Feed the newest token of each answer. @returns [V] of each, until the next step. */
  async step(decoding: Decoding, tokens: readonly number[]): Promise<Float32Array[]> {
    const { prompts, answers } = decoding;
    const feeds: Tensors = { ...prompts.feeds };
    const fetches: Tensors = {};
    const length = answers.next(feeds, fetches);
    const K = tokens.length;
    const positions = Int32Array.from(tokens, (_, row) => prompts.lengths[row]! + length - 1);
    feeds.ids = tensor("int32", Int32Array.from(tokens), [K]);
    feeds.positions = tensor("int32", positions, [K]);
    feeds.sizes = tensor("int64", BigInt64Array.of(BigInt(prompts.longest), BigInt(length)), [2]);
    if (hasWindows(this.config)) feeds.distances = distances(positions, prompts.longest, length);
    return await this.run(this.steps, decoding, feeds, fetches, K);
  }

  /** Go on with these answers only (ascending indices), under the numbers 0, 1, 2, … */
  keep({ prompts, answers }: Decoding, kept: readonly number[]): void {
    prompts.keep(kept);
    answers.keep(kept);
  }

  /** @returns views of `out`, one a row. */
  private async run(
    session: Session,
    { temperature, out, logits }: Pick<Decoding, "temperature" | "out" | "logits">,
    feeds: Tensors,
    fetches: Tensors,
    rows: number,
  ): Promise<Float32Array[]> {
    if (this.disposed) throw new Error("The model was unloaded while it was answering.");
    const { vocabSize: V } = this.config;
    feeds.inverse_temperature = inverse(temperature);
    fetches[temperature === 0 ? "logits" : "probabilities"] = tensor("float32", out.subarray(0, rows * V), [rows, V]);
    if (logits && logits !== out) fetches.logits = tensor("float32", logits.subarray(0, rows * V), [rows, V]);
    await session.run(feeds, fetches);
    return Array.from({ length: rows }, (_, row) => out.subarray(row * V, (row + 1) * V));
  }

  /** Frees the runtime's memory. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.prompts.dispose();
    await this.steps.dispose();
  }

  /**
   * A prompt of two tokens and a step must give what a prompt of three gives. Answers rest on the runtime writing new
   * keys in place and in order (see `stepGraph`), which another version or platform might do differently: then say so
   * instead of writing nonsense. It also makes the first prompt as quick as the others.
   */
  private async warmUp(tolerance: number): Promise<void> {
    if (this.config.nCtx < 3) return;
    const ids = [0, 1, 2].map((i) => i % this.config.vocabSize);
    const expected = (await this.pass(ids, 0, new Float32Array(this.config.vocabSize))).first;
    const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    // Damaged weights: sampling says so.
    if (!Number.isFinite(most)) return;
    const two = ids.slice(0, 2);
    const { decoding } = this.ownPrompts ? await this.readPrompts([two, two], 0) : await this.readPrompt(two, 2, 0);
    for (const got of await this.step(decoding, [ids[2]!, ids[2]!])) {
      if (got.every((x, i) => Math.abs(x - expected[i]!) < tolerance * most)) continue;
      throw new Error("Cached generation goes wrong with this version of onnxruntime on this machine.");
    }
  }
}

/** 1/temperature, small enough that no logit overflows by it. */
function inverse(temperature: number) {
  return tensor("float32", Float32Array.of(temperature === 0 ? 1 : Math.min(1 / temperature, 1e30)), []);
}

/** How far before each answer's newest token, the last of S, stand the P of its prompt and its own. */
function distances(positions: Int32Array, P: number, S: number): Tensor {
  const data = new Int32Array(positions.length * (P + S));
  for (const [row, position] of positions.entries()) {
    const start = row * (P + S);
    for (let j = 0; j < P; j++) data[start + j] = position - j;
    for (let s = 0; s < S; s++) data[start + P + s] = S - 1 - s;
  }
  return tensor("int32", data, [positions.length, 1, 1, P + S]);
}
