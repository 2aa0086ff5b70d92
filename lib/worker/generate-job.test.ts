// The generate job end to end, with a real GPT of random weights: rows in SQLite → tokens → rows in SQLite.

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bySystem } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import {
  addComparison,
  addJob,
  addModel,
  addPrompt,
  addUser,
  temporaryDatabase,
  testProject,
} from "../../db/database.fixture.ts";
import { writeAnswers } from "../../db/queries/candidates.ts";
import { type CandidateRow, getComparison, regenerateCandidate, stopGeneration } from "../../db/queries/comparisons.ts";
import { claimJob, getJob } from "../../db/queries/jobs.ts";
import { GptGenerator } from "../../models/gpt/generate.ts";
import { eventually } from "../installation.fixture.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { type PromptContent, promptText } from "../vocabulary/conversation.ts";
import { generateJob } from "./generate-job.ts";
import { type RunJob, work } from "./loop.ts";
import { writeTinyModel } from "./tiny-model.fixture.ts";

let db: Database;
let remove: () => void;
let modelId: string;
let createdBy: string;
let shutdown: AbortController;
let worker: Promise<void> | undefined;

beforeEach(async () => {
  let directory: string;
  ({ db, directory, remove } = await temporaryDatabase());
  vi.stubEnv("RANKLOOP_DATA", directory);
  createdBy = await addUser(db, "ada");
  modelId = await addModel(db);
  await writeTinyModel(modelDirectory({ origin: "trained", directory: modelId }));
  shutdown = new AbortController();
});

afterEach(async () => {
  shutdown.abort();
  await worker;
  worker = undefined;
  vi.unstubAllEnvs();
  remove();
});

function startWorker(run: RunJob = generateJob(db)): void {
  const report = () => {};
  worker = work({ db, kinds: ["generate"], workerId: "worker", run, shutdown: shutdown.signal, pollMs: 10, report });
}

/** A comparison of three answers with its job; the test database's candidates ask for 32 tokens, seeds 0, 1 and 2. */
async function start(prompt: PromptContent = "What do otters eat?"): Promise<{ id: string; jobId: string }> {
  const { id } = await addComparison(db, { promptId: await addPrompt(db, prompt), modelId, createdBy, k: 3 });
  return { id, jobId: await addJob(db, { kind: "generate", subjectId: id }) };
}
const candidatesOf = async (id: string): Promise<CandidateRow[]> => (await getComparison(db, id))?.candidates ?? [];
const untilState = (id: string, state: string) =>
  eventually(async () => expect((await getComparison(db, id))?.state).toBe(state));

test("writes each answer with its own seed, and the same again for the same seeds", async () => {
  startWorker();
  const [first, second] = [await start(), await start()];
  await untilState(first.id, "ready");
  await untilState(second.id, "ready");
  const texts = (await candidatesOf(first.id)).map(({ text }) => text);
  expect(new Set(texts).size).toBe(3);
  expect((await candidatesOf(second.id)).map(({ text }) => text)).toEqual(texts);
  for (const candidate of await candidatesOf(first.id)) {
    expect(candidate).toMatchObject({ state: "done", error: null });
    expect(candidate.tokens).toBeGreaterThan(0);
  }
  expect(await getJob(db, first.jobId)).toMatchObject({ state: "done", attempts: 1 });
});

test("a conversation goes through the model's chat template, turn by turn", async () => {
  const turns = [
    { role: "system", content: "Be short." },
    { role: "user", content: "What do otters eat?" },
    { role: "assistant", content: "Fish." },
    { role: "user", content: "And what else?" },
  ] as const;
  const expected = async (prompt: PromptContent) => {
    const generator = await GptGenerator.load(modelDirectory({ origin: "trained", directory: modelId }));
    const texts: string[] = [];
    const drawn = { temperature: 1, topP: 1, maxTokens: 32, seeds: [0, 1, 2] };
    for await (const deltas of generator.generate({ prompt, ...drawn })) {
      for (const { index, text } of deltas) texts[index] = text;
    }
    await generator.dispose();
    return texts;
  };
  startWorker();
  const { id } = await start(turns);
  await untilState(id, "ready");
  const texts = (await candidatesOf(id)).map(({ text }) => text);
  expect(texts).toEqual(await expected(turns));
  // Not as the text that lists show.
  expect(texts).not.toEqual(await expected(promptText(turns)));
});

