import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mountSmallDisk, type SmallDisk } from "../../db/small-disk.fixture.ts";
import { type Log, type LogOptions, openLog } from "./log.ts";

let dir: string;
let file: string;
let disk: SmallDisk | null = null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-log-"));
  file = join(dir, "logs", "web.log");
});
afterEach(() => {
  disk?.unmount();
  disk = null;
  rmSync(dir, { recursive: true });
});

const written = (path = file) => (existsSync(path) ? readFileSync(path, "utf8") : "");
const entries = (path = file) =>
  written(path)
    .replace(/^\d{4}-\d\d-\d\dT\S+Z /gm, "")
    .trimEnd()
    .split("\n");

/** A log and a stream that it reads; `say` resolves when what was said is in it. */
function opened(options?: LogOptions): { log: Log; say: (text: string) => Promise<void> } {
  const log = openLog(file, options);
  const stream = new PassThrough();
  log.read(stream);
  const say = async (text: string) => {
    stream.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, say };
}

const trace = (id: string) =>
  `Error: comparison ${id} is broken\n    at write (/lib/a.ts:3:7)\n    at run (/lib/b.ts:9:1)\n`;

test("an entry keeps its lines together and is written with the time", async () => {
  const { log, say } = opened();
  await say(`Ready\n${trace("7f3a")}`);
  log.flush();
  expect(written()).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z Ready\n\d{4}\S+Z Error: comparison 7f3a is broken\n {4}at write/,
  );
});

test("repeats of one error are counted, whatever it was about, and others are written", async () => {
  const { log, say } = opened();
  for (let i = 0; i < 2_000; i++) await say(trace(`${i}f`));
  await say("Error: another one\n    at write (/lib/a.ts:3:7)\n");
  log.flush();
  expect(entries()).toEqual([
    "Error: comparison 0f is broken",
    "    at write (/lib/a.ts:3:7)",
    "    at run (/lib/b.ts:9:1)",
    "Error: another one",
    "    at write (/lib/a.ts:3:7)",
    "1999 more like: Error: comparison 0f is broken",
  ]);
  // Told; then it goes on being counted, and after a pause it is written whole again.
  log.flush();
  await say(trace("8f"));
  log.flush();
  expect(entries().at(-3)).toBe("Error: comparison 8f is broken");
});

test("it is rotated while it is written, and bounded in size whatever comes", async () => {
  const { log, say } = opened({ largestBytes: 20_000 });
  const letters = (i: number) => [...String(i)].map((digit) => String.fromCharCode(97 + Number(digit))).join("");
  for (let i = 0; i < 600; i++) await say(`Visitor ${letters(i)} said ${"nonsense ".repeat(10)}\n`);
  await say(`${"x".repeat(300_000)}\n`);
  log.flush();
  const sizes = [file, `${file}.1`].map((path) => statSync(path).size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20_000);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect(entries().at(-1)).toMatch(/^x+ … and \d+ characters more$/);
});

test("on a full disk nothing is thrown; what could not be written is counted and told when there is room", async (context) => {
  disk = mountSmallDisk();
  if (!disk) return context.skip("this user may not mount a tmpfs, and no other way gives a real ENOSPC here");
  file = join(disk.path, "web.log");
  const { log, say } = opened();
  await say("Ready\n");
  log.flush();
  disk.fill();
  for (const word of ["first", "second", "third"]) await say(`Error: ${word}\n${"    at somewhere\n".repeat(500)}`);
  log.flush();
  disk.free();
  await say("Room again\n");
  log.flush();
  expect(entries()[0]).toBe("Ready");
  expect(entries().at(-1)).toBe("Room again");
  expect(written()).toMatch(/[123] entries could not be written\./);
});
