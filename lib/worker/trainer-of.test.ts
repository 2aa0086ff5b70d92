// Every kind of training as a job on one tiny model: rows → files → a model that can be used for what it is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { driverOf } from "../../db/client.ts";
import { inTests } from "../../db/database.fixture.ts";
import { claimJob, getJob } from "../../db/queries/jobs.ts";
import { getModel } from "../../db/queries/models.ts";
import { getTrainingRun, trainingPoints } from "../../db/queries/training-runs.ts";
import { readModel } from "../../models/gpt/checkpoint.ts";
import { GptGenerator } from "../../models/gpt/generate.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { listModels } from "../training/models.ts";
import { newTraining } from "../training/shapes.ts";
import { startTraining } from "../training/start.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { trainJob } from "./train-job.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

/** A prompt with a demonstration and a ranking of two answers. */
async function label(day: number): Promise<void> {
  const { labeler } = installation.as;
  const { id: promptId } = await createPrompt(labeler, plain(`What do otters eat on day ${day}?`));
  await createDemonstration(labeler, { promptId, text: "Otters eat fish and crabs." });
  await readyComparison(labeler, promptId, ["Fish.", "They sleep."]);
  await submitRanking(labeler, { id: (await nextAssignment(labeler))!.id, ...ranked("A>B") });
}

let count = 0;

/** Runs it to its end, and answers the run with its points. */
async function trained(what: object) {
  const { db, as } = installation;
  const asked = newTraining.parse({ name: `Made ${++count}`, baseModelId: "tiny-lm", ...what });
  const { id } = await startTraining(as.engineer, asked);
  const job = (await claimJob(db, { kinds: ["train"], workerId: "w", leaseMs: 600_000 }))!;
  const claim = { id: job.id, workerId: "w" };
  // Kept by a trigger: each phase stands in the row only until the next, or until the step it leads to.
  driverOf(db).exec(`drop trigger if exists saying; drop table if exists said; create temp table said (phase text);
    create temp trigger saying after update of phase on training_run begin insert into said values (new.phase); end`);
  await trainJob(db)(job, { claim, signal: new AbortController().signal, stopIfAsked: () => {} });
  const phases = driverOf(db).prepare("select phase from said").pluck().all();
  expect(await getJob(db, job.id)).toMatchObject({ state: "done", error: null });
  const run = (await getTrainingRun(db, id))!;
  const points = await trainingPoints(db, id);
  const values = (name: string) => points.filter((point) => point.name === name).map(({ value }) => value);
  const model = (await listModels(as.engineer)).find((one) => one.id === id)!;
  return { run, phases, values, model, dir: modelDirectory((await getModel(inTests(db), id))!) };
}

const fileOf = (runId: string, dataset: string): unknown[] =>
  readFileSync(join(installation.directory, "runs", runId, `${dataset}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("SFT learns the demonstrations, and a reward model chooses the epoch", async () => {
  for (let day = 0; day < 10; day++) await label(day);
  const settings = { learningRate: 0.01, epochs: 4, batch: 4, dropout: 0, answerTokens: 8 };
  const { run, values, model, dir } = await trained({ kind: "sft", rewardModelId: "tiny-reward", settings });
  const loss = values("loss");
  expect(loss.at(-1)).toBeLessThan(loss[0]! - 1);
  expect(values("eval/reward")).toHaveLength(4);
  expect(run.data).toMatchObject([
    { dataset: "demonstrations", items: 10, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  const { metrics } = model;
  expect(metrics["eval/reward"]).toBeCloseTo(values("eval/reward")[metrics["train/epoch"]! - 1]!, 5);
  expect(model).toMatchObject({ kind: "lm", problem: null, trainedBy: "sft" });
  const generator = await GptGenerator.load(dir);
  const sampling = { temperature: 1, topP: 1, maxTokens: 4, seeds: [1] };
  for await (const _ of generator.generate({ prompt: "What do otters eat?", ...sampling }));
  await generator.dispose();
});

test("a reward model is normalised on the demonstrations, and DPO learns from the same comparisons", async () => {
  for (let day = 0; day < 10; day++) await label(day);
  const reward = await trained({ kind: "reward", settings: { learningRate: 0.01, epochs: 4, rows: 4 } });
  expect(reward.run.data.map(({ dataset }) => dataset).sort()).toEqual(["comparisons", "demonstrations"]);
  expect(reward.model).toMatchObject({ kind: "reward", problem: null });
  const dpo = await trained({ kind: "dpo", settings: { learningRate: 0.01, epochs: 4, rows: 4, beta: 1 } });
  expect(dpo.model).toMatchObject({ kind: "lm", trainedBy: "dpo" });
  const accuracy = dpo.values("accuracy");
  expect(accuracy.at(-1)).toBe(1);
});

test("PPO practises on the training prompts, and PPO-ptx on texts beside them", async () => {
  const all = 60;
  for (let day = 0; day < all; day++) await createPrompt(installation.as.labeler, plain(`Otters, day ${day}?`));
  const tiny = { episodes: 8, batch: 4, minibatch: 2, answerTokens: 4, normaliseOn: 4, ptxRows: 1, ptxTokens: 16 };
  const ppo = { kind: "ppo", rewardModelId: "tiny-reward", settings: tiny };
  const plainRun = await trained(ppo);
  expect(plainRun.values("objective/kl")).toHaveLength(2);
  expect(plainRun.phases).toContain("learning from 4 answers");
  expect(plainRun.run.phase).toBeNull();
  expect(plainRun.values("ptx/loss")).toEqual([]);
  const prompts = fileOf(plainRun.run.id, "prompts");
  expect(prompts.length).toBe(plainRun.run.data[0]?.items);
  // The others are held out.
  expect(prompts.length).toBeLessThan(all);
  for (const prompt of prompts) expect(prompt).toMatchObject({ prompt: [{ role: "user" }], split: "train" });
  const { metrics } = plainRun.model;
  expect(metrics).toMatchObject({ "objective/kl": expect.any(Number), "eval/reward_gain": expect.any(Number) });
  expect(metrics!["train/prompts"]! + metrics!["train/prompts_held_out"]!).toBe(prompts.length);

  const mixed = await trained({ ...ppo, texts: "small-world" });
  expect(mixed.values("ptx/loss")).toHaveLength(2);
  const texts = fileOf(mixed.run.id, "texts");
  expect(mixed.run.data).toMatchObject([
    { dataset: "prompts" },
    { dataset: "texts", source: "small-world", items: texts.length, lines: texts.length },
  ]);
  const { weights } = await readModel(mixed.dir);
  const { weights: without } = await readModel(plainRun.dir);
  expect(weights.get("wte.weight")?.data).not.toEqual(without.get("wte.weight")?.data);
});