test("stopped in the middle: what was written stays, and the job ends", async () => {
  const { id, jobId } = await start();
  const run = generateJob(db);
  startWorker(async (job, context) => {
    // The person stops as soon as the worker has the job: the next write tells it.
    await stopGeneration({ ...bySystem(db), project: testProject }, { comparisonId: job.subjectId });
    return run(job, context);
  });
  await untilState(id, "stopped");
  const candidates = await candidatesOf(id);
  expect(candidates.map(({ state }) => state)).toEqual(["stopped", "stopped", "stopped"]);
  expect(candidates.some(({ tokens }) => tokens > 0 && tokens < 32)).toBe(true);
  expect(await getJob(db, jobId)).toMatchObject({ state: "cancelled" });
});

test("a dead worker's finished answers stay, its half-written ones start again", async () => {
  const { id } = await start();
  const dead = await claimJob(db, { kinds: ["generate"], workerId: "worker", leaseMs: 600_000 });
  const [finished, half] = await candidatesOf(id);
  await writeAnswers(db, { id: dead?.id ?? "", workerId: "worker" }, id, [
    { id: finished!.id, text: "kept as it was", tokens: 4, finish: "stop" },
    { id: half!.id, text: "half of an ans", tokens: 4, finish: null },
  ]);
  startWorker();
  await untilState(id, "ready");
  const after = await candidatesOf(id);
  expect(after[0]).toMatchObject({ text: "kept as it was", state: "done" });
  expect(after[1]?.text).not.toContain("half of an ans");
});

test("one answer written anew gets another seed; the others stay", async () => {
  startWorker();
  const { id } = await start();
  await untilState(id, "ready");
  const before = await candidatesOf(id);
  expect(
    await regenerateCandidate({ ...bySystem(db), project: testProject }, { candidateId: before[1]!.id, seed: 77 }),
  ).toEqual({
    seed: 77,
  });
  await untilState(id, "ready");
  const after = await candidatesOf(id);
  expect(after.map(({ text }) => text)).toEqual([before[0]?.text, after[1]?.text, before[2]?.text]);
  expect(after[1]).toMatchObject({ seed: 77, state: "done" });
  expect(after[1]?.text).not.toBe(before[1]?.text);
});

test("a model that is away for a moment is tried again; its sentence stands on the answers when it stays away", async () => {
  const directory = modelDirectory({ origin: "trained", directory: modelId });
  await rename(directory, `${directory}-away`);
  const { id, jobId } = await start();
  startWorker();
  await eventually(async () => expect(await getJob(db, jobId)).toMatchObject({ state: "waiting", attempts: 1 }));
  await rename(`${directory}-away`, directory);
  await untilState(id, "ready");

  await rename(directory, `${directory}-away`);
  // Another model has to be loaded in between, or the worker would answer with the one it still has.
  const other = await addModel(db);
  await writeTinyModel(modelDirectory({ origin: "trained", directory: other }));
  const { id: between } = await addComparison(db, { promptId: await addPrompt(db), modelId: other, createdBy, k: 2 });
  await addJob(db, { kind: "generate", subjectId: between });
  await untilState(between, "ready");
  const lost = await start();
  await untilState(lost.id, "failed");
  for (const { state, error } of await candidatesOf(lost.id)) {
    expect(state).toBe("failed");
    expect(error).toContain(modelId);
  }
});

test("a model whose tokenizer never ends gets a sentence at once, and the next one its turn", async () => {
  const hostile = await addModel(db);
  const directory = modelDirectory({ origin: "trained", directory: hostile });
  await writeTinyModel(directory);
  const file = join(directory, "tokenizer.json");
  const pre_tokenizer = { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated", invert: false };
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), pre_tokenizer }));
  const promptId = await addPrompt(db, `${"a".repeat(60)}!`);
  const { id } = await addComparison(db, { promptId, modelId: hostile, createdBy, k: 2 });
  const jobId = await addJob(db, { kind: "generate", subjectId: id });
  const next = await start();
  startWorker();
  await untilState(next.id, "ready");
  for (const { state, error } of await candidatesOf(id)) {
    expect([state, error]).toEqual(["failed", "The model's tokenizer takes too long for this text."]);
  }
  expect(await getJob(db, jobId)).toMatchObject({ state: "failed", attempts: 1 });
});

test("a prompt that leaves no room for an answer fails at once, with a sentence", async () => {
  startWorker();
  const { id, jobId } = await start("What do otters eat? ".repeat(200));
  await untilState(id, "failed");
  const [candidate] = await candidatesOf(id);
  expect(candidate?.error).toMatch(/tokens/);
  expect(await getJob(db, jobId)).toMatchObject({ attempts: 1 });
});
