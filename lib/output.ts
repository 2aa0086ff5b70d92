// Results to stdout, everything else to stderr: `rankloop … | program` gets results only.
import { jsonlLine } from "./preference/jsonl.ts";

/** One result: an object for machines with `--json`, else the text for people. */
export function result(json: boolean | undefined, forMachines: unknown, forPeople: () => string): void {
  process.stdout.write(json ? `${jsonlLine(forMachines)}\n` : `${forPeople()}\n`);
}

export function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

/** Progress shows one line. A terminal has it overwritten; elsewhere, where it would fill a log, it comes every few seconds. */
export class Progress {
  #shownAt = Number.NEGATIVE_INFINITY;
  readonly #everyMs = process.stderr.isTTY ? 100 : 2_000;

  show(line: string): void {
    if (performance.now() - this.#shownAt < this.#everyMs) return;
    this.#shownAt = performance.now();
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  /** Clears the line. To be called before anything else is written. */
  end(): void {
    if (process.stderr.isTTY && this.#shownAt > 0) process.stderr.write("\r\u001b[2K");
    this.#shownAt = Number.NEGATIVE_INFINITY;
  }
}

/** 0.8125 → "81.3 %" */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** 3725 → "1 h 2 min", 75 → "1 min 15 s" */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`;
}
