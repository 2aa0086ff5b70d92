// The processes of served models: killed in the middle, more of them than there is memory for, and asked by nobody.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { type Ask, Engine, EngineError, type Served } from "./engine.ts";

let root: string;
let engine: Engine;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "rankloop-engine-"));
  await writeTinyModel(join(root, "one"));
  await writeTinyModel(join(root, "two"));
});
afterEach(() => engine.stop());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const model = (name: string): Served => ({
  id: name,
  kind: "lm",
  directory: join(root, name),
  bits: 32,
  createdAt: 0,
});
const ask: Ask = {
  kind: "generate",
  prompts: [{ text: "Otters eat" }],
  temperature: 1,
  topP: 1,
  maxTokens: 100,
  seeds: [1, 2],
  stop: [],
};
const by = { client: "a", signal: new AbortController().signal };

async function answered(name: string, each: () => void = () => {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const told of engine.ask(model(name), ask, by)) {
    if (!("pieces" in told)) continue;
    for (const { index, text } of told.pieces) texts[index] = (texts[index] ?? "") + text;
    each();
  }
  return texts;
}

test("a process that is killed fails who waits, and the next request has another", async () => {
  engine = new Engine();
  const whole = await answered("one");
  const [killed] = engine.pids();
  await expect(answered("one", () => process.kill(killed!, "SIGKILL"))).rejects.toBeInstanceOf(EngineError);
  expect(await answered("one")).toEqual(whole);
  expect(engine.pids()).not.toContain(killed);
});

test("a model beyond the number takes the place of the one asked least lately, but of none that answers", async () => {
  engine = new Engine({ most: 1 });
  await answered("one");
  const [first] = engine.pids();
  await answered("two");
  expect(engine.pids()).toHaveLength(1);
  expect(engine.pids()).not.toContain(first);
  let other: Promise<string[]> | undefined;
  const both = await answered("two", () => {
    other ??= answered("one");
  });
  expect([both.length, (await other!).length]).toEqual([2, 2]);
});

test("a model that nobody asks leaves the memory", async () => {
  engine = new Engine({ idleMs: 1 });
  await answered("one");
  await expect.poll(() => engine.pids(), { timeout: 60_000 }).toEqual([]);
  expect(await answered("one")).toHaveLength(2);
});

test("a model that could not be loaded is tried again by who asks next", async () => {
  engine = new Engine();
  await expect(answered("three")).rejects.toMatchObject({ why: "unusable" });
  await writeTinyModel(join(root, "three"));
  expect(await answered("three")).toHaveLength(2);
});
