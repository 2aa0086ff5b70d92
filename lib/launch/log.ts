// A child's log file: its output in entries with the time, repeats counted instead of written, rotated while it runs.
// Errors of the file (a full disk, a folder that is gone) are counted and reported once it works again, never thrown: logging
// must not stop the process it logs.
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";

export interface Log {
  /** Reads a stream to its end. A line that is not indented begins an entry. */
  read(stream: Readable): void;
  /** Writes what is held back: entries that may go on, and how often others were repeated. */
  flush(): void;
}

export interface LogOptions {
  /** The file is renamed to "<file>.1", in place of the one before, when it would grow beyond this: bytes. */
  largestBytes?: number;
  /** How often the repeats of an entry are told: ms. */
  tellEveryMs?: number;
}

/** How long to wait for more lines of an entry, ms. A stack trace arrives faster than this. */
const heldMs = 100;
/** Longer entries lose their end. */
const longestEntry = 16 * 1024;
/** How many different entries are remembered, to know a repeat. */
const remembered = 200;

export function openLog(file: string, options: LogOptions = {}): Log {
  const { largestBytes = 5 * 1024 * 1024, tellEveryMs = 60_000 } = options;
  const out = boundedFile(file, largestBytes);
  const repeats = new Map<string, { firstLine: string; count: number }>();
  const readers = new Set<() => void>();

  const note = (entry: string) => {
    const key = withoutNumbers(entry);
    const known = repeats.get(key);
    if (known) {
      known.count++;
      return;
    }
    if (repeats.size >= remembered) tellRepeats();
    const more = entry.length - longestEntry;
    out.write(more > 0 ? `${entry.slice(0, longestEntry)} … and ${more} characters more` : entry);
    repeats.set(key, { firstLine: entry.split("\n", 1)[0]!.slice(0, 200), count: 0 });
  };
  /** Reports the repeats. An entry without any is forgotten, and written whole the next time. */
  const tellRepeats = () => {
    for (const [key, one] of repeats) {
      if (one.count === 0) repeats.delete(key);
      else out.write(`${one.count} more like: ${one.firstLine}`);
      one.count = 0;
    }
    if (repeats.size >= remembered) repeats.clear();
  };
  setInterval(tellRepeats, tellEveryMs).unref();

  return {
    read(stream) {
      let held = "";
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        timer = undefined;
        if (held.trim()) note(held.trimEnd());
        held = "";
      };
      readers.add(end);
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        const entries = (held + chunk).split(/\n(?=[^\s})\]])/);
        held = entries.pop()!;
        for (const entry of entries) if (entry.trim()) note(entry.trimEnd());
        if (held.length > 2 * longestEntry) end();
        else timer ??= setTimeout(end, heldMs);
      });
      stream.on("error", () => {});
      stream.on("close", () => {
        end();
        readers.delete(end);
      });
    },
    flush() {
      for (const end of readers) end();
      tellRepeats();
    },
  };
}

/** The same error about another id, at another time, is a repeat: withoutNumbers("run 7f3a, try 2") → "run #, try #" */
const withoutNumbers = (entry: string) => entry.slice(0, longestEntry).replace(/[\w-]*\d[\w-]*/g, "#");

/** A file to append to that holds at most `largestBytes`, and as much again in "<file>.1". */
function boundedFile(file: string, largestBytes: number): { write(entry: string): void } {
  let handle: number | undefined;
  let size = 0;
  let lost = 0;

  const open = (): number => {
    if (handle !== undefined) return handle;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = openSync(file, "a", 0o600);
    handle = opened;
    size = fstatSync(opened).size;
    return opened;
  };
  const rotate = () => {
    const full = open();
    try {
      renameSync(file, `${file}.1`);
      handle = undefined;
      closeSync(full);
    } catch {
      // Nothing may be renamed here: what is in it goes, so that it stays bounded.
      ftruncateSync(full);
      size = 0;
    }
  };
  const append = (text: string) => {
    const line = Buffer.from(`${new Date().toISOString()} ${text}\n`);
    open();
    if (size > 0 && size + line.length > largestBytes) rotate();
    size += writeSync(open(), line);
  };

  return {
    write(entry) {
      try {
        if (lost > 0) append(`${lost} entries could not be written.`);
        lost = 0;
        append(entry);
      } catch {
        lost++;
      }
    },
  };
}
