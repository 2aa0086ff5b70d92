import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentsOf, inTests } from "../../db/database.fixture.ts";
import { acknowledgeCancel, claimJob, expireJobsOf, failJob, heartbeatJob } from "../../db/queries/jobs.ts";
import { finishTraining, trainingTask, writeTrainingProgress } from "../../db/queries/training-tasks.ts";
import { withPadToken } from "../../models/gpt/padding.ts";
import { comparisonLines, demonstrationLines, promptLines } from "../datasets/export.ts";
import {
  addTinyModels,
  eventually,
  type Installation,
  listed,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { createDemonstration, reviewDemonstration, reviseDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { removeModel, removeRun, renameModel } from "./model-changes.ts";
import { listModels } from "./models.ts";
import * as training from "./runs.ts";
import { newTraining } from "./shapes.ts";
import { startTraining, trainingSources } from "./start.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

/** Changes a JSON file. */
const rewrite = (file: string, change: (json: Record<string, object>) => object): void =>
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));

const settings = { epochs: 2, seed: 7 };
let count = 0;
const begin = (what: object) =>
  startTraining(
    installation.as.engineer,
    newTraining.parse({ name: `Run ${++count}`, baseModelId: "tiny-lm", settings: {}, ...what }),
  );
const start = (baseModelId = "tiny-lm") => begin({ kind: "reward", baseModelId, settings });
const workerId = "w";

async function rank(notation: string): Promise<void> {
  const { labeler } = installation.as;
  const { id } = await createPrompt(labeler, plain(`prompt for ${notation}`));
  await readyComparison(labeler, id, ["a", "b", "c"]);
  await submitRanking(labeler, { id: (await nextAssignment(labeler))!.id, ...ranked(notation) });
}

const claim = async () => {
  const job = await claimJob(installation.db, { kinds: ["train"], workerId, leaseMs: 60_000 });
  return { id: job!.id, workerId };
};

