// Counts tokens in a thread of its own, within limits of time and memory. One question after the other: each takes
// milliseconds, but for the first one to a model, which reads its files.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Message } from "../vocabulary/conversation.ts";

export interface Question {
  /** Of the model. */
  directory: string;
  messages: readonly Message[];
  answer: string;
}

/** Tokens of the prompt and of the answer, or why there is no number; a sentence. */
export type Counted = { prompt: number; answer: number } | { problem: string };

/** The largest vocabularies there are take seconds to read on a busy machine. */
const mostMs = 20_000;
const mostMegabytes = 1_024;

export class TokenCounter {
  private readonly limitMs: number;
  private thread: Worker | undefined;
  /** The end of the question asked last. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(limitMs = mostMs) {
    this.limitMs = limitMs;
  }

  /** @throws Error with a sentence where a model's files cannot be used, or take too long */
  count(question: Question): Promise<{ prompt: number; answer: number }> {
    const next = this.last.then(async () => {
      const counted = await this.ask(question);
      if ("problem" in counted) throw new Error(counted.problem);
      return counted;
    });
    this.last = next.catch(() => {});
    return next;
  }

  private async ask(question: Question): Promise<Counted> {
    this.thread ??= new Worker(new URL("token-thread.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    const { thread } = this;
    // It keeps no process alive, but for who asked it something.
    thread.ref();
    thread.postMessage(question);
    try {
      const [counted] = await once(thread, "message", { signal: AbortSignal.timeout(this.limitMs) });
      return counted;
    } catch (cause) {
      // It may be in an endless loop: whoever asks next gets another.
      this.thread = undefined;
      await thread.terminate();
      const { name, code } = cause as NodeJS.ErrnoException;
      if (name === "AbortError") throw new Error("its tokenizer takes too long.", { cause });
      if (code === "ERR_WORKER_OUT_OF_MEMORY") throw new Error("its tokenizer takes too much memory.", { cause });
      throw cause;
    } finally {
      thread.unref();
    }
  }
}
