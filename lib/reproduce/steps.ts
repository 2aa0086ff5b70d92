// The steps of a long program that may be stopped at any time: what is done is on the disk, and is not done again.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { duration } from "../cli/output.ts";

interface Done<T> {
  seconds: number;
  result: T;
}

/** What a step is given: where its files may be, how to say how far it is, and when to stop. */
export interface Step {
  /** A folder of its own, kept from one try to the next. */
  folder: string;
  tell(line: string): void;
  signal: AbortSignal;
}

/** Takes what there is to say: how far a step is, which the next line replaces, or that it is done. */
export type Tell = (line: string, what: "going on" | "done") => void;

export class Steps {
  readonly #folder: string;
  /** Seconds that each step takes on two cores, for the time left. */
  readonly #expected: Readonly<Record<string, number>>;
  readonly #signal: AbortSignal;
  readonly #tell: Tell;
  readonly #remaining: Set<string>;
  /** Of the steps done in this process, by which the expectation is corrected. */
  #took = { seconds: 0, expected: 0 };

  constructor(folder: string, expected: Readonly<Record<string, number>>, signal: AbortSignal, tell: Tell) {
    this.#folder = folder;
    this.#expected = expected;
    this.#signal = signal;
    this.#tell = tell;
    this.#remaining = new Set(Object.keys(expected));
  }

  /** The result of a step: as it was kept, or from `work`, of which an earlier try may have done a part. */
  async run<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    const file = join(this.#folder, `${name}.json`);
    const kept = await readKept<T>(file);
    if (kept) {
      this.#remaining.delete(name);
      return kept.result;
    }
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    const tell = (line: string) => this.#tell(`${this.#place(name)} ${line}`, "going on");
    tell("…");
    const before = performance.now();
    const result = await work({ folder, tell, signal: this.#signal });
    const seconds = (performance.now() - before) / 1_000;
    // Whole or not at all: a program killed while it writes has not done the step.
    await writeFile(`${file}.new`, `${JSON.stringify({ seconds, result } satisfies Done<T>)}\n`);
    await rename(`${file}.new`, file);
    this.#remaining.delete(name);
    this.#took.seconds += seconds;
    this.#took.expected += this.#expected[name]!;
    this.#tell(`${this.#place(name)} done in ${duration(seconds)}`, "done");
    return result;
  }

  /** That all steps done so far took, whenever that was. */
  async seconds(): Promise<number> {
    const kept = await Promise.all(
      Object.keys(this.#expected).map((name) => readKept(join(this.#folder, `${name}.json`))),
    );
    return kept.reduce((sum, done) => sum + (done?.seconds ?? 0), 0);
  }

  /** "[7/31, some 40 min left] large SFT" */
  #place(name: string): string {
    const all = Object.keys(this.#expected).length;
    const number = all - this.#remaining.size + (this.#remaining.has(name) ? 1 : 0);
    return `[${number}/${all}, some ${duration(this.#secondsLeft())} left] ${name}:`;
  }

  #secondsLeft(): number {
    const pace = this.#took.expected > 0 ? this.#took.seconds / this.#took.expected : 1;
    return pace * [...this.#remaining].reduce((sum, name) => sum + this.#expected[name]!, 0);
  }
}

async function readKept<T>(file: string): Promise<Done<T> | null> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
