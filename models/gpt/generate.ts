// Answers from a GPT: one pass over the prompt, then K answers decoded as one batch, a token each a step.
// Runs block the thread (see session.ts): for workers and the command line, never for a process that answers people.

import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { AnswerCache } from "./answer-cache.ts";
import { ModelDirectoryError, readModel, type Weights } from "./checkpoint.ts";
import type { GptConfig } from "./config.ts";
import { promptGraph, stepGraph } from "./decode-graph.ts";
import { GrowingText, type Pieces } from "./growing-text.ts";
import { likeliest, type SamplingSettings, sample } from "./sampling.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

export interface GenerateOptions extends SamplingSettings {
  prompt: string;
  /** Longest answer; cut to what the model's context leaves beside the prompt. */
  maxTokens: number;
  /** One for each answer: K = seeds.length. */
  seeds: readonly number[];
  /** Tokens that end an answer, beside the model's own end token. They are no part of the text. */
  stopTokens?: readonly number[];
  /** Stops before the next step by throwing its reason. */
  signal?: AbortSignal | undefined;
}

export interface AnswerDelta {
  /** Which of the K answers. */
  index: number;
  /** The whole text so far. */
  text: string;
  /** Tokens so far, the end token not counted. */
  tokens: number;
  /** "stop": the model ended the answer. "length": it was cut. */
  finish: null | "stop" | "length";
}

/** Settings or a prompt that cannot be answered; the message is one sentence for the person who asked. */
export class GenerateError extends Error {
  override name = "GenerateError";
  readonly code = "BAD_REQUEST";
}

interface Answer {
  index: number;
  random: Random;
  text: GrowingText;
  tokens: number;
  /** The newest token, which the next step reads. */
  token: number;
  finish: AnswerDelta["finish"];
}

const newest = (answer: Answer) => answer.token;

/** A prompt that was read, and its answers so far. */
interface Decoding {
  temperature: number;
  /** Tokens of the prompt; their keys and values, by input name of the step graph. */
  promptLength: number;
  prompt: Tensors;
  answers: AnswerCache;
  /** Logits or probabilities [K, V], written anew by each step. */
  out: Float32Array;
}

export class GptGenerator {
  readonly config: GptConfig;
  readonly tokenizer: Tokenizer;
  private readonly prompts: Session;
  private readonly steps: Session;
  /** Embeddings [V, C] and positions [nCtx, C]: looking up and adding rows is done here, not in the graphs. */
  private readonly wte: Float32Array;
  private readonly wpe: Float32Array;
  private readonly pieces: Pieces = new Map();
  private disposed = false;

