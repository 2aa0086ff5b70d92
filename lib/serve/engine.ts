// The processes that run served models, and who may ask them when. Knows nothing of HTTP.
import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { FairQueue } from "./fair-queue.ts";

/** A model that is served. */
export interface Served {
  /** What clients call it. */
  id: string;
  kind: "lm" | "reward";
  directory: string;
  bits: WeightBits;
  /** Unix ms. */
  createdAt: number;
}

/** Turns for the model's chat template, a text that a program has put together, or its tokens. */
export type Prompt = { messages: readonly Message[] } | { text: string } | { ids: readonly number[] };

/**
 * What is scored: the last of the messages as the answer to those before it, tokens, or a text that begins with the prompt,
 * where that is known. `end`: the end token is put behind it.
 */
export type Scorable =
  | { messages: readonly Message[] }
  | { ids: readonly number[] }
  | { text: string; prompt?: string | undefined; end: boolean };

export type Ask =
  | {
      kind: "generate";
      prompts: readonly Prompt[];
      temperature: number;
      topP: number;
      topK?: number | undefined;
      maxTokens: number;
      /** Of the answers to the first prompt; those to the next have the numbers after them. */
      seeds: readonly number[];
      stop: readonly string[];
      logProbabilities?: number | undefined;
    }
  | { kind: "score"; items: readonly Scorable[] };

export interface NamedToken {
  /** Or its number, where it has no text of its own. */
  text: string;
  /** Of its text in UTF-8; null where it has none. */
  bytes: number[] | null;
  /** Natural logarithm, before any temperature. */
  logProbability: number;
}

/** What one answer has more than before. */
export interface Piece {
  /** Of the answer: all of the first prompt's, then the second's. */
  index: number;
  text: string;
  /** So far. */
  tokens: number;
  finish: null | "stop" | "length";
  token?: NamedToken & { likeliest: NamedToken[] };
}

export type Told =
  | { promptTokens: number }
  | { pieces: Piece[] }
  | { scores: number[] }
  | { done: true }
  | { problem: string; why: "too long" | "refused" | "unusable" | "failed" };

export type Question = { id: number } & ({ ask: Ask } | { cancel: true });

/** Why a model gave no answer; a sentence. */
export class EngineError extends Error {
  override name = "EngineError";
  readonly why: Extract<Told, { problem: string }>["why"];
  constructor(sentence: string, why: EngineError["why"]) {
    super(sentence);
    this.why = why;
  }
}

/** Requests that a model works on at once: each goes a step, then the next one. */
const mostAtOnce = 4;

interface Running {
  process: ChildProcess;
  queue: FairQueue;
  /** Requests that are answered or wait. */
  asked: number;
  idle: NodeJS.Timeout | undefined;
  /** Its model could not be loaded: who asks next finds out whether it can be now. */
  unusable: boolean;
}

export class Engine {
  readonly #running = new Map<string, Running>();
  readonly #most: number;
  readonly #idleMs: number;
  #next = 0;

  /**
   * @param most models in memory at once: the one that was asked least lately goes first, unless it answers
   * @param idleMs after which a model that nobody asks leaves the memory
   */
  constructor({ most = Number.POSITIVE_INFINITY, idleMs = Number.POSITIVE_INFINITY } = {}) {
    this.#most = most;
    this.#idleMs = idleMs;
  }

  /**
   * What the model tells, as it comes; breaking off, or the signal, ends its work.
   * @param client whose requests wait behind each other, and not before those of others
   * @throws EngineError, QueueError
   */
  async *ask(model: Served, ask: Ask, { client, signal }: { client: string; signal: AbortSignal }) {
    const running = this.#of(model);
    running.asked++;
    clearTimeout(running.idle);
    let leave = () => {};
    const id = this.#next++;
    let ended = false;
    try {
      leave = await running.queue.enter(client, signal);
      if (running.process.connected) running.process.send({ id, ask } satisfies Question);
      for await (const told of toldBy(running.process, id, signal)) {
        if ("problem" in told || "done" in told) ended = true;
        if ("problem" in told && told.why === "unusable") running.unusable = true;
        if ("problem" in told) throw new EngineError(told.problem, told.why);
        if ("done" in told) return;
        yield told;
      }
      ended = true;
      throw new EngineError("The model's process ended in the middle of its work.", "failed");
    } finally {
      if (!ended && running.process.connected) running.process.send({ id, cancel: true } satisfies Question);
      leave();
      if (--running.asked === 0) {
        if (running.unusable) this.#end(running);
        else if (Number.isFinite(this.#idleMs)) {
          running.idle = setTimeout(() => this.#end(running), this.#idleMs).unref();
        }
      }
    }
  }

  /** Process ids of the models in memory, the one asked last at the end. */
  pids(): number[] {
    return [...this.#running.values()].map(({ process }) => process.pid ?? 0);
  }

  /** Ends all of them. */
  stop(): void {
    for (const { process } of this.#running.values()) process.kill("SIGKILL");
    this.#running.clear();
  }

  #of({ kind, directory, bits }: Served): Running {
    const key = JSON.stringify([kind, directory, bits]);
    const found = this.#running.get(key);
    const known = found?.unusable ? undefined : found;
    // The one asked for last stands last.
    this.#running.delete(key);
    const running = known ?? this.#started(key, [kind, directory, String(bits)]);
    this.#running.set(key, running);
    for (const [one, another] of this.#running) {
      if (this.#running.size <= this.#most) break;
      if (another.asked === 0 && one !== key) this.#end(another);
    }
    return running;
  }

  #started(key: string, args: string[]): Running {
    const file = fileURLToPath(new URL("engine-process.ts", import.meta.url));
    // What it prints on its own is for the log, never for the answers on stdout.
    const child = fork(file, args, { execArgv: [], stdio: ["ignore", 2, 2, "ipc"] });
    child.setMaxListeners(0);
    // Whoever waits hears of its exit.
    child.on("error", () => {});
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => {
      process.off("exit", end);
      if (this.#running.get(key)?.process === child) this.#running.delete(key);
    });
    return { process: child, queue: new FairQueue(mostAtOnce), asked: 0, idle: undefined, unusable: false };
  }

  /** Off the list before it is gone: whoever asks meanwhile gets another. */
  #end(running: Running): void {
    for (const [key, one] of this.#running) if (one === running) this.#running.delete(key);
    running.process.kill("SIGKILL");
  }
}

/** What a process tells of one question, until it ends. */
async function* toldBy(child: ChildProcess, id: number, signal: AbortSignal): AsyncGenerator<Told> {
  if (!child.connected) return;
  for await (const [told] of on(child, "message", { signal, close: ["exit"] })) {
    if ((told as Question).id === id) yield told as Told;
  }
}
