// One call to a server that other people run: sent once, read with limits, and whatever goes wrong is one sentence.
// Not fetch: a look-up of our own must choose where the connection goes, and a redirect is never followed.
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { isIP } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { AddressRefused, baseUrl, mustBeSafe, safeLookup } from "./safe-address.ts";

/** A server that does not answer, or not as it should; the message is one sentence. */
export class ServerError extends Error {
  override name = "ServerError";
  /** Might another try be answered? */
  readonly passing: boolean;
  /** What the server asked to wait before that, ms. */
  readonly waitMs: number | undefined;
  constructor(
    sentence: string,
    { passing = false, waitMs, cause }: { passing?: boolean; waitMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(sentence, { cause });
    this.passing = passing;
    this.waitMs = waitMs;
  }
}

/** A server and how it is called. */
export interface ServerAddress {
  /** Such as https://api.example.org/v1. */
  baseUrl: string;
  /** Sent as a bearer token. */
  key?: string | undefined;
  /** Longest time for one call, ms. */
  timeLimitMs: number;
  /** Calls at once. */
  parallel: number;
  /** May it be this machine, or one of a private network? */
  allowInner: boolean;
}

/** Bytes of an answer that are read at most; K answers of the longest kind are a tenth of it. */
const mostBytes = 8_000_000;
/** Bytes that are read of what a server says to an error. */
const mostErrorBytes = 64_000;
const mostTries = 4;
/** A server that wants a longer pause is not waited for. */
const longestWaitMs = 60_000;

export class Connection {
  readonly #base: string;
  readonly #server: ServerAddress;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  #going = 0;
  /** Begins of calls that wait, the longest first. */
  readonly #waiting = new Set<() => void>();

  /** @param pause tests do not wait. @throws AddressRefused */
  constructor(
    server: ServerAddress,
    pause = (ms: number, signal: AbortSignal): Promise<unknown> => wait(ms, undefined, { signal }),
  ) {
    this.#base = baseUrl(server.baseUrl, server.allowInner);
    this.#server = server;
    this.#pause = pause;
  }

  /** The URL that a path stands for. */
  urlOf(path: string): string {
    return `${this.#base}${path}`;
  }

  /**
   * POST a body, and have the answer read; what might pass is tried again, after as long as the server asks.
   * @param read of the answer's text as it comes; from its beginning at each try
   * @param onRetry is told what made another try necessary
   * @throws ServerError, AddressRefused, or the signal's reason
   */
  async post<T>(
    path: string,
    body: object,
    accept: string,
    read: (chunks: AsyncIterable<string>) => Promise<T>,
    signal: AbortSignal,
    onRetry: (failure: ServerError) => void = () => {},
  ): Promise<T> {
    await this.#enter(signal);
    try {
      for (let tried = 1; ; tried++) {
        try {
          return await this.#once(path, JSON.stringify(body), accept, read, signal);
        } catch (error) {
          signal.throwIfAborted();
          const again = error instanceof ServerError && error.passing && tried < mostTries;
          const waitMs = again ? (error.waitMs ?? 500 * 2 ** (tried - 1)) : 0;
          if (!again || waitMs > longestWaitMs) throw error;
          onRetry(error);
          await this.#pause(waitMs, signal);
        }
      }
    } finally {
      this.#leave();
    }
  }

