// The generate job end to end, with a real GPT of random weights: rows in SQLite → tokens → rows in SQLite.

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bySystem } from "../../db/change.ts";
import { type Database, ormOf } from "../../db/client.ts";
import {
  addComparison,
  addJob,
  addModel,
  addPrompt,
  addUser,
  runSql,
  temporaryDatabase,
  testProject,
} from "../../db/database.fixture.ts";
import { drawEqualAgain, writeAnswers } from "../../db/queries/candidates.ts";
import { type CandidateRow, getComparison, regenerateCandidate, stopGeneration } from "../../db/queries/comparisons.ts";
import { claimJob, getJob } from "../../db/queries/jobs.ts";
import { candidate } from "../../db/schema/index.ts";
import { GptGenerator } from "../../models/gpt/generate.ts";
import { eventually } from "../installation.fixture.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { type PromptContent, promptText } from "../vocabulary/conversation.ts";
import { limits } from "../vocabulary/limits.ts";
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

/** A comparison with its job, whose answers are drawn from something else, each in its place. */
async function startFrom(k: number, drawn: (place: number) => Partial<typeof candidate.$inferInsert>): Promise<string> {
  const { id } = await addComparison(db, { promptId: await addPrompt(db), modelId, createdBy, k, drawn });
  await addJob(db, { kind: "generate", subjectId: id });
  return id;
}
const rowsOf = async (id: string) =>
  (await ormOf(db).select().from(candidate).all())
    .filter(({ comparisonId }) => comparisonId === id)
    .sort((one, other) => one.position - other.position);
const byPerson = () =>
  ({ modelId: null, authorId: createdBy, temperature: null, topP: null, maxTokens: null, seed: null }) as const;

/** A comparison of nine answers that are drawn from some eighty tokens, one each: some are the same. */
const startAlike = (seedOf: (place: number) => number): Promise<string> =>
  startFrom(9, (place) => ({ maxTokens: 1, topP: 0.3, seed: seedOf(place) }));
const textAlone = async (seed: number): Promise<string> => {
  const generator = await GptGenerator.load(modelDirectory({ origin: "trained", directory: modelId }));
  let text = "";
  const drawn = { temperature: 1, topP: 0.3, maxTokens: 1, seeds: [seed] };
  for await (const [delta] of generator.generate({ prompt: "What do otters eat?", ...drawn })) text = delta?.text ?? "";
  await generator.dispose();
  return text;
};
const drawnOf = async (id: string) =>
  (await rowsOf(id))
    .map(({ seed, redraws, text }) => ({ seed: seed ?? -1, redraws, text }))
    .sort((one, other) => one.seed - other.seed);

test("equal answers are drawn again a few times with other seeds, alike whatever order they are shown in", async () => {
  startWorker();
  const first = await startAlike((place) => 100 + place);
  const second = await startAlike((place) => 108 - place);
  await untilState(first, "ready");
  await untilState(second, "ready");
  const drawn = await drawnOf(first);
  expect(await drawnOf(second)).toEqual(drawn);
  // As they were first drawn some were equal.
  const once = await Promise.all(Array.from({ length: 9 }, (_, place) => textAlone(100 + place)));
  expect(new Set(once).size).toBeLessThan(9);
  expect(new Set(drawn.map(({ text }) => text)).size).toBeGreaterThan(new Set(once).size);
  const origins = drawn.map(({ seed, redraws }) => seed - redraws * limits.k.max);
  expect(origins.toSorted()).toEqual(Array.from({ length: 9 }, (_, place) => 100 + place));
  for (const { seed, redraws, text } of drawn) {
    expect(redraws).toBeLessThanOrEqual(limits.redraws);
    // What is recorded draws the same again.
    expect(text).toBe(await textAlone(seed));
    const isFirst = drawn.every((other) => other.text !== text || other.seed >= seed);
    if (!isFirst) expect(redraws).toBe(limits.redraws);
  }
});

test("a worker killed between two draws ends with the same answers", async () => {
  startWorker();
  const whole = await startAlike((place) => 100 + place);
  await untilState(whole, "ready");
  shutdown.abort();
  await worker;
  const killed = await startAlike((place) => 100 + place);
  const claim = await claimJob(db, { kinds: ["generate"], workerId: "worker", leaseMs: 600_000 });
  const dead = { id: claim?.id ?? "", workerId: "worker" };
  const once = (await candidatesOf(killed)).map(async ({ id, seed }) => ({
    ...{ id, text: await textAlone(seed ?? -1), tokens: 1, finish: "length" as const },
  }));
  await writeAnswers(db, dead, killed, await Promise.all(once));
  const { again } = await drawEqualAgain(db, dead, { comparisonId: killed });
  expect(again.length).toBeGreaterThan(0);
  const [one] = (await candidatesOf(killed)).filter(({ id }) => again.includes(id));
  await writeAnswers(db, dead, killed, [{ id: one!.id, text: "half of", tokens: 1, finish: null }]);
  // It is somebody else's job by now: the dead one changes nothing any more.
  shutdown = new AbortController();
  startWorker();
  await untilState(killed, "ready");
  expect(await drawnOf(killed)).toEqual(await drawnOf(whole));
  expect(await drawEqualAgain(db, dead, { comparisonId: killed })).toMatchObject({ lost: true, again: [] });
});

