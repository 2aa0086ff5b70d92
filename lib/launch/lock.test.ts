import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive, isLock, takeLock } from "./lock.mjs";

let dir: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-lock-"));
  file = join(dir, "launcher.lock");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true });
});

/** A process that takes the lock, says "got" or the holder's pid, and stays. */
function taker(): Promise<{ said: string; child: ChildProcess }> {
  const script = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, "lock.mjs"))};
    const taken = takeLock(${JSON.stringify(file)});
    console.log("pid" in taken ? taken.pid : "got");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => resolve({ said: String(data).trim(), child }));
    child.stderr.once("data", (data) => reject(new Error(String(data))));
  });
}

test("the lock of a living process is refused and names it; released, it is free", async () => {
  const first = await taker();
  expect(first.said).toBe("got");
  expect(takeLock(file)).toMatchObject({ pid: first.child.pid });
  expect(existsSync(file)).toBe(true);

  const ended = new Promise((resolve) => first.child.once("exit", resolve));
  first.child.kill("SIGKILL");
  await ended;
  const mine = takeLock(file);
  expect(isLock(mine)).toBe(true);
  if (isLock(mine)) {
    mine.tell("http://127.0.0.1:3000");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      pid: process.pid,
      address: "http://127.0.0.1:3000",
    });
    mine.release();
  }
  expect(existsSync(file)).toBe(false);
});

test("a pid used again by another program is not the holder", () => {
  const holder = { pid: process.pid, started: "an earlier boot 1", address: null };
  expect(isAlive(holder)).toBe(false);
  writeFileSync(file, JSON.stringify(holder));
  expect(isLock(takeLock(file))).toBe(true);
});

test("a lock file cut short by a full disk does not lock anyone out", () => {
  writeFileSync(file, '{"pid": 12');
  expect(isLock(takeLock(file))).toBe(true);
});

test("of several that come at once onto an abandoned lock exactly one gets it", async () => {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, started: "gone", address: null }));
  const said = (await Promise.all([taker(), taker(), taker(), taker()])).map((each) => each.said);
  const winners = said.filter((each) => each === "got");
  expect(winners).toHaveLength(1);
  expect(new Set(said).size).toBe(2);
});
