// Real processes on one real file: killed while they write, and several claiming at once.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkpointLog, type Database, driverOf, ormOf } from "./client.ts";
import { addComparison, addJob, addModel, addPrompt, addUser, temporaryDatabase } from "./database.fixture.ts";
import { assignment, demonstration, job, prompt } from "./schema/index.ts";

let db: Database;
let remove: () => void;
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
});
afterEach(() => remove());

/** A process with the database open as `db`; each line it prints is something it was told is done. */
function run(body: string): ChildProcess {
  const here = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));
  const script = `
    import { writeSync } from "node:fs";
        const { openDatabase } = await import(${here("client.ts")});
    const prompts = await import(${here("queries/prompts.ts")});
    const assignments = await import(${here("queries/assignments.ts")});
    const jobs = await import(${here("queries/jobs.ts")});
    const db = openDatabase(${JSON.stringify(db.file)});
    const by = (id) => ({ db, project: "practice", actor: { kind: "user", id, role: "labeler" }, now: Date.now() });
    const say = (line) => writeSync(1, line + "\\n");
    ${body}`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

async function linesOf(child: ChildProcess, enough = Number.POSITIVE_INFINITY): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (lines.length === enough) child.kill("SIGKILL");
  }
  return lines;
}

test("a writer killed at any moment loses nothing it was told is stored, and leaves no half", async () => {
  const authorId = await addUser(db, "ada");
  const told: string[] = [];
  for (const enough of [1, 7, 23, 40]) {
    const writer = run(`
      for (let i = 0; ; i++) {
        const { id } = await prompts.insertPrompt(by(${JSON.stringify(authorId)}), {
          kind: "plain", text: "prompt " + i, messages: [{ role: "user", content: "prompt " + i }],
          useCase: "chat", split: "train", demonstration: "answer ".repeat(2000),
        });
        say(id);
      }`);
    const ended = once(writer, "close");
    told.push(...(await linesOf(writer, enough)));
    expect((await ended)[1]).toBe("SIGKILL");
  }
  expect(told.length).toBeGreaterThanOrEqual(71);
  expect(driverOf(db).pragma("integrity_check", { simple: true })).toBe("ok");
  const stored = new Set((await ormOf(db).select({ id: prompt.id }).from(prompt).all()).map((row) => row.id));
  expect(told.filter((id) => !stored.has(id))).toEqual([]);
  const withAnswer = await ormOf(db).select({ id: demonstration.promptId }).from(demonstration).all();
  expect(new Set(withAnswer.map((row) => row.id))).toEqual(stored);
});

test("the log is cut while somebody writes without a pause", async () => {
  const authorId = await addUser(db, "ada");
  const sizeOf = () => statSync(`${db.file}-wal`).size;
  const writer = run(`
    const text = "answer ".repeat(5000);
    for (let i = 0; i < 6000; i++) {
      await prompts.insertPrompt(by(${JSON.stringify(authorId)}), {
        kind: "plain", text, messages: [{ role: "user", content: text }],
        useCase: "chat", split: "train",
      });
    }`);
  const ended = once(writer, "close");
  let largest = 0;
  let isCut = false;
  while (writer.exitCode === null && !isCut) {
    largest = Math.max(largest, sizeOf());
    await checkpointLog(db);
    isCut = sizeOf() < largest;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(isCut).toBe(true);
  expect(writer.exitCode).toBeNull();
  writer.kill("SIGKILL");
  await ended;
  expect(driverOf(db).pragma("integrity_check", { simple: true })).toBe("ok");
});

test("labelers in several processes never get the same comparison", async () => {
  const createdBy = await addUser(db, "lead");
  const made = { promptId: await addPrompt(db), modelId: await addModel(db), createdBy, texts: ["a", "b"] };
  for (let i = 0; i < 40; i++) await addComparison(db, made);
  const claimers = await Array.fromAsync({ length: 3 }, async (_, process) => {
    const labelers = await Array.fromAsync({ length: 20 }, (_, i) => addUser(db, `labeler_${process}_${i}`));
    return run(`
      await Promise.all(${JSON.stringify(labelers)}.map(async (labelerId) => {
        const held = await assignments.claimAssignment(by(labelerId), { leaseMs: 60000 });
        say(held ? held.comparisonId : "none");
      }));`);
  });
  const got = (await Promise.all(claimers.map((child) => linesOf(child)))).flat();
  const claimed = got.filter((line) => line !== "none");
  expect(got).toHaveLength(60);
  expect(claimed).toHaveLength(40);
  expect(new Set(claimed).size).toBe(40);
  expect(await ormOf(db).select().from(assignment).all()).toHaveLength(40);
});

test("workers in several processes never get the same job", async () => {
  for (let i = 0; i < 60; i++) await addJob(db, { kind: "generate", subjectId: `comparison ${i}` });
  const workers = ["a", "b", "c"].map((workerId) =>
    run(`
      for (;;) {
        const job = await jobs.claimJob(db, { kinds: ["generate"], workerId: "${workerId}", leaseMs: 60000 });
        if (!job) break;
        say(job.id);
        await jobs.heartbeatJob(db, { id: job.id, workerId: "${workerId}", leaseMs: 60000 });
      }`),
  );
  const got = (await Promise.all(workers.map((child) => linesOf(child)))).flat();
  expect(new Set(got).size).toBe(60);
  expect(got).toHaveLength(60);
  expect((await ormOf(db).select().from(job).all()).every((row) => row.attempts === 1)).toBe(true);
});
