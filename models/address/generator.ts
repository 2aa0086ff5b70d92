// A language model at an address: any server with OpenAI's API (vLLM, SGLang, llama.cpp, Ollama, LM Studio, OpenAI itself).
// K answers stream in side by side; one that fails leaves the others be.
import { createParser } from "eventsource-parser";
import * as z from "zod";
import { alternating, messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import type { AnswerDelta, GenerateOptions, Generator } from "../gpt/generate.ts";
import { Connection, type ServerAddress, ServerError } from "./connection.ts";

export interface AddressModel extends ServerAddress {
  /** The server's name for it. */
  model: string;
  /** Turns to /chat/completions, or one text to /completions. */
  asks: "chat" | "completion";
  /** Does the server make several answers in one call? They then have one seed. Else each answer is a call. */
  severalPerCall?: boolean;
  /** Written over the fields of each request; null leaves one out, such as `{"max_tokens": null}`. */
  extra?: Readonly<Record<string, unknown>>;
  /** For a million tokens, in any one currency; null: not known. */
  price?: { prompt: number | null; answer: number | null };
}

const usage = z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number().nullish() });
/** A chunk of either kind, of which servers leave out much. */
const chunk = z.looseObject({
  model: z.string().nullish(),
  system_fingerprint: z.string().nullish(),
  usage: usage.nullish(),
  choices: z
    .array(
      z.looseObject({
        index: z.int().min(0).nullish(),
        text: z.string().nullish(),
        delta: z.looseObject({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  error: z.union([z.string(), z.looseObject({ message: z.string().nullish() })]).nullish(),
});

/** One choice of a call, as it comes. */
interface Coming {
  text: string;
  pieces: number;
  finishReason: string | null;
}

const [oldLimit, newLimit] = ["max_tokens", "max_completion_tokens"] as const;

/** Fields that are the caller's, not the setting's. */
const own = ["model", "messages", "prompt", "stream", "n", "seed"];

export class AddressGenerator implements Generator {
  readonly #connection: Connection;
  readonly #model: AddressModel;
  /** What the server calls the most tokens of an answer. */
  #limit: typeof oldLimit | typeof newLimit = oldLimit;

  /** @param connection tests' own. @throws AddressRefused, ServerError for extra fields that are not the setting's */
  constructor(model: AddressModel, connection = new Connection(model)) {
    const taken = own.find((name) => model.extra && name in model.extra);
    if (taken)
      throw new ServerError(`"${taken}" is set by Rankloop in each request: leave it out of the extra fields.`);
    this.#connection = connection;
    this.#model = model;
  }

  /**
   * As a model in a directory does; an answer that is tried again begins anew, and says why.
   * @throws after the others' end what made an answer fail: ServerError, AddressRefused, or the signal's reason
   */
  async *generate(options: GenerateOptions): AsyncGenerator<AnswerDelta[]> {
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const all = [...options.seeds.keys()];
    const calls = this.#model.severalPerCall && all.length > 1 ? [all] : all.map((index) => [index]);
    const changed = new Map<number, AnswerDelta>();
    const finished = new Set<number>();
    let wake = () => {};
    let going = calls.length;
    let failure: { error: unknown } | undefined;
    for (const indices of calls) {
      const tell = (delta: AnswerDelta) => {
        if (delta.finish !== null) finished.add(delta.index);
        changed.set(delta.index, delta);
        wake();
      };
      this.#answer(indices, options, signal, tell)
        .catch((error) => {
          failure ??= { error };
          // Some answers of a call may be there.
          const open = indices.filter((index) => !finished.has(index));
          for (const index of open) tell(failed(index, error, true));
        })
        .finally(() => {
          going--;
          wake();
        });
    }
    try {
      while (going > 0 || changed.size > 0) {
        if (changed.size === 0) {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
        options.signal?.throwIfAborted();
        const deltas = [...changed.values()];
        changed.clear();
        if (deltas.length > 0) yield deltas;
      }
    } finally {
      left.abort();
    }
    if (failure) throw failure.error;
  }

  dispose(): void {}

  /** One call, and one more for each answer that a server of fewer choices did not give. */
  async #answer(
    indices: readonly number[],
    options: GenerateOptions,
    signal: AbortSignal,
    tell: (delta: AnswerDelta) => void,
  ): Promise<void> {
    const path = this.#model.asks === "chat" ? "/chat/completions" : "/completions";
    const onRetry = (failure: ServerError) => {
      for (const index of indices) tell(failed(index, failure, false));
    };
    const send = (body: Record<string, unknown>) => {
      const read = (text: AsyncIterable<string>) => this.#read(text, path, body, indices, tell);
      return this.#connection.post(path, body, "text/event-stream", read, signal, onRetry);
    };
    const body = this.#body(options, indices);
    const given = await send(body).catch((error: unknown) => {
      // OpenAI's reasoning models have another name for the limit, and say so.
      const isRenamed = error instanceof ServerError && error.message.includes(newLimit) && body[oldLimit] != null;
      if (!isRenamed) throw error;
      this.#limit = newLimit;
      return send(this.#body(options, indices));
    });
    const missing = indices.filter((index) => !given.has(index));
    if (missing.length === indices.length)
      throw new ServerError(`The server gave no answer, though it says that it did.`);
    await Promise.all(missing.map((index) => this.#answer([index], options, signal, tell)));
  }

  #body(options: GenerateOptions, indices: readonly number[]): Record<string, unknown> {
    const { temperature, topP, topK, maxTokens, seeds, stop = [] } = options;
    if (typeof options.prompt === "object" && "ids" in options.prompt) {
      throw new ServerError("A model at an address takes words, not the tokens of another model.");
    }
    const prompt: PromptContent = options.prompt;
    const messages = messagesOf(prompt).map(({ role, content }) => ({ role, content }));
    const body = {
      model: this.#model.model,
      ...(this.#model.asks === "chat" ? { messages: alternating(messages) } : { prompt: promptText(messages) }),
      temperature,
      top_p: topP,
      ...(topK !== undefined && { top_k: topK }),
      [this.#limit]: maxTokens,
      seed: seeds[indices[0]!],
      ...(indices.length > 1 && { n: indices.length }),
      ...(stop.length > 0 && { stop }),
      stream: true,
      stream_options: { include_usage: true },
      ...this.#model.extra,
    };
    return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  }

  /** @returns the indices that were answered. @throws ServerError for what is no such stream, or ends too early */
  async #read(
    text: AsyncIterable<string>,
    path: string,
    sent: Record<string, unknown>,
    indices: readonly number[],
    tell: (delta: AnswerDelta) => void,
  ): Promise<Set<number>> {
    const coming = new Map<number, Coming>();
    const about = { model: null as string | null, fingerprint: null as string | null };
    let counted: z.output<typeof usage> | null = null;
    let whole = false;
    const onEvent = ({ data }: { data: string }) => {
      if (data === "[DONE]") {
        whole = true;
        return;
      }
      const read = this.#parsed(data);
      about.model = read.model ?? about.model;
      about.fingerprint = read.system_fingerprint ?? about.fingerprint;
      counted = read.usage ?? counted;
      for (const { index, text, delta, finish_reason } of read.choices ?? []) {
        const choice = coming.get(index ?? 0) ?? { text: "", pieces: 0, finishReason: null };
        coming.set(index ?? 0, choice);
        const piece = text ?? delta?.content ?? "";
        choice.text += piece;
        if (piece !== "") choice.pieces++;
        choice.finishReason = finish_reason ?? choice.finishReason;
        const answer = indices[index ?? 0];
        if (answer === undefined || piece === "") continue;
        tell({ index: answer, text: choice.text, tokens: choice.pieces, finish: null });
      }
    };
    const parser = createParser({ onEvent });
    for await (const part of text) parser.feed(part);
    const unfinished = [...coming.values()].some(({ finishReason }) => finishReason === null);
    if (coming.size === 0 || (unfinished && !whole)) {
      throw new ServerError("The server broke off in the middle of its answer.", { passing: true });
    }
    const given = new Set<number>();
    for (const [place, { text, pieces, finishReason }] of coming) {
      const index = indices[place];
      if (index === undefined) continue;
      if (finishReason === "content_filter") throw new ServerError("The server withheld the answer (content_filter).");
      given.add(index);
      const origin = originOf(counted, coming.size, this.#model.price);
      const finish = finishReason === "length" ? "length" : "stop";
      tell({
        index,
        text,
        tokens: origin.tokens ?? pieces,
        finish,
        origin: { url: this.#connection.urlOf(path), sent, ...about, finishReason, ...origin },
      });
    }
    return given;
  }

  #parsed(data: string): z.output<typeof chunk> {
    let json: unknown;
    try {
      json = JSON.parse(data);
    } catch (cause) {
      throw new ServerError("The server sends what is no JSON: is this its base URL?", { cause });
    }
    const read = chunk.safeParse(json);
    if (!read.success) {
      throw new ServerError("The server does not answer as OpenAI's API does: is this its base URL?", {
        cause: read.error,
      });
    }
    const { error } = read.data;
    if (error == null) return read.data;
    const said = this.#connection.saying(typeof error === "string" ? error : (error.message ?? ""));
    throw new ServerError(`The server failed in the middle${said}.`, { passing: true });
  }
}

const failed = (index: number, error: unknown, isFinal: boolean): AnswerDelta => ({
  index,
  text: "",
  tokens: 0,
  finish: null,
  failure: { sentence: error instanceof Error ? error.message : String(error), isFinal },
});

function originOf(counted: z.output<typeof usage> | null, answers: number, price: AddressModel["price"]) {
  const promptTokens = counted?.prompt_tokens ?? null;
  const all = counted?.completion_tokens ?? null;
  // A price that is not known makes a cost that is not, unless there is nothing to pay with it.
  const costOf = (tokens: number | null, each: number | null | undefined) =>
    tokens === 0 ? 0 : tokens === null || each == null ? null : tokens * each;
  const [read, written] = [costOf(promptTokens, price?.prompt), costOf(all, price?.answer)];
  const cost = read === null || written === null ? null : (read + written) / 1e6 / answers;
  return { promptTokens, tokens: answers === 1 ? all : null, cost };
}
