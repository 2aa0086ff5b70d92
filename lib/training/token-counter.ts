// Counts tokens in a process of its own, within limits of time and memory: a thread that runs out of memory while it reads
// JSON takes its whole process along. One question after the other: each takes milliseconds, but for the first one to a
// model, which reads its files.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
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
  private readonly limits: { ms: number; megabytes: number };
  private counting: ChildProcess | undefined;
  /** The end of the question asked last. */
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
    // It keeps no process alive, but for who asked it something.
    keep(counting, true);
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(this.limits.ms)]);
    try {
      counting.send(question);
      return await Promise.race([
        once(counting, "message", { signal }).then(([counted]) => counted as Counted),
        once(counting, "exit", { signal }).then(([code]): never => {
          // Out of memory V8 aborts, which is a signal and no code.
          throw new Error(code === null ? "its tokenizer takes too much memory." : "its tokenizer cannot be read.");
        }),
      ]);
    } catch (cause) {
      // It may be in an endless loop: whoever asks next gets another.
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

function started(megabytes: number): ChildProcess {
  const file = fileURLToPath(new URL("token-process.ts", import.meta.url));
  const counting = fork(file, {
    execArgv: [`--max-old-space-size=${megabytes}`],
    // V8 writes pages when it is out of memory.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // Whoever waits is told by `once`; of one that ends between two questions nobody needs to hear.
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
