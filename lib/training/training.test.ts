import { afterEach, beforeEach, expect, test } from "vitest";
import { acknowledgeCancel, claimJob, expireJobsOf, failJob, heartbeatJob } from "../../db/queries/jobs.ts";
import { finishTraining, trainingTask, writeTrainingProgress } from "../../db/queries/training.ts";
import { nextAssignment } from "../assignments/assignments.ts";
import { comparisonLines } from "../datasets/export.ts";
import { listModels } from "../models/models.ts";
import { createPrompt } from "../prompts/prompts.ts";
import { submitRanking } from "../rankings/submit.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../temporary.ts";
import * as training from "./training.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

const settings = { learningRate: 1e-4, epochs: 2, rows: 18, weightDecay: 0, seed: 1 };
const start = (baseModelId = "tiny-lm") =>
  training.startTraining(installation.as.reviewer, { name: "First", baseModelId, settings });
const workerId = "w";

async function rank(notation: string): Promise<void> {
  const { labeler } = installation.as;
  const { id } = await createPrompt(labeler, plain(`prompt for ${notation}`));
  await readyComparison(labeler, id, ["a", "b", "c"]);
  await submitRanking(labeler, { id: (await nextAssignment(labeler))!.id, ...ranked(notation) });
}

const claim = async () => {
  const job = await claimJob(installation.db, { kinds: ["train-reward"], workerId, leaseMs: 60_000 });
  return { id: job!.id, workerId };
};

test("a run is on the rankings there are when it starts, and the worker gets exactly these", async () => {
  await rank("A>B>C");
  await rank("A=B>C");
  const run = await start();
  await rank("C>B>A");
  expect(run).toMatchObject({ state: "waiting", comparisons: 2, pairs: 5, startedBy: "reviewer", settings });
  expect(run).toMatchObject({ baseModelName: "lm model", outputModelId: null });
  const task = await trainingTask(installation.db, run.id);
  const lines = await listed(comparisonLines(installation.db, task!));
  expect(lines).toHaveLength(5);
});

test("nothing to learn from, or a base that is no language model: refused", async () => {
  await expect(start()).rejects.toThrow(/rank some answers first/);
  await rank("A=B=C");
  await expect(start()).rejects.toMatchObject({ code: "CONFLICT" });
  await rank("A>B>C");
  await expect(start("tiny-reward")).rejects.toThrow(/is not a language model/);
  await expect(start("nothing")).rejects.toThrow("There is no such model.");
  expect(await training.listTrainingRuns(installation.as.admin)).toEqual([]);
});

test("a watcher gets all points, then the new ones, and the finished model is in the list", async () => {
  const { db, as } = installation;
  await rank("A>B>C");
  const { id: runId } = await start();
  const held = await claim();
  const progress = (step: number, metrics: Record<string, number>) =>
    writeTrainingProgress(db, held, { runId, step, steps: 3, secondsLeft: 3 - step, metrics });
  await progress(1, { loss: 0.7, broken: Number.NaN });
  const events: training.TrainingEvent[] = [];
  const watching = (async () => {
    for await (const event of await training.watchTraining(as.admin, { id: runId })) events.push(event);
  })();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await progress(2, { loss: 0.6 });
  await progress(2, { loss: 0.5 });
  const model = { id: runId, name: "First", kind: "reward" as const, directory: runId, parameters: 9, context: 128 };
  expect(await finishTraining(db, held, { runId, model, metrics: { "eval/accuracy": 0.75 } })).toBe(true);
  await watching;
  expect(events[0]?.points).toEqual([{ step: 1, name: "loss", value: 0.7 }]);
  expect(events.at(-1)?.run).toMatchObject({ state: "done", outputModelId: runId, secondsLeft: null });
  expect(events.flatMap((event) => event.points).at(-1)).toEqual({ step: 2, name: "loss", value: 0.5 });
  const shown = await training.getTrainingRun(as.admin, { id: runId });
  expect(shown.points).toEqual([
    { step: 1, name: "loss", value: 0.7 },
    { step: 2, name: "loss", value: 0.5 },
  ]);
  expect((await listModels(as.labeler)).find((one) => one.id === runId)).toMatchObject({
    name: "First",
    metrics: { "eval/accuracy": 0.75 },
    trainingRunId: runId,
  });
  await expect(training.resumeTraining(as.admin, { id: runId })).rejects.toThrow("This run is done.");
});

test("stop reaches the worker, and a stopped or failed run goes on under a new job", async () => {
  const { db, as } = installation;
  await rank("A>B>C");
  const { id } = await start();
  await expect(training.resumeTraining(as.admin, { id })).rejects.toThrow("This run is under way already.");
  const first = await claim();
  await training.stopTraining(as.reviewer, { id });
  expect((await heartbeatJob(db, { ...first, leaseMs: 1_000 })).cancelRequested).toBe(true);
  await acknowledgeCancel(db, first);
  expect((await training.getTrainingRun(as.admin, { id })).state).toBe("cancelled");
  await training.resumeTraining(as.reviewer, { id });
  expect(await training.getTrainingRun(as.admin, { id })).toMatchObject({ state: "waiting", finishedAt: null });
  const second = await claim();
  expect(second.id).not.toBe(first.id);
  await failJob(db, { ...second, error: "The loss is not finite at step 3.", retry: false });
  const failed = await training.getTrainingRun(as.admin, { id });
  expect(failed).toMatchObject({ state: "failed", error: "The loss is not finite at step 3." });
  await training.resumeTraining(as.admin, { id });
  await training.stopTraining(as.admin, { id });
  expect((await training.getTrainingRun(as.admin, { id })).state).toBe("cancelled");
});

test("a run that gets further each time is never given up; one that ends at the same step is", async () => {
  const { db, as } = installation;
  await rank("A>B>C");
  const run = await start();
  const stateOf = async () => (await training.getTrainingRun(as.admin, { id: run.id })).state;
  /** A worker that goes on from `from`, gets as far as `to`, and is killed. */
  const killed = async (from: number, to: number) => {
    const held = await claim();
    for (let step = from; step <= to; step++) {
      const progress = { runId: run.id, step, steps: 99, secondsLeft: 1, metrics: { loss: 1 } };
      await writeTrainingProgress(db, held, progress);
    }
    await expireJobsOf(db, workerId);
  };
  for (const to of [4, 6, 7, 9, 12]) await killed(1, to);
  expect(await stateOf()).toBe("running");
  // Going back to a checkpoint and forward again is no progress.
  for (const to of [12, 11]) await killed(10, to);
  expect(await claimJob(db, { kinds: ["train-reward"], workerId, leaseMs: 60_000 })).toBeNull();
  expect(await stateOf()).toBe("failed");
});