test("a run is on the rankings there are when it starts, and the worker gets exactly these", async () => {
  await rank("A>B>C");
  await rank("A=B>C");
  const run = await start();
  await rank("C>B>A");
  expect(run).toMatchObject({ kind: "reward", state: "waiting", startedBy: "engineer" });
  // What was left out is on record as well: a later version may have other defaults.
  expect(run.settings).toMatchObject({ ...settings, rows: 18, ties: "drop", validFraction: 0.1 });
  expect(run.data).toEqual([{ dataset: "comparisons", source: null, items: 2, lines: 5, hash: null }]);
  expect(run).toMatchObject({ baseModelName: "lm model", outputModelId: null });
  const task = await trainingTask(installation.db, run.id);
  expect(await listed(comparisonLines(inTests(installation.db), { at: task?.at }))).toHaveLength(5);
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

test("each kind learns from its own data, and says what to do where there is none", async () => {
  const { labeler } = installation.as;
  const ppo = { kind: "ppo", rewardModelId: "tiny-reward" };
  await expect(begin({ kind: "sft" })).rejects.toThrow(/write a demonstration first/);
  await expect(begin({ kind: "dpo" })).rejects.toThrow(/rank some answers first/);
  await expect(begin(ppo)).rejects.toThrow(/write one first/);
  const { id } = await createPrompt(labeler, plain("What do otters eat?"));
  await createDemonstration(labeler, { promptId: id, text: "Fish." });
  await rank("A>B=C");
  const read = async (what: object) =>
    (await begin(what)).data.map(({ dataset, items, lines }) => [dataset, items, lines]);
  expect(await read({ kind: "sft" })).toEqual([["demonstrations", 1, 1]]);
  expect(await read({ kind: "dpo" })).toEqual([["comparisons", 1, 2]]);
  expect(await read({ kind: "reward" })).toEqual([
    ["comparisons", 1, 2],
    ["demonstrations", 1, 1],
  ]);
  const { data } = await trainingSources(installation.as.engineer);
  const prompts = data.find(({ dataset }) => dataset === "prompts");
  expect(await read(ppo)).toEqual([["prompts", prompts?.items, prompts?.lines]]);
});

test("demonstrations and prompts are those of the start: no later version, no later review", async () => {
  const { labeler, writer, reviewer } = installation.as;
  const { id: promptId } = await createPrompt(labeler, plain("What do otters eat?"));
  const [one, other] = await Promise.all(
    ["Fish.", "Crabs."].map((text) => createDemonstration(labeler, { promptId, text })),
  );
  const returned = { rating: 2, returned: true, comment: "Say more." };
  const { id: sentBack } = await createDemonstration(writer, { promptId, text: "Nothing." });
  await reviewDemonstration(reviewer, { id: sentBack, ...returned });
  const run = await begin({ kind: "sft" });
  await reviseDemonstration(labeler, { id: one!.id, text: "Fish and crabs." });
  await reviewDemonstration(reviewer, { id: other!.id, ...returned });
  await reviewDemonstration(reviewer, { id: sentBack, rating: 6, returned: false, comment: "" });
  await createPrompt(labeler, plain("And when?"));
  const at = (await trainingTask(installation.db, run.id))?.at;
  const then = (await listed(demonstrationLines(inTests(installation.db), { at }))).map(
    (line) => JSON.parse(line).completion,
  );
  expect(then).toEqual(["Fish.", "Crabs."]);
  expect(run.data).toMatchObject([{ dataset: "demonstrations", items: 2 }]);
  const now = (await listed(demonstrationLines(inTests(installation.db)))).map((line) => JSON.parse(line).completion);
  expect(now).toEqual(["Nothing.", "Fish and crabs."]);
  const prompts = (await listed(promptLines(inTests(installation.db), { at }))).map((line) => JSON.parse(line));
  expect(prompts).toMatchObject([{ prompt: "What do otters eat?", prompt_id: promptId }]);
});

test("PPO wants a reward model of the same tokens, and texts that are there", async () => {
  const { directory, as } = installation;
  for (let day = 0; day < 20; day++) await createPrompt(as.labeler, plain(`What do otters eat on day ${day}?`));
  const ppo = { kind: "ppo", rewardModelId: "tiny-reward" };
  await expect(begin({ ...ppo, rewardModelId: "tiny-lm" })).rejects.toThrow("is not a reward model");
  await expect(begin({ ...ppo, texts: "../rankloop.sqlite" })).rejects.toThrow(/There are no texts/);
  mkdirSync(join(directory, "texts"));
  writeFileSync(join(directory, "texts", "mine.jsonl"), '{"text":"Otters."}\n');
  expect((await trainingSources(as.engineer)).texts).toEqual(["small-world", "mine.jsonl"]);
  const run = await begin({ ...ppo, texts: "mine.jsonl" });
  expect(run).toMatchObject({ rewardModelId: "tiny-reward", rewardModelName: "reward model" });
  expect(run.data[1]).toEqual({ dataset: "texts", source: "mine.jsonl", items: 0, lines: 0, hash: null });
  const [lm, reward] = ["tiny-lm", "tiny-reward"].map((name) => join(directory, "models", name));
  const { eos_token } = JSON.parse(readFileSync(join(lm!, "tokenizer_config.json"), "utf8"));
  // Many models pad with their end token; a reward model that is trained from one gets a token for it.
  rewrite(join(lm!, "tokenizer_config.json"), (settings) => ({ ...settings, pad_token: eos_token }));
  for (const [name, text] of Object.entries(await withPadToken(lm!, { content: "<|pad|>", id: 10_000 }))) {
    writeFileSync(join(reward!, name), text);
  }
  expect(await begin(ppo)).toMatchObject({ rewardModelId: "tiny-reward" });
  rewrite(join(reward!, "tokenizer.json"), (json) => ({ ...json, model: { ...json.model, merges: [] } }));
  await expect(begin(ppo)).rejects.toMatchObject({ code: "BAD_REQUEST", message: /reads other tokens than lm model/ });
});

test("settings that do not fit together are refused with a sentence", () => {
  const ppo = { kind: "ppo", name: "a", baseModelId: "b", rewardModelId: "c" };
  const { error } = newTraining.safeParse({ ...ppo, settings: { batch: 30 } });
  expect(error?.issues[0]?.message).toBe("A batch of 30 episodes is not made of whole minibatches of 16.");
  expect(newTraining.safeParse({ ...ppo, settings: { batch: 32 } }).success).toBe(true);
});

test("a watcher gets all points, then the new ones, and the finished model is in the list", async () => {
  const { db, as } = installation;
  await rank("A>B>C");
  const { id: runId, name: shownName } = await start();
  const held = await claim();
  const progress = async (step: number, metrics: Record<string, number>) =>
    writeTrainingProgress(db, held, { runId, step, steps: 3, secondsLeft: 3 - step, metrics });
  await progress(1, { loss: 0.7, broken: Number.NaN });
  const events: training.TrainingEvent[] = [];
  const watching = (async () => {
    for await (const event of await training.watchTraining(as.admin, { id: runId })) events.push(event);
  })();
  await eventually(() => expect(events).toHaveLength(1));
  await progress(2, { loss: 0.6 });
  await progress(2, { loss: 0.5 });
  const model = { id: runId, name: shownName, kind: "reward" as const, directory: runId, parameters: 9, context: 128 };
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
    name: shownName,
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
  await failJob(db, { ...second, error: "The loss is not finite at step 3.", retry: "never" });
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
  expect(await claimJob(db, { kinds: ["train"], workerId, leaseMs: 60_000 })).toBeNull();
  expect(await stateOf()).toBe("failed");
});

describe("names and ends", () => {
  const ended = async (what: object = {}) => {
    await rank("A>B>C");
    const { id } = await begin({ kind: "reward", settings, ...what });
    return id;
  };

  test("a name is one line that can be seen, and nobody else's", async () => {
    const id = await ended({ name: "Otter judge" });
    await expect(begin({ kind: "reward", settings, name: "otter JUDGE" })).rejects.toThrow(
      "There is a model or a run of this name already: choose another.",
    );
    await expect(begin({ kind: "reward", settings, name: "LM model" })).rejects.toMatchObject({ code: "CONFLICT" });
    for (const name of ["a\nb", "a\u202eb", "\u200b", " ", "x".repeat(61)]) {
      expect(newTraining.safeParse({ kind: "sft", name, baseModelId: "b", settings: {} }).success, name).toBe(false);
    }
    expect(newTraining.safeParse({ kind: "sft", name: "👩‍🔬 می‌خواهم", baseModelId: "b", settings: {} }).success).toBe(
      true,
    );
    await renameModel(installation.as.engineer, { id, name: "Otter Judge" });
    const held = await claim();
    const model = { id, name: "as it began", kind: "reward" as const, directory: id, parameters: 9, context: 128 };
    await finishTraining(installation.db, held, { runId: id, model, metrics: {} });
    const named = async () => (await listModels(installation.as.admin)).find((one) => one.id === id)?.name;
    expect(await named()).toBe("Otter Judge");
    await renameModel(installation.as.engineer, { id, name: "Judge" });
    expect([await named(), (await training.getTrainingRun(installation.as.admin, { id })).name]).toEqual([
      "Judge",
      "Judge",
    ]);
    await expect(renameModel(installation.as.engineer, { id, name: "lm model" })).rejects.toThrow(
      "of this name already",
    );
  });

  test("a model goes with its files, and its answers keep its name; one that is used stays", async () => {
    const { as, directory } = installation;
    await expect(removeModel(as.engineer, { id: "tiny-reward" })).rejects.toThrow("answering model or judge");
    await updateSettings(as.admin, { rewardModelId: null });
    await rank("A>B>C");
    const { id: promptId } = await createPrompt(as.labeler, plain("Why?"));
    await createDemonstration(as.labeler, { promptId, text: "Fish." });
    const run = await begin({ kind: "sft", rewardModelId: "tiny-reward" });
    await expect(removeModel(as.engineer, { id: "tiny-reward" })).rejects.toThrow("under way begins with this model");
    await training.stopTraining(as.engineer, { id: run.id });
    await removeModel(as.engineer, { id: "tiny-reward" });
    expect(existsSync(join(directory, "models", "tiny-reward"))).toBe(false);
    expect((await listModels(as.admin)).map(({ id }) => id)).not.toContain("tiny-reward");
    expect((await training.getTrainingRun(as.admin, { id: run.id })).rewardModelName).toBe("reward model");
    await expect(updateSettings(as.admin, { rewardModelId: "tiny-reward" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(removeModel(as.engineer, { id: "tiny-reward" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a run goes with its curves once it has ended, and its model stays", async () => {
    const { as, db } = installation;
    const id = await ended();
    await expect(removeRun(as.engineer, { id })).rejects.toThrow("stop it first");
    const held = await claim();
    await writeTrainingProgress(db, held, { runId: id, step: 1, steps: 1, secondsLeft: 0, metrics: { loss: 1 } });
    const model = { id, name: "Left", kind: "reward" as const, directory: id, parameters: 9, context: 128 };
    await finishTraining(db, held, { runId: id, model, metrics: {} });
    await removeRun(as.engineer, { id });
    expect(await training.listTrainingRuns(as.engineer)).toEqual([]);
    expect((await contentsOf(db)).training_point).toEqual([]);
    expect((await listModels(as.admin)).find((one) => one.id === id)).toMatchObject({
      trainingRunId: null,
      trainedBy: null,
    });
    await expect(training.getTrainingRun(as.admin, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
