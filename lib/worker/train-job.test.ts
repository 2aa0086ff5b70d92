// The training and scoring jobs end to end: rows in SQLite → exported file → trained model directory → rows in SQLite.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bySystem } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import {
  addComparison,
  addModel,
  addPrompt,
  addUser,
  by,
  inTests,
  temporaryDatabase,
  testProject,
} from "../../db/database.fixture.ts";
import { claimAssignment } from "../../db/queries/assignments.ts";
import { getComparison, insertScoring } from "../../db/queries/comparisons.ts";
import { cancelJob, claimJob, expireJobsOf, getJob } from "../../db/queries/jobs.ts";
import { listModels } from "../../db/queries/models.ts";
import { submitRanking } from "../../db/queries/rankings.ts";
import {
  getTrainingRun,
  insertTrainingRun,
  type NewTrainingRun,
  resumeTrainingRun,
  trainingPoints,
} from "../../db/queries/training-runs.ts";
import { writeHugeModel } from "../../models/train/models.fixture.ts";
import { eventually } from "../installation.fixture.ts";
import { dataReport } from "../training/data-report.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { Halt, work } from "./loop.ts";
import { scoreJob } from "./score-job.ts";
import { writeTinyModel } from "./tiny-model.fixture.ts";
import { trainJob } from "./train-job.ts";

let db: Database;
let directory: string;
let remove: () => void;
let baseModelId: string;
let labelerId: string;
let comparisonId: string;
let shutdown: AbortController;
let worker: Promise<void>;

beforeEach(async () => {
  ({ db, directory, remove } = await temporaryDatabase());
  vi.stubEnv("RANKLOOP_DATA", directory);
  labelerId = await addUser(db, "ada", "admin");
  baseModelId = await addModel(db);
  await writeTinyModel(modelDirectory({ origin: "trained", directory: baseModelId }));
  for (let day = 0; day < 12; day++) await addRanked(day);
  startWorker();
});

afterEach(async () => {
  shutdown.abort();
  await worker;
  vi.unstubAllEnvs();
  remove();
});

function startWorker(): void {
  shutdown = new AbortController();
  const train = trainJob(db);
  const score = scoreJob(db);
  worker = work({
    db,
    kinds: ["train", "score"],
    workerId: "worker",
    run: (job, context) => (job.kind === "score" ? score(job, context) : train(job, context)),
    shutdown: shutdown.signal,
    pollMs: 10,
    report: () => {},
  });
}

/** A first submission that says nothing but the order. */
const ranking = (tiers: number[][]) => ({
  content: { tiers, ratings: [], promptFlags: [] },

  revises: null,
  guards: [],
  spentMs: null,
  guidelinesVersion: null,
  now: Date.now(),
});

/** A comparison of two answers, of which the first was preferred. */
async function addRanked(day: number): Promise<void> {
  const promptId = await addPrompt(db, `What do otters eat on day ${day}?`);
  const made = await addComparison(db, {
    promptId,
    modelId: baseModelId,
    createdBy: labelerId,
    texts: ["Fish.", "They sleep."],
  });
  comparisonId = made.id;
  const held = await claimAssignment(by(db, labelerId), { rateFirst: true, leaseMs: 60_000 });
  await submitRanking(by(db, labelerId), {
    assignmentId: held?.id ?? "",
    ...ranking([[0], [1]]),
  });
}

const begin = async (what: Pick<NewTrainingRun, "kind" | "settings" | "datasets"> & Partial<NewTrainingRun>) => {
  const made = await insertTrainingRun(by(db, labelerId), {
    name: "First",
    baseModelId,
    rewardModelId: null,
    texts: null,
    ...what,
  });
  if (made === "taken") throw new Error("The name is taken.");
  return made;
};
const start = (epochs: number, rows = 4) =>
  begin({ kind: "reward", datasets: ["comparisons"], settings: { learningRate: 0.01, epochs, rows, seed: 1 } });
const untilState = (id: string, state: string) =>
  eventually(async () => expect(await getTrainingRun(db, id)).toMatchObject({ state }));