  async #once<T>(
    path: string,
    body: string,
    accept: string,
    read: (chunks: AsyncIterable<string>) => Promise<T>,
    given: AbortSignal,
  ): Promise<T> {
    const { timeLimitMs } = this.#server;
    const limit = new AbortController();
    const late = setTimeout(() => limit.abort(), timeLimitMs);
    const signal = AbortSignal.any([given, limit.signal]);
    try {
      const response = await this.#send(path, body, accept, signal);
      try {
        await this.#mustBeGood(response, accept);
        return await read(this.#text(response));
      } finally {
        response.destroy();
      }
    } catch (error) {
      given.throwIfAborted();
      if (limit.signal.aborted) {
        throw new ServerError(`${this.#name} did not answer within ${timeLimitMs / 1_000} s.`, { cause: error });
      }
      throw this.#inWords(error);
    } finally {
      clearTimeout(late);
    }
  }

  #send(path: string, body: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { key, allowInner } = this.#server;
    const url = new URL(this.urlOf(path));
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(host)) mustBeSafe(host, allowInner);
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === "https:" ? overHttps : overHttp)(
        url,
        {
          method: "POST",
          headers: {
            accept,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            "accept-encoding": "identity",
            ...(key && { authorization: `Bearer ${key}` }),
          },
          lookup: safeLookup(allowInner),
          signal,
        },
        resolve,
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async #mustBeGood(response: IncomingMessage, accept: string): Promise<void> {
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400) {
      throw new ServerError(
        `${this.#name} sends elsewhere (${status}), which is not followed: give the address it leads to.`,
      );
    }
    if (status < 200 || status >= 300) throw await this.#refusal(response, status);
    const type = headers["content-type"] ?? "nothing named";
    if (type.toLowerCase().startsWith(accept)) return;
    const given = this.#withoutKey(type.split(";", 1)[0]!).slice(0, 100);
    throw new ServerError(
      `${this.#name} answers with ${given}, not with ${accept} as OpenAI's API does: is this its base URL?`,
    );
  }

  async #refusal(response: IncomingMessage, status: number): Promise<ServerError> {
    const said = await this.#saidBy(response);
    const waitMs = waitOf(response);
    if (status === 401 || status === 403) return new ServerError(`${this.#name} wants another key (${status}).`);
    if (status === 429)
      return new ServerError(`${this.#name} is asked too much (429)${said}.`, { passing: true, waitMs });
    if (status >= 500 || status === 408) {
      return new ServerError(`${this.#name} failed (${status})${said}.`, { passing: true, waitMs });
    }
    if (status === 404) return new ServerError(`${this.#name} knows no such address or model (404)${said}.`);
    return new ServerError(`${this.#name} refuses this (${status})${said}.`);
  }

  async #saidBy(response: IncomingMessage): Promise<string> {
    let text = "";
    try {
      for await (const chunk of response) {
        text += chunk;
        if (text.length > mostErrorBytes) break;
      }
    } catch {
      return "";
    }
    return this.saying(sentenceIn(text));
  }

  /** For sentences: ": what the server says" in one line, shortened, without a full stop and without its key; or "". */
  saying(text: string): string {
    const said = this.#withoutKey(text).replace(/\s+/g, " ").trim().replace(/\.$/, "");
    return said === "" ? "" : `: ${said.length > 200 ? `${said.slice(0, 200)}…` : said}`;
  }

  #withoutKey(text: string): string {
    const { key } = this.#server;
    return key ? text.replaceAll(key, "…") : text;
  }

  /** The body as text, in whole characters, and not without end. */
  async *#text(response: IncomingMessage): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let size = 0;
    try {
      for await (const chunk of response) {
        size += (chunk as Buffer).length;
        if (size > mostBytes)
          throw new ServerError(`${this.#name} sends more than ${mostBytes / 1e6} MB for one answer.`);
        yield decoder.decode(chunk as Buffer, { stream: true });
      }
      yield decoder.decode();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new ServerError(`${this.#name} sent a broken character: its answer is no whole UTF-8.`, {
        passing: true,
        cause: error,
      });
    }
  }

  #inWords(error: unknown): unknown {
    if (error instanceof ServerError || error instanceof AddressRefused) return error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) return error;
    if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code.startsWith("HPE_")) {
      return new ServerError(`${this.#name} broke off in the middle of its answer.`, { passing: true, cause: error });
    }
    return new ServerError(`${this.#name} cannot be reached (${code}).`, { passing: true, cause: error });
  }

  /** For sentences: "The server at api.example.org". */
  get #name(): string {
    return `The server at ${new URL(this.#base).host}`;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#going < this.#server.parallel) {
      this.#going++;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener("abort", giveUp, { once: true });
    await promise;
    signal.removeEventListener("abort", giveUp);
  }

  /** The place goes to who waits longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#going--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** What the server asks to wait, ms: seconds, a date by its own clock, or OpenAI's milliseconds. */
function waitOf({ headers }: IncomingMessage): number | undefined {
  const ms = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (ms >= 0) return ms;
  const after = headers["retry-after"];
  if (after === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(after)) return 1_000 * Number(after);
  const now = Date.parse(headers.date ?? "");
  const waitMs = Date.parse(after) - (Number.isNaN(now) ? Date.now() : now);
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** The sentence in an error of OpenAI's shape, or of the shapes of others; "" where there is none. */
function sentenceIn(text: string): string {
  try {
    const { error, message, detail } = JSON.parse(text);
    const said = error?.message ?? error ?? message ?? detail;
    return typeof said === "string" ? said : "";
  } catch {
    return "";
  }
}
