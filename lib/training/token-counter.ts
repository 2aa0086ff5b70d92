// Counts tokens in a separate process, within limits of time and memory: a thread that runs out of memory while it reads JSON
// would end its whole process. Questions are answered one after the other: each takes milliseconds, except the first about a
// model, which reads its files.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Message } from "../vocabulary/conversation.ts";

export interface Question {
  /** The model's directory. */
  directory: string;
  messages: readonly Message[];
  answer: string;
}

/** Counted is the tokens of the prompt and of the answer, or a sentence why they cannot be counted. */
export type Counted = { prompt: number; answer: number } | { problem: string };

/** The time limit of a question: the largest vocabularies take seconds to read on a busy machine. */
const mostMs = 20_000;
const mostMegabytes = 1_024;

export class TokenCounter {
  private readonly limits: { ms: number; megabytes: number };
  private counting: ChildProcess | undefined;
  /** Settles when the last question is answered. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(limits: { ms?: number; megabytes?: number } = {}) {
    this.limits = { ms: mostMs, megabytes: mostMegabytes, ...limits };
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
    const { connected } = this.counting ?? { connected: false };
    const counting = connected ? this.counting! : started(this.limits.megabytes);
    this.counting = counting;
    // It keeps this process alive only while a question is open.
    keep(counting, true);
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(this.limits.ms)]);
    try {
      counting.send(question);
      return await Promise.race([
        once(counting, "message", { signal }).then(([counted]) => counted as Counted),
        once(counting, "exit", { signal }).then(([code]): never => {
          // V8 aborts when it is out of memory: the process then ends by a signal, without a code.
          throw new Error(code === null ? "its tokenizer takes too much memory." : "its tokenizer cannot be read.");
        }),
      ]);
    } catch (cause) {
      // It may be in an endless loop: the next question gets a new process.
      this.counting = undefined;
      counting.kill("SIGKILL");
      if ((cause as Error).name === "AbortError") throw new Error("its tokenizer takes too long.", { cause });
      throw cause;
    } finally {
      answered.abort();
      keep(counting, false);
    }
  }
}

/** The one of this process. */
export const tokenCounter = new TokenCounter();

function started(megabytes: number): ChildProcess {
  const file = fileURLToPath(new URL("token-process.ts", import.meta.url));
  const counting = fork(file, {
    execArgv: [`--max-old-space-size=${megabytes}`],
    // V8 writes pages when it is out of memory.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // A waiting question hears of the end by `once`; an end between two questions concerns nobody.
  counting.on("error", () => {});
  const end = () => counting.kill("SIGKILL");
  process.once("exit", end);
  counting.once("exit", () => process.off("exit", end));
  return counting;
}

function keep(counting: ChildProcess, kept: boolean): void {
  const how = kept ? "ref" : "unref";
  counting[how]();
  counting.channel?.[how]();
}