test("a run trains on what was ranked when it was started, and its model can score", async () => {
  const { id } = await start(4);
  await addRanked(99);
  await untilState(id, "done");

  const file = readFileSync(join(directory, "runs", id, "comparisons.jsonl"));
  const lines = file.toString().trim().split("\n");
  const asked = (day: number) => [{ role: "user", content: `What do otters eat on day ${day}?` }];
  expect(lines.map((line) => JSON.parse(line).prompt)).toEqual(Array.from({ length: 12 }, (_, day) => asked(day)));
  const run = await getTrainingRun(db, id);
  expect(run).toMatchObject({ step: run?.steps, outputModelId: id, error: null });
  const hash = createHash("sha256").update(file).digest("hex");
  expect(run?.data).toEqual([{ dataset: "comparisons", source: null, items: 12, lines: 12, hash }]);
  const losses = (await trainingPoints(db, id)).filter(({ name }) => name === "loss");
  expect(losses.map(({ step }) => step)).toEqual(losses.map((_, index) => index + 1));
  expect(losses.at(-1)!.value).toBeLessThan(losses[0]!.value);
  const trained = (await listModels(inTests(db))).find((model) => model.id === id);
  expect(trained).toMatchObject({ name: "First", kind: "reward", trainingRunId: id, trainedBy: "reward" });
  expect(existsSync(join(modelDirectory(trained!), "model.safetensors"))).toBe(true);
  // The checkpoint goes once the run is listed as done.
  await eventually(() =>
    expect(readdirSync(join(directory, "runs", id))).toEqual(["comparisons.jsonl", "tensorboard"]),
  );

  await insertScoring({ ...bySystem(db), project: testProject }, { comparisonId, modelId: id });
  await eventually(async () => {
    const scores = (await getComparison(db, comparisonId))?.candidates.map((candidate) => candidate.scores[0]?.score);
    expect(scores?.[0]).toBeGreaterThan(scores?.[1] ?? Number.POSITIVE_INFINITY);
  });
});

test("a stopped run keeps its checkpoint and goes on from it when resumed", async () => {
  const { id } = await start(20);
  await eventually(async () => expect((await getTrainingRun(db, id))?.step).toBeGreaterThan(5));
  await cancelJob(bySystem(db), (await getTrainingRun(db, id))?.jobId ?? "");
  await untilState(id, "cancelled");
  const stoppedAt = (await getTrainingRun(db, id))!.step;
  expect(readdirSync(join(directory, "runs", id, "checkpoint-worker"))).toContain("state.json");
  expect(readdirSync(join(directory, "models"))).toEqual([baseModelId]);

  const before = (await trainingPoints(db, id)).at(-1)!.seq;
  expect(await resumeTrainingRun({ ...bySystem(db), project: testProject }, { id })).not.toBeNull();
  await untilState(id, "done");
  const after = await trainingPoints(db, id, before);
  expect(after[0]!.step).toBe(stoppedAt + 1);
});

test("a worker that is told to stop gives the run back, and the next one goes on from its checkpoint", async () => {
  const { id } = await start(30);
  await eventually(async () => expect((await getTrainingRun(db, id))?.step).toBeGreaterThan(5));
  shutdown.abort();
  await worker;
  const { step, state } = (await getTrainingRun(db, id))!;
  expect(state).toBe("waiting");
  const before = (await trainingPoints(db, id)).at(-1)!.seq;
  startWorker();
  await untilState(id, "done");
  expect((await trainingPoints(db, id, before))[0]!.step).toBe(step + 1);
});

