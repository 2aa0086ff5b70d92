// Where models come from and what was made from them, by the runs on record.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimJob } from "../../db/queries/jobs.ts";
import { finishTraining } from "../../db/queries/training-tasks.ts";
import { addTinyModels, type Installation, plain, temporaryInstallation } from "../installation.fixture.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { getModel } from "./lineage.ts";
import { newTraining } from "./shapes.ts";
import { startTraining } from "./start.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
  const { labeler } = installation.as;
  for (let day = 0; day < 20; day++) {
    const { id } = await createPrompt(labeler, plain(`What do otters eat on day ${day}?`));
    await createDemonstration(labeler, { promptId: id, text: "Fish." });
  }
});
afterEach(() => installation.remove());

let count = 0;

/** A run that is done at once; its model has the run's id. */
async function made(what: object): Promise<string> {
  const { db, directory, as } = installation;
  const { id: runId } = await startTraining(
    as.engineer,
    newTraining.parse({ name: `Made ${++count}`, settings: {}, ...what }),
  );
  const job = (await claimJob(db, { kinds: ["train"], workerId: "w", leaseMs: 60_000 }))!;
  await writeTinyModel(join(directory, "models", runId));
  const model = { id: runId, name: "Made", kind: "lm" as const, directory: runId, parameters: 9, context: 128 };
  await finishTraining(db, { id: job.id, workerId: "w" }, { runId, model, metrics: { "objective/kl": 2 } });
  return runId;
}

test("a model's lineage goes up to where it began, each model once", async () => {
  const { engineer } = installation.as;
  const sft = await made({ kind: "sft", baseModelId: "tiny-lm", rewardModelId: "tiny-reward" });
  const first = await made({ kind: "ppo", baseModelId: sft, rewardModelId: "tiny-reward" });
  const second = await made({ kind: "ppo", baseModelId: first, rewardModelId: "tiny-reward", texts: "small-world" });

  const model = await getModel(engineer, { id: second });
  expect(model).toMatchObject({ trainedBy: "ppo", problem: null, metrics: { "objective/kl": 2 }, children: [] });
  expect(model).not.toHaveProperty("directory");
  expect(model.lineage.map(({ id }) => id)).toEqual([second, first, "tiny-reward", sft, "tiny-lm"]);
  expect(model.lineage[0]?.run).toMatchObject({
    baseModelId: first,
    rewardModelId: "tiny-reward",
    startedBy: "engineer",
  });
  expect(model.lineage[0]?.run?.data.map(({ dataset }) => dataset)).toEqual(["prompts", "texts"]);
  expect(model.lineage.at(-1)).toMatchObject({ name: "lm model", run: null });

  const children = async (id: string) => (await getModel(engineer, { id })).children.map((run) => run.id);
  expect(await children("tiny-lm")).toEqual([sft]);
  expect(await children("tiny-reward")).toEqual([sft, first, second]);
});

test("one whose files have gone still tells where it is from; one that never was is not found", async () => {
  const { engineer, labeler } = installation.as;
  const sft = await made({ kind: "sft", baseModelId: "tiny-lm" });
  await rm(join(installation.directory, "models", sft), { recursive: true });
  const model = await getModel(engineer, { id: sft });
  expect(model.problem).not.toBeNull();
  expect(model.lineage).toHaveLength(2);
  await expect(getModel(engineer, { id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(getModel(labeler, { id: sft })).rejects.toMatchObject({ code: "FORBIDDEN" });
});
