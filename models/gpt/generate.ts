// Answers from a GPT: one pass over the prompt, then K answers decoded as one batch, a token each a step.
// Runs block the thread (see session.ts): for workers and the command line, never for a process that answers people.

import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import { mustFit } from "../memory.ts";
import { Random } from "../random.ts";
import type { Architecture } from "./architecture.ts";
import { describeModel, ModelDirectoryError, readModel } from "./checkpoint.ts";
import { bytesToLoad, Decoder, type DecoderOptions } from "./decoder.ts";
import { GrowingText, type Pieces } from "./growing-text.ts";
import { likeliest, type SamplingSettings, sample } from "./sampling.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

export interface GenerateOptions extends SamplingSettings {
  /** Turns for the chat template, or the very tokens to go on from. */
  prompt: PromptContent | { ids: readonly number[] };
  /** Longest answer; cut to what the model's context leaves beside the prompt. */
  maxTokens: number;
  /** One for each answer: K = seeds.length. */
  seeds: readonly number[];
  /** Tokens that end an answer, beside the model's own end token. They are no part of the text. */
  stopTokens?: readonly number[];
  /** Texts that end an answer as the person's next turn does: where one begins, the answer is over. */
  stop?: readonly string[];
  /** How many of the likeliest tokens are told beside each chosen one; absent: no log-probabilities are asked for. */
  logProbabilities?: number;
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
  /** Of the newest token, where asked for; the end token has none. */
  chosen?: ChosenToken;
  /** Of a finished answer of a model at an address. */
  origin?: AnswerOrigin;
  /** What went wrong with this answer of a server: it is asked again, or gives no answer. */
  failure?: { sentence: string; isFinal: boolean };
}

/** How an answer of a server came about, kept beside it. */
export interface AnswerOrigin {
  url: string;
  /** The request's body; a key is no part of it. */
  sent: Record<string, unknown>;
  /** What the server says of itself; null where it says nothing. */
  model: string | null;
  fingerprint: string | null;
  finishReason: string | null;
  /** Of the whole call. */
  promptTokens: number | null;
  /** Of this answer; null where several came in one call, and the server counts them together. */
  tokens: number | null;
  /** This answer's share, where there is a price. */
  cost: number | null;
}

/** A token and its natural log-probability before any temperature. */
export interface TokenChance {
  id: number;
  logProbability: number;
}

export interface ChosenToken extends TokenChance {
  /** The likeliest, the first before the others. */
  likeliest: TokenChance[];
}

/** What answers a prompt: a model in a directory here, or one at an address (models/address); who asks need not know. */
export interface Generator {
  generate(options: GenerateOptions): AsyncIterable<AnswerDelta[]>;
  dispose(): void | Promise<void>;
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

export class GptGenerator implements Generator {
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
    const { kind, parameters } = await describeModel(dir);
    if (kind !== "lm") throw new ModelDirectoryError(`${dir} holds a reward model, which gives scores and no answers.`);
    mustFit(`Answering with ${dir}`, parameters * bytesToLoad[options.bits ?? 32]);
    const { config, weights } = await readModel(dir);
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
    const { temperature, logProbabilities: most } = options;
    const { first, decoding } = await this.decoder.readPrompt(ids, answers.length, temperature, most !== undefined);
    const { vocabSize: V } = this.config;
    const ending = { stops, room, texts: this.stopTexts(options.stop) };
    const logitsOf = (row: number) => decoding.logits?.subarray(row * V, (row + 1) * V);
    yield answers.map((answer) => this.advance(answer, first, options, ending, logitsOf(0)));

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
        if (answer.finish !== null) continue;
        deltas.push(this.advance(answer, distributions[row]!, options, ending, logitsOf(row)));
      }
      yield deltas;
    }
  }

  /** Frees the runtime's memory. */
  async dispose(): Promise<void> {
    await this.decoder.dispose();
  }

  /** @throws GenerateError naming the prompt's length and the model's context. */
  private promptIds(prompt: GenerateOptions["prompt"]): number[] {
    const given = typeof prompt === "object" && "ids" in prompt;
    const ids = given ? [...prompt.ids] : this.tokenizer.encodePrompt(prompt);
    const { vocabSize } = this.tokenizer;
    const unknown = given ? ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize)) : undefined;
    if (unknown !== undefined) {
      throw new GenerateError(`The prompt has the token ${unknown}, and this model's go from 0 to ${vocabSize - 1}.`);
    }
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

  /** Where answers end in their text: what the person asked for, and what begins the next turn. */
  stopTexts(asked: readonly string[] = []): string[] {
    const { nextTurn } = this.tokenizer;
    return nextTurn === null ? [...asked] : [...asked, nextTurn];
  }

  /** Choose the answer's next token from its distribution, and say what changed. */
  private advance(
    answer: Answer,
    distribution: Float32Array,
    settings: GenerateOptions,
    ending: Ending,
    logits: Float32Array | undefined,
  ): AnswerDelta {
    // A model may have room for more tokens than its tokenizer names: those are never chosen.
    const named = distribution.subarray(0, this.tokenizer.vocabSize);
    const token = settings.temperature === 0 ? likeliest(named) : sample(named, answer.random.next(), settings);
    let text: string;
    let chosen: ChosenToken | undefined;
    if (ending.stops.has(token)) {
      answer.finish = "stop";
      text = answer.text.end();
    } else {
      if (logits) chosen = chances(logits, token, settings);
      answer.token = token;
      answer.tokens++;
      text = answer.text.push(token);
      if (answer.tokens >= ending.room) {
        answer.finish = "length";
        text = answer.text.end();
      }
      const end = firstOf(text, ending.texts);
      if (end !== -1) {
        answer.finish = "stop";
        text = text.slice(0, end);
      }
    }
    const { index, tokens, finish } = answer;
    return { index, text, tokens, finish, ...(chosen && { chosen }) };
  }
}

/** What ends an answer: tokens, the number of them, texts. */
interface Ending {
  stops: ReadonlySet<number>;
  room: number;
  texts: readonly string[];
}

/** Where the first of these texts begins; -1 where none is in it. */
function firstOf(text: string, texts: readonly string[]): number {
  const places = texts.map((one) => text.indexOf(one)).filter((place) => place !== -1);
  return places.length > 0 ? Math.min(...places) : -1;
}

/** The token's log-probability and those of the likeliest. @param logits [V] divided by the temperature, unless that is 0 */
function chances(
  logits: Float32Array,
  id: number,
  { temperature, logProbabilities = 0 }: GenerateOptions,
): ChosenToken {
  const scale = temperature === 0 ? 1 : temperature;
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  // The largest is subtracted first: exp overflows above ~88 in f32.
  for (const logit of logits) sum += Math.exp(scale * (logit - most));
  const chance = (one: number) => ({ id: one, logProbability: scale * (logits[one]! - most) - Math.log(sum) });
  const first: number[] = [];
  for (let one = 0; one < logits.length && logProbabilities > 0; one++) {
    if (first.length === logProbabilities && logits[one]! <= logits[first.at(-1)!]!) continue;
    const place = first.findIndex((other) => logits[one]! > logits[other]!);
    first.splice(place === -1 ? first.length : place, 0, one);
    if (first.length > logProbabilities) first.pop();
  }
  return { ...chance(id), likeliest: first.map(chance) };
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
