import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeLines } from "./write-lines.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-lines-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function* count(to: number, width = 0): AsyncGenerator<string> {
  for (let i = 0; i < to; i++) yield String(i).padStart(width, "0");
}

test("writes every line, in order, and leaves nothing beside the file", async () => {
  const file = join(dir, "out", "lines.jsonl");
  expect(await writeLines(file, count(20_000))).toBe(20_000);
  expect(readFileSync(file, "utf8")).toBe(`${Array.from({ length: 20_000 }, (_, i) => i).join("\n")}\n`);
  expect(readdirSync(join(dir, "out"))).toEqual(["lines.jsonl"]);
});

test("nothing to write is an empty file", async () => {
  const file = join(dir, "lines.jsonl");
  expect(await writeLines(file, count(0))).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("");
});

test("a source that fails half-way, or a Ctrl-C, leaves the old file as it was", async () => {
  const file = join(dir, "lines.jsonl");
  writeFileSync(file, "old\n");
  async function* broken() {
    yield* count(50_000);
    throw new Error("the source broke");
  }
  await expect(writeLines(file, broken())).rejects.toThrow("the source broke");

  const stop = new AbortController();
  async function* interrupted() {
    yield* count(50_000);
    stop.abort(new Error("interrupted"));
    yield "never";
  }
  await expect(writeLines(file, interrupted(), stop.signal)).rejects.toThrow("interrupted");
  expect(readFileSync(file, "utf8")).toBe("old\n");
  expect(readdirSync(dir)).toEqual(["lines.jsonl"]);
});

test("what a symbolic link leads to is replaced, and a device stays a device", async () => {
  const file = join(dir, "lines.jsonl");
  writeFileSync(file, "old\n");
  symlinkSync(file, join(dir, "link"));
  await writeLines(join(dir, "link"), count(2));
  expect(readFileSync(file, "utf8")).toBe("0\n1\n");
  expect(lstatSync(join(dir, "link")).isSymbolicLink()).toBe(true);
  expect(await writeLines("/dev/null", count(2))).toBe(2);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("a full disk leaves the old file as it was", async (context) => {
  const disk = join(dir, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    context.skip("mounting a small disk needs root");
  }
  try {
    const file = join(disk, "lines.jsonl");
    writeFileSync(file, "old\n");
    await expect(writeLines(file, count(10_000, 100))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readFileSync(file, "utf8")).toBe("old\n");
    expect(readdirSync(disk)).toEqual(["lines.jsonl"]);
  } finally {
    execFileSync("umount", [disk]);
  }
});
