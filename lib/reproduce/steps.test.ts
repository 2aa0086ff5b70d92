import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Steps } from "./steps.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rankloop-steps-"));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

function stepsIn(said: string[] = [], stop = new AbortController()) {
  return new Steps(folder, { first: 10, second: 30 }, stop.signal, (line) => said.push(line));
}

test("what is done is not done again, and what is not is begun again in its own folder", async () => {
  const before = stepsIn();
  await before.run("first", async () => ({ figures: [1, 2] }));
  await expect(
    before.run("second", async ({ folder: own }) => {
      writeFileSync(join(own, "half"), "half");
      throw new Error("the disk is full");
    }),
  ).rejects.toThrow("the disk is full");

  const after = stepsIn();
  const again = async () => {
    throw new Error("done again");
  };
  expect(await after.run("first", again)).toEqual({ figures: [1, 2] });
  const second = await after.run("second", async ({ folder: own }) => existsSync(join(own, "half")));
  expect(second).toBe(true);
  const last = stepsIn();
  expect(await last.run("second", again)).toBe(true);
  // The try that failed has its time in it.
  const { seconds: whole } = JSON.parse(readFileSync(join(folder, "second.json"), "utf8"));
  const stopped = JSON.parse(readFileSync(join(folder, "second", "seconds-before.json"), "utf8"));
  expect(stopped).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(stopped);
  expect(last.seconds).toBe(whole);
});

test("it says which step it is at and how much is left, corrected by the pace so far", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const said: string[] = [];
  const steps = stepsIn(said);
  expect(steps.seconds).toBe(0);
  await steps.run("first", async ({ tell }) => {
    tell("half of it");
    vi.advanceTimersByTime(45_000);
  });
  await steps.run("second", async () => null);
  expect(said[0]).toBe("[1/2, some 40 s left] first: …");
  expect(said[1]).toBe("[1/2, some 40 s left] first: half of it");
  // 45 s for what should take ten, after a minute that counts as expected: (60 + 45) / (60 + 10) of 30 s.
  expect(said[3]).toBe("[2/2, some 45 s left] second: …");
  expect(steps.seconds).toBe(45);
});

test("stopped, it begins nothing more", async () => {
  const stop = new AbortController();
  const steps = stepsIn([], stop);
  stop.abort(new Error("stopped"));
  await expect(steps.run("first", async () => expect.unreachable())).rejects.toThrow("stopped");
  expect(existsSync(join(folder, "first.json"))).toBe(false);
});
