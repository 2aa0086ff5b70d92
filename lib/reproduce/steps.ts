// Steps of a long program that may be stopped at any time: the result of a finished step is on disk, and is not made again.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { duration } from "../output.ts";

interface Done<T> {
  seconds: number;
  result: T;
}

/** A Step is what the work of one step gets: its folder, a way to report progress, and the signal to stop. */
export interface Step {
  /** The step's own folder, kept from one try to the next. */
  folder: string;
  tell(line: string): void;
  signal: AbortSignal;
}

/** Tell reports a line: the progress of a step, which the next line replaces, or that it is done. */
export type Tell = (line: string, what: "going on" | "done") => void;

export class Steps {
  readonly #folder: string;
  /** Seconds that each step takes on two cores, for the time left. */
  readonly #expected: Readonly<Record<string, number>>;
  readonly #signal: AbortSignal;
  readonly #tell: Tell;
  readonly #remaining: Set<string>;
  /** The seconds that finished steps took and were expected to take, by which the time left is corrected. */
  #took = { seconds: 0, expected: 0 };

  constructor(folder: string, expected: Readonly<Record<string, number>>, signal: AbortSignal, tell: Tell) {
    this.#folder = folder;
    this.#expected = expected;
    this.#signal = signal;
    this.#tell = tell;
    this.#remaining = new Set(Object.keys(expected));
  }

  /** The result of a step: the stored one, or what `work` makes now, which an earlier try may have begun. */
  async run<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    if (!(name in this.#expected)) throw new Error(`${name} is no step of this program.`);
    const file = join(this.#folder, `${name}.json`);
    const kept = await read<Done<T>>(file);
    if (kept) {
      this.#finish(name, kept.seconds);
      return kept.result;
    }
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    const tell = (line: string) => this.#tell(`${this.#place(name)} ${line}`, "going on");
    tell("…");
    const tries = join(folder, "seconds-before.json");
    const earlier = (await read<number>(tries)) ?? 0;
    const before = performance.now();
    const seconds = () => earlier + (performance.now() - before) / 1_000;
    try {
      const result = await work({ folder, tell, signal: this.#signal });
      await write(file, { seconds: seconds(), result } satisfies Done<T>);
      this.#finish(name, seconds());
      this.#tell(`${this.#place(name)} done in ${duration(seconds())}`, "done");
      return result;
    } catch (error) {
      await write(tries, seconds());
      throw error;
    }
  }

  #finish(name: string, seconds: number): void {
    this.#remaining.delete(name);
    this.#took.seconds += seconds;
    this.#took.expected += this.#expected[name]!;
  }

  /** The seconds that all steps so far took, stopped tries included. */
  get seconds(): number {
    return this.#took.seconds;
  }

  /** "[7/36, some 40 min left] fine-tuning large:" */
  #place(name: string): string {
    const all = Object.keys(this.#expected).length;
    const number = all - this.#remaining.size + (this.#remaining.has(name) ? 1 : 0);
    return `[${number}/${all}, some ${duration(this.#secondsLeft())} left] ${name}:`;
  }

  #secondsLeft(): number {
    // A step or two say little about the pace of the machine: for a minute's worth it is taken to be as expected.
    const pace = (this.#took.seconds + 60) / (this.#took.expected + 60);
    return pace * [...this.#remaining].reduce((sum, name) => sum + this.#expected[name]!, 0);
  }
}

async function read<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Writes a file whole or not at all: a program killed while it writes leaves the former file. */
async function write(file: string, content: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content)}\n`);
  await rename(`${file}.new`, file);
}
