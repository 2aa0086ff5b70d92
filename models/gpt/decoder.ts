// The two decoding graphs of a model, loaded: reads a prompt, then makes distributions of the next token step by step.
// It knows numbers only: text, sampling and when to stop are generate.ts's.
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { Weights } from "./checkpoint.ts";
import type { GptConfig } from "./config.ts";
import { promptGraph, stepGraph } from "./decode-graph.ts";

/** A prompt that was read, and its answers so far. */
export interface Decoding {
  /** 0 asks for logits, any other for probabilities. */
  temperature: number;
  /** Tokens of the prompt; their keys and values, by input name of the step graph. */
  promptLength: number;
  prompt: Tensors;
  answers: AnswerCache;
  /** Distributions [K, V], written anew by each step. */
  out: Float32Array;
}

export class Decoder {
  private readonly config: GptConfig;
  private readonly prompts: Session;
  private readonly steps: Session;
  /** Embeddings [V, C] and positions [nCtx, C]: looking up and adding rows is done here, not in the graphs. */
  private readonly wte: Float32Array;
  private readonly wpe: Float32Array;
  private disposed = false;

  private constructor(config: GptConfig, weights: Weights, prompts: Session, steps: Session) {
    this.config = config;
    this.prompts = prompts;
    this.steps = steps;
    this.wte = weights.get("wte.weight")!.data;
    this.wpe = weights.get("wpe.weight")!.data;
  }

  static async load(config: GptConfig, weights: Weights, options: { threads?: number }): Promise<Decoder> {
    const prompts = await Session.create(promptGraph(config, weights), options);
    // The order of its nodes matters (see `stepGraph`), and there is nothing left to fuse.
    const steps = await Session.create(stepGraph(config, weights), { ...options, optimize: false });
    const decoder = new Decoder(config, weights, prompts, steps);
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
    const { nLayer, nHead: H, nEmbd: C, vocabSize: V } = this.config;
    const P = ids.length;
    const x = new Float32Array(P * C);
    for (const [row, id] of ids.entries()) this.embed(x, row, id, row);
    const mask = new Float32Array(P * P);
    for (let row = 0; row < P; row++) mask.fill(Number.NEGATIVE_INFINITY, row * P + row + 1, (row + 1) * P);
    const decoding: Decoding = {
      temperature,
      promptLength: P,
      prompt: {},
      answers: new AnswerCache(this.config, K),
      out: new Float32Array(K * V),
    };
    const feeds = { x: tensor("float32", x, [P, C]), mask: tensor("float32", mask, [P, P]) };
    const fetches: Tensors = {};
    for (let layer = 0; layer < nLayer; layer++) {
      for (const part of ["keys", "values"]) {
        const stored = tensor("float32", new Float32Array(P * C), [H, P, C / H]);
        fetches[`${part}_${layer}`] = stored;
        decoding.prompt[`prompt_${part}_${layer}`] = stored;
      }
    }
    const [first] = await this.run(this.prompts, decoding, feeds, fetches, 1);
    return { first: first!, decoding };
  }

  /** Feed the newest token of each answer, which stands at `position`. @returns [V] of each, until the next step. */
  async step(decoding: Decoding, tokens: readonly number[], position: number): Promise<Float32Array[]> {
    const { nEmbd: C } = this.config;
    const x = new Float32Array(tokens.length * C);
    for (const [row, id] of tokens.entries()) this.embed(x, row, id, position);
    const feeds: Tensors = { ...decoding.prompt, x: tensor("float32", x, [tokens.length, C]) };
    const fetches: Tensors = {};
    const length = decoding.answers.next(feeds, fetches);
    feeds.sizes = tensor("int64", BigInt64Array.of(BigInt(decoding.promptLength), BigInt(length)), [2]);
    return await this.run(this.steps, decoding, feeds, fetches, tokens.length);
  }

  /** @returns views of `out`, one a row. */
  private async run(session: Session, { temperature, out }: Decoding, feeds: Tensors, fetches: Tensors, rows: number) {
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
    const { first } = await this.readPrompt(ids, 1, 0);
    const expected = first.slice();
    const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    // Damaged weights: sampling says so.
    if (!Number.isFinite(most)) return;
    const { decoding } = await this.readPrompt(ids.slice(0, 2), 2, 0);
    for (const got of await this.step(decoding, [ids[2]!, ids[2]!], 2)) {
      if (got.every((x, i) => Math.abs(x - expected[i]!) < 1e-3 * most)) continue;
      throw new Error("Cached generation goes wrong with this version of onnxruntime on this machine.");
    }
  }
}

/** 1/temperature, small enough that no logit overflows by it. */
function inverse(temperature: number) {
  return tensor("float32", Float32Array.of(temperature === 0 ? 1 : Math.min(1 / temperature, 1e30)), []);
}