test("of equal answers a person's stays, and one of temperature 0, which is never drawn again", async () => {
  const greedy = (await textGreedy()).trim();
  const written = { ...byPerson(), state: "done", finish: "stop", text: greedy } as const;
  // Of the likeliest token alone: drawn, it is what temperature 0 says.
  const drawn = [written, { temperature: 0 }, { temperature: 0 }, { topP: 1e-9 }];
  const id = await startFrom(4, (place) => drawn[place]!);
  startWorker();
  await untilState(id, "ready");
  const rows = await rowsOf(id);
  expect(rows.map(({ text }) => text.trim())).toEqual(Array(4).fill(greedy));
  expect(rows.map(({ redraws, seed }) => [redraws, seed])).toEqual([
    [0, null],
    [0, 1],
    [0, 2],
    [limits.redraws, 3 + limits.redraws * limits.k.max],
  ]);
});

async function textGreedy(): Promise<string> {
  const generator = await GptGenerator.load(modelDirectory({ origin: "trained", directory: modelId }));
  let text = "";
  const drawn = { temperature: 0, topP: 1, maxTokens: 32, seeds: [0] };
  for await (const [delta] of generator.generate({ prompt: "What do otters eat?", ...drawn })) text = delta?.text ?? "";
  await generator.dispose();
  return text;
}

test("written anew, only that answer is drawn again where it has become another's equal", async () => {
  startWorker();
  const id = await startAlike((place) => 100 + place);
  await untilState(id, "ready");
  const before = await candidatesOf(id);
  // With the seed of another answer it has its text at first.
  const [mended, other] = [before[0]!, before.find(({ seed, text }) => seed! < 109 && text !== before[0]!.text)!];
  const scope = { ...bySystem(db), project: testProject };
  await regenerateCandidate(scope, { candidateId: mended.id, seed: other.seed! });
  await untilState(id, "ready");
  const after = await candidatesOf(id);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(after[0]?.seed).not.toBe(other.seed);
});

test("answers that are whole, and may be in somebody's hands, are not drawn again by a job that comes late", async () => {
  const promptId = await addPrompt(db);
  const { id } = await addComparison(db, { promptId, modelId, createdBy, texts: ["Fish.", "Fish."] });
  const jobId = await addJob(db, { kind: "generate", subjectId: id });
  const before = await rowsOf(id);
  startWorker();
  await eventually(async () => expect(await getJob(db, jobId)).toMatchObject({ state: "done" }));
  expect(await rowsOf(id)).toEqual(before);
});

test("two written anew at once are drawn again where they are each other's equal, and the others stay", async () => {
  startWorker();
  const id = await startAlike((place) => 100 + place);
  await untilState(id, "ready");
  shutdown.abort();
  await worker;
  const before = await candidatesOf(id);
  const scope = { ...bySystem(db), project: testProject };
  // Both with one seed have one text: the first job writes both, the second finds nothing to do.
  for (const place of [0, 1]) await regenerateCandidate(scope, { candidateId: before[place]!.id, seed: 7_000 });
  shutdown = new AbortController();
  startWorker();
  await untilState(id, "ready");
  const after = await candidatesOf(id);
  expect(after.slice(2)).toEqual(before.slice(2));
  expect(after[0]?.seed).not.toBe(after[1]?.seed);
});

test("models here are loaded one after the other, each once, however their answers are mixed", async () => {
  const other = await addModel(db);
  await writeTinyModel(modelDirectory({ origin: "trained", directory: other }));
  const temperature = [1, 1, 0.9, 1, 0.8, 0.8];
  const mixed = (place: number) => ({ modelId: place % 2 ? other : modelId, temperature: temperature[place] });
  const id = await startFrom(6, mixed);
  const loads = vi.spyOn(GptGenerator, "load");
  startWorker();
  await untilState(id, "ready");
  expect(loads.mock.calls.map(([directory]) => directory)).toEqual(
    [modelId, other].map((one) => modelDirectory({ origin: "trained", directory: one })),
  );
  // The one that is loaded answers first next time.
  await untilState(await startFrom(4, mixed), "ready");
  expect(loads).toHaveBeenCalledTimes(3);
  loads.mockRestore();
});

test("models that fail say so on their answers; those of the other and of a person stay", async () => {
  const [gone, lost] = [await addModel(db), await addModel(db)];
  await runSql(db, `update model set deleted_at = 1, name = 'The gone one' where id = '${gone}'`);
  await runSql(db, `update model set deleted_at = 1, name = 'The lost one' where id = '${lost}'`);
  const written = { ...byPerson(), state: "done", finish: "stop", text: "Fish." } as const;
  const drawn = [{}, { modelId: gone }, {}, written, { modelId: lost }];
  const id = await startFrom(5, (place) => drawn[place]!);
  startWorker();
  await untilState(id, "failed");
  const sentence = (name: string) => `${name} was deleted meanwhile: choose another model.`;
  expect((await candidatesOf(id)).map(({ state, error }) => [state, error])).toEqual([
    ["done", null],
    ["failed", sentence("The gone one")],
    ["done", null],
    ["done", null],
    ["failed", sentence("The lost one")],
  ]);
});