  private constructor(config: GptConfig, tokenizer: Tokenizer, weights: Weights, prompts: Session, steps: Session) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.prompts = prompts;
    this.steps = steps;
    this.wte = weights.get("wte.weight")!.data;
    this.wpe = weights.get("wpe.weight")!.data;
  }

  /** @throws ModelDirectoryError or TokenizerError when `dir` holds no usable language model. */
  static async load(dir: string, { threads }: { threads?: number } = {}): Promise<GptGenerator> {
    const { config, kind, weights } = await readModel(dir);
    if (kind !== "lm") throw new ModelDirectoryError(`${dir} holds a reward model, which gives scores and no answers.`);
    const tokenizer = await loadTokenizer(dir);
    if (tokenizer.vocabSize > config.vocabSize) {
      throw new ModelDirectoryError(
        `${dir}: tokenizer.json has ${tokenizer.vocabSize} tokens, but the model knows ${config.vocabSize}.`,
      );
    }
    const options = threads === undefined ? {} : { threads };
    const prompts = await Session.create(promptGraph(config, weights), options);
    // The order of its nodes matters (see `stepGraph`), and there is nothing left to fuse.
    const steps = await Session.create(stepGraph(config, weights), { ...options, optimize: false });
    const generator = new GptGenerator(config, tokenizer, weights, prompts, steps);
    await generator.warmUp();
    return generator;
  }

  /**
   * Answer a prompt K times. Yields once a step: the answers that changed. Answer i depends on the weights, the prompt,
   * the settings and seeds[i] only, not on K: rows of a batch never mix, and each has its own random sequence of which a
   * sampled token takes one number. (Products of one row and of several differ in the last bit, so a number within
   * about 10⁻⁶ of the border between two tokens may fall on either side.)
   * @throws GenerateError for settings out of range, or a prompt that leaves no room for an answer.
   */
  async *generate(options: GenerateOptions): AsyncGenerator<AnswerDelta[]> {
    checkSettings(options);
    const { seeds, stopTokens = [], signal } = options;
    const ids = this.promptIds(options.prompt);
    const room = Math.min(options.maxTokens, this.config.nCtx - ids.length);
    const stops = new Set([this.config.eosTokenId, this.tokenizer.eosId, ...stopTokens]);
    const answers = seeds.map(
      (seed, index): Answer => ({
        index,
        random: new Random(seed),
        text: new GrowingText(this.tokenizer, this.pieces),
        tokens: 0,
        token: 0,
        finish: null,
      }),
    );

    signal?.throwIfAborted();
    const { first, decoding } = await this.readPrompt(ids, answers.length, options.temperature);
    yield answers.map((answer) => this.advance(answer, first, options, stops, room));

    let rows = answers;
    for (let made = 1; ; made++) {
      const going = rows.filter((answer) => answer.finish === null);
      if (going.length === 0) return;
      // Leaving moves the whole cache: it pays when a third of the rows is idle.
      if (going.length <= (2 / 3) * rows.length) {
        decoding.answers.keep(going.map((answer) => rows.indexOf(answer)));
        rows = going;
      }
      signal?.throwIfAborted();
      const distributions = await this.step(decoding, rows.map(newest), ids.length + made - 1);
      const deltas: AnswerDelta[] = [];
      for (const [row, answer] of rows.entries()) {
        if (answer.finish === null) deltas.push(this.advance(answer, distributions[row]!, options, stops, room));
      }
      yield deltas;
    }
  }

  /** Frees the runtime's memory. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await this.prompts.dispose();
    await this.steps.dispose();
  }

  /** @throws GenerateError naming the prompt's length and the model's context. */
  private promptIds(prompt: string): number[] {
    const ids = this.tokenizer.encodePrompt(prompt);
    // GPT-2 begins a text after the end of another.
    if (ids.length === 0) ids.push(this.config.eosTokenId);
    const { nCtx } = this.config;
    if (ids.length >= nCtx) {
      throw new GenerateError(
        `The prompt has ${ids.length} tokens, which leaves no room for an answer in this model's context of ${nCtx}.`,
      );
    }
    return ids;
  }

  /** Choose the answer's next token from its distribution, and say what changed. */
  private advance(
    answer: Answer,
    distribution: Float32Array,
    settings: SamplingSettings,
    stops: ReadonlySet<number>,
    room: number,
  ): AnswerDelta {
    const token =
      settings.temperature === 0 ? likeliest(distribution) : sample(distribution, answer.random.next(), settings);
    let text: string;
    if (stops.has(token)) {
      answer.finish = "stop";
      text = answer.text.end();
    } else {
      answer.token = token;
      answer.tokens++;
      text = answer.text.push(token);
      if (answer.tokens >= room) {
        answer.finish = "length";
        text = answer.text.end();
      }
    }
    return { index: answer.index, text, tokens: answer.tokens, finish: answer.finish };
  }

  /** @returns logits (temperature 0) or probabilities [V] of the first token, and what the next steps need. */
  private async readPrompt(ids: readonly number[], K: number, temperature: number) {
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

  /** Feed the newest token of each row, which stands at `position`. @returns [V] of each row, until the next step. */
  private async step(decoding: Decoding, tokens: readonly number[], position: number): Promise<Float32Array[]> {
    const { nEmbd: C } = this.config;
    const x = new Float32Array(tokens.length * C);
    for (const [row, id] of tokens.entries()) this.embed(x, row, id, position);
    const feeds: Tensors = { ...decoding.prompt, x: tensor("float32", x, [tokens.length, C]) };
    const fetches: Tensors = {};
    const length = decoding.answers.next(feeds, fetches);
    feeds.sizes = tensor("int64", BigInt64Array.of(BigInt(decoding.promptLength), BigInt(length)), [2]);
    return await this.run(this.steps, decoding, feeds, fetches, tokens.length);
  }

  /** @returns views of `out`: each row's distribution over the tokens that the tokenizer knows. */
  private async run(session: Session, { temperature, out }: Decoding, feeds: Tensors, fetches: Tensors, rows: number) {
    if (this.disposed) throw new GenerateError("The model was unloaded while it was answering.");
    const { vocabSize: V } = this.config;
    feeds.inverse_temperature = inverse(temperature);
    fetches[temperature === 0 ? "logits" : "probabilities"] = tensor("float32", out.subarray(0, rows * V), [rows, V]);
    await session.run(feeds, fetches);
    return Array.from({ length: rows }, (_, row) => out.subarray(row * V, row * V + this.tokenizer.vocabSize));
  }

  private embed(x: Float32Array, row: number, id: number, position: number): void {
    const { wte, wpe } = this;
    const C = this.config.nEmbd;
    for (let i = 0; i < C; i++) x[row * C + i] = wte[id * C + i]! + wpe[position * C + i]!;
  }

  /**
   * A prompt of two tokens and a step must give what a prompt of three gives. Answers rest on the runtime writing new
   * keys in place and in order (see `stepGraph`), which another version or platform might do differently: then say so
   * instead of writing nonsense. It also makes the first prompt as quick as the others.
   */
  private async warmUp(): Promise<void> {
    if (this.config.nCtx < 3) return;
    const ids = [0, 1, 2].map((i) => i % this.tokenizer.vocabSize);
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

function checkSettings({ temperature, topP, topK, maxTokens, seeds }: GenerateOptions): void {
  const refuse = (what: string, range: string, got: unknown): never => {
    throw new GenerateError(`${what} must be ${range}, not ${got}.`);
  };
  if (!(temperature >= 0 && temperature <= 10)) refuse("The temperature", "from 0 to 10", temperature);
  if (!(topP > 0 && topP <= 1)) refuse("Top-p", "above 0 and at most 1", topP);
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) refuse("Top-k", "a whole number from 1", topK);
  if (!(Number.isInteger(maxTokens) && maxTokens >= 1)) refuse("The longest answer", "at least 1 token", maxTokens);
  if (seeds.length === 0) refuse("The number of answers", "at least 1", 0);
  const seed = seeds.find((s) => !(Number.isSafeInteger(s) && s >= 0));
  if (seed !== undefined) refuse("A seed", "a whole number from 0", seed);
}
