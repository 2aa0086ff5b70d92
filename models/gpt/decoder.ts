// The two decoding graphs of a model, loaded: reads prompts, then makes distributions of the next token step by step.
// It knows numbers only: text, sampling and when to stop are generate.ts's.
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { Weights } from "./checkpoint.ts";
import type { GptConfig } from "./config.ts";
import { promptGraph, stepGraph } from "./decode-graph.ts";
import { PromptCache, type PromptPass } from "./prompt-cache.ts";

/** Prompts that were read, and the answers so far. */
export interface Decoding {
  /** 0 asks for logits, any other for probabilities. */
  temperature: number;
  prompts: PromptCache;
  answers: AnswerCache;
  /** Distributions [K, V], written anew by each step. */
  out: Float32Array;
}

export interface DecoderOptions {
  threads?: number;
  /** Do the answers of a batch share one prompt (K answers to choose from), or has each its own (`readPrompts`)? */
  prompts?: "shared" | "own";
}

export class Decoder {
  private readonly config: GptConfig;
  private readonly ownPrompts: boolean;
  private readonly prompts: Session;
  private readonly steps: Session;
  /** Embeddings [V, C] and positions [nCtx, C]: looking up and adding rows is done here, not in the graphs. */
  private readonly wte: Float32Array;
  private readonly wpe: Float32Array;
  private disposed = false;

  private constructor(config: GptConfig, weights: Weights, ownPrompts: boolean, prompts: Session, steps: Session) {
    this.config = config;
    this.ownPrompts = ownPrompts;
    this.prompts = prompts;
    this.steps = steps;
    this.wte = weights.get("wte.weight")!.data;
    this.wpe = weights.get("wpe.weight")!.data;
  }

  static async load(config: GptConfig, weights: Weights, options: DecoderOptions = {}): Promise<Decoder> {
    const { prompts: kind = "shared", ...session } = options;
    const prompts = await Session.create(promptGraph(config, weights), session);
    // The order of its nodes matters (see `stepGraph`), and there is nothing left to fuse.
    const steps = await Session.create(stepGraph(config, weights, kind), { ...session, optimize: false });
    const decoder = new Decoder(config, weights, kind === "own", prompts, steps);
    try {
      await decoder.warmUp();
    } catch (error) {
      await decoder.dispose();
      throw error;
    }
    return decoder;
  }

  /** @returns the distribution [V] of the first token, until the next step, and what the next steps of K answers need. */
  async readPrompt(
    ids: readonly number[],
    K: number,
    temperature: number,
  ): Promise<{ first: Float32Array; decoding: Decoding }> {
    const out = new Float32Array(K * this.config.vocabSize);
    const { first, pass } = await this.pass(ids, temperature, out);
    const prompts = PromptCache.shared(this.config, ids.length, K, pass);
    return { first, decoding: { temperature, prompts, answers: new AnswerCache(this.config, K), out } };
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
    return { first, decoding: { temperature, prompts, answers: new AnswerCache(this.config, list.length), out } };
  }

  /** Read one prompt: its keys and values, and the distribution of the token after it, written to `out`. */
  private async pass(
    ids: readonly number[],
    temperature: number,
    out: Float32Array,
  ): Promise<{ first: Float32Array; pass: PromptPass }> {
    const { nLayer, nHead: H, nEmbd: C } = this.config;
    const P = ids.length;
    const x = new Float32Array(P * C);
    for (const [row, id] of ids.entries()) this.embed(x, row, id, row);
    const mask = new Float32Array(P * P);
    for (let row = 0; row < P; row++) mask.fill(Number.NEGATIVE_INFINITY, row * P + row + 1, (row + 1) * P);
    const feeds = { x: tensor("float32", x, [P, C]), mask: tensor("float32", mask, [P, P]) };
    const pass: PromptPass = {};
    const fetches: Tensors = {};
    for (let layer = 0; layer < nLayer; layer++) {
      for (const name of [`keys_${layer}`, `values_${layer}`]) {
        pass[name] = new Float32Array(P * C);
        fetches[name] = tensor("float32", pass[name], [H, P, C / H]);
      }
    }
    const [first] = await this.run(this.prompts, temperature, out, feeds, fetches, 1);
    return { first: first!, pass };
  }

  /** Feed the newest token of each answer. @returns [V] of each, until the next step. */
  async step(decoding: Decoding, tokens: readonly number[]): Promise<Float32Array[]> {
    const { nEmbd: C } = this.config;
    const { prompts, answers, temperature, out } = decoding;
    const feeds: Tensors = { ...prompts.feeds };
    const fetches: Tensors = {};
    const length = answers.next(feeds, fetches);
    const x = new Float32Array(tokens.length * C);
    for (const [row, id] of tokens.entries()) this.embed(x, row, id, prompts.lengths[row]! + length - 1);
    feeds.x = tensor("float32", x, [tokens.length, C]);
    feeds.sizes = tensor("int64", BigInt64Array.of(BigInt(prompts.longest), BigInt(length)), [2]);
    return await this.run(this.steps, temperature, out, feeds, fetches, tokens.length);
  }

  /** Go on with these answers only (ascending indices), under the numbers 0, 1, 2, … */
  keep({ prompts, answers }: Decoding, kept: readonly number[]): void {
    prompts.keep(kept);
    answers.keep(kept);
  }

  /** @returns views of `out`, one a row. */
  private async run(
    session: Session,
    temperature: number,
    out: Float32Array,
    feeds: Tensors,
    fetches: Tensors,
    rows: number,
  ): Promise<Float32Array[]> {
    if (this.disposed) throw new Error("The model was unloaded while it was answering.");
    const { vocabSize: V } = this.config;
    feeds.inverse_temperature = inverse(temperature);
    fetches[temperature === 0 ? "logits" : "probabilities"] = tensor("float32", out.subarray(0, rows * V), [rows, V]);
    await session.run(feeds, fetches);
    return Array.from({ length: rows }, (_, row) => out.subarray(row * V, (row + 1) * V));
  }

  private embed(x: Float32Array, row: number, id: number, position: number): void {
    const { wte, wpe } = this;
    const C = this.config.nEmbd;
    for (let i = 0; i < C; i++) x[row * C + i] = wte[id * C + i]! + wpe[position * C + i]!;
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
  private async warmUp(): Promise<void> {
    if (this.config.nCtx < 3) return;
    const ids = [0, 1, 2].map((i) => i % this.config.vocabSize);
    const expected = (await this.pass(ids, 0, new Float32Array(this.config.vocabSize))).first;
    const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    // Damaged weights: sampling says so.
    if (!Number.isFinite(most)) return;
    const two = ids.slice(0, 2);
    const { decoding } = this.ownPrompts ? await this.readPrompts([two, two], 0) : await this.readPrompt(two, 2, 0);
    for (const got of await this.step(decoding, [ids[2]!, ids[2]!])) {
      if (got.every((x, i) => Math.abs(x - expected[i]!) < 1e-3 * most)) continue;
      throw new Error("Cached generation goes wrong with this version of onnxruntime on this machine.");
    }
  }
}

/** 1/temperature, small enough that no logit overflows by it. */
function inverse(temperature: number) {
  return tensor("float32", Float32Array.of(temperature === 0 ? 1 : Math.min(1 / temperature, 1e30)), []);
}
