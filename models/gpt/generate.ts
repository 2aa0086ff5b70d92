// Answers from a GPT: one pass over the prompt, then K answers decoded as one batch, a token each a step.
// Runs block the thread (see session.ts): for workers and the command line, never for a process that answers people.

import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import { Random } from "../random.ts";
import type { Architecture } from "./architecture.ts";
import { ModelDirectoryError, readModel } from "./checkpoint.ts";
import { Decoder, type DecoderOptions } from "./decoder.ts";
import { GrowingText, type Pieces } from "./growing-text.ts";
import { likeliest, type SamplingSettings, sample } from "./sampling.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

export interface GenerateOptions extends SamplingSettings {
  prompt: PromptContent;
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
  /** "stop": the model ended the answer, or went on with the person's next turn. "length": it was cut. */
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

export class GptGenerator {
  readonly config: Architecture;
  readonly tokenizer: Tokenizer;
  private readonly decoder: Decoder;
  private readonly pieces: Pieces = new Map();

  private constructor(config: Architecture, tokenizer: Tokenizer, decoder: Decoder) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.decoder = decoder;
  }

  /** @throws ModelDirectoryError or TokenizerError when `dir` holds no usable language model. */
  static async load(dir: string, options: Pick<DecoderOptions, "threads" | "bits"> = {}): Promise<GptGenerator> {
    const { config, kind, weights } = await readModel(dir);
    if (kind !== "lm") throw new ModelDirectoryError(`${dir} holds a reward model, which gives scores and no answers.`);
    const tokenizer = await loadTokenizer(dir);
    const decoder = await Decoder.load(config, weights, { ...options, release: true });
    return new GptGenerator(config, tokenizer, decoder);
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
    const stops = new Set([...this.config.eosTokenIds, this.tokenizer.eosId, ...stopTokens]);
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
    const { first, decoding } = await this.decoder.readPrompt(ids, answers.length, options.temperature);
    yield answers.map((answer) => this.advance(answer, first, options, stops, room));

    let rows = answers;
    for (;;) {
      const going = rows.filter((answer) => answer.finish === null);
      if (going.length === 0) return;
      // Leaving moves the whole cache: it pays when a third of the rows is idle.
      if (going.length <= (2 / 3) * rows.length) {
        this.decoder.keep(
          decoding,
          going.map((answer) => rows.indexOf(answer)),
        );
        rows = going;
      }
      signal?.throwIfAborted();
      const distributions = await this.decoder.step(decoding, rows.map(newest));
      const deltas: AnswerDelta[] = [];
      for (const [row, answer] of rows.entries()) {
        if (answer.finish === null) deltas.push(this.advance(answer, distributions[row]!, options, stops, room));
      }
      yield deltas;
    }
  }

  /** Frees the runtime's memory. */
  async dispose(): Promise<void> {
    await this.decoder.dispose();
  }

  /** @throws GenerateError naming the prompt's length and the model's context. */
  private promptIds(prompt: PromptContent): number[] {
    const ids = this.tokenizer.encodePrompt(prompt);
    // GPT-2 begins a text after the end of another.
    if (ids.length === 0) ids.push(this.tokenizer.eosId);
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
    // A model may have room for more tokens than its tokenizer names: those are never chosen.
    const named = distribution.subarray(0, this.tokenizer.vocabSize);
    const token = settings.temperature === 0 ? likeliest(named) : sample(named, answer.random.next(), settings);
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
      const next = this.tokenizer.nextTurn === null ? -1 : text.indexOf(this.tokenizer.nextTurn);
      if (next !== -1) {
        answer.finish = "stop";
        text = text.slice(0, next);
      }
    }
    return { index: answer.index, text, tokens: answer.tokens, finish: answer.finish };
  }
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