test("a worker that was stopped, lost its lease and goes on later writes nothing over its successor's", async () => {
  shutdown.abort();
  await worker;
  const { id, jobId } = (await getTrainingRun(db, (await start(40)).id))!;
  const step = async () => (await getTrainingRun(db, id))!.step;

  // It hears of nothing, as a process that was stopped and continued: neither of the loss of its lease nor of its end.
  const zombieJob = (await claimJob(db, { kinds: ["train"], workerId: "zombie", leaseMs: 60_000 }))!;
  const { promise: goOn, resolve: continueZombie } = Promise.withResolvers<void>();
  const deaf = new AbortController();
  let steps = 0;
  const zombie = trainJob(db)(zombieJob, {
    claim: { id: zombieJob.id, workerId: "zombie" },
    signal: deaf.signal,
    stopIfAsked: () => {
      if (++steps === 3) deaf.abort(new Halt("shutdown"));
    },
  });
  // It leaves a checkpoint after its third step, and its successor goes on from there.
  await expect(zombie).rejects.toThrow(Halt);
  const again = trainJob(db)(zombieJob, {
    claim: { id: zombieJob.id, workerId: "zombie" },
    signal: new AbortController().signal,
    stopIfAsked: () => goOn,
  }).catch((error: unknown) => error);
  await expireJobsOf(db, "zombie");
  startWorker();
  await eventually(async () => expect(await step()).toBeGreaterThan(10));
  shutdown.abort();
  await worker;
  const stoppedAt = await step();
  continueZombie();
  // It trains to the end, writes its model, and finds that the run is not its own any more.
  expect(await again).toMatchObject({ why: "lost" });
  expect(readdirSync(join(directory, "models"))).toEqual([baseModelId]);
  expect(readdirSync(join(directory, "runs", id)).sort()).toEqual([
    "checkpoint-worker",
    "comparisons.jsonl",
    "tensorboard",
  ]);

  const before = (await trainingPoints(db, id)).at(-1)!.seq;
  startWorker();
  await untilState(id, "done");
  expect((await trainingPoints(db, id, before))[0]!.step).toBe(stoppedAt + 1);
  expect((await getJob(db, jobId))?.state).toBe("done");
});

test("what there is to learn from is among its points from before the first step on", async () => {
  const { id } = await start(1);
  await untilState(id, "done");
  const first = (await trainingPoints(db, id)).filter(({ step }) => step === 0);
  const sentences = dataReport(Object.fromEntries(first.map(({ name, value }) => [name, value])), "a setting");
  expect(sentences).toEqual([
    expect.stringMatching(/^To learn from: \d+ pairs of \d+ prompts; held out: \d+ prompts?\.$/),
  ]);
});

test("settings that no try could train with fail at once, with a sentence", async () => {
  const { id } = await start(1, 1);
  await untilState(id, "failed");
  const run = await getTrainingRun(db, id);
  expect(run?.error).toBe('The setting "rows" should be at least 2.');
  expect((await getJob(db, run?.jobId ?? ""))?.attempts).toBe(1);
});

test("a model that does not fit into memory fails the run at once, with a sentence that names it", async () => {
  const place = modelDirectory({ origin: "trained", directory: baseModelId });
  rmSync(place, { recursive: true });
  await writeHugeModel(place);
  const { id } = await start(1);
  await untilState(id, "failed");
  const run = await getTrainingRun(db, id);
  const { name } = (await listModels(inTests(db))).find((model) => model.id === baseModelId)!;
  expect(run?.error).toMatch(
    /^Training .+ takes about \d+\.\d GB of memory, and \d+\.\d GB are free: close other programs, or take a smaller model\.$/,
  );
  expect(run?.error).toContain(`Training ${name} takes`);
  expect((await getJob(db, run?.jobId ?? ""))?.attempts).toBe(1);
});

test("a run whose data were changed while it stood still does not go on with them", async () => {
  const { id } = await start(30);
  await eventually(async () => expect((await getTrainingRun(db, id))?.step).toBeGreaterThan(2));
  await cancelJob(bySystem(db), (await getTrainingRun(db, id))?.jobId ?? "");
  await untilState(id, "cancelled");
  appendFileSync(join(directory, "runs", id, "comparisons.jsonl"), "{}\n");
  await resumeTrainingRun({ ...bySystem(db), project: testProject }, { id });
  await untilState(id, "failed");
  expect((await getTrainingRun(db, id))?.error).toMatch(/^The comparisons of this run are not what it began with/);
});

test("a base model that has gone is named, and not where it lay", async () => {
  rmSync(modelDirectory({ origin: "trained", directory: baseModelId }), { recursive: true });
  const { id } = await start(1);
  await untilState(id, "failed");
  const run = await getTrainingRun(db, id);
  expect(run?.error).toMatch(/lm model/);
  expect(run?.error).not.toContain(directory);
  expect((await getJob(db, run?.jobId ?? ""))?.attempts).toBe(1);
});
