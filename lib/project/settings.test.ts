import { afterEach, beforeEach, expect, test } from "vitest";
import { addModel } from "../../db/database.fixture.ts";
import { listEvents } from "../../db/queries/events.ts";
import { addTinyModels, type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { archiveModel, removeModel } from "../training/model-changes.ts";
import { cloneProject } from "./projects.ts";
import { getSettings, updateSettings } from "./settings.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

test("answers are rated first and no model is chosen until a lead says otherwise; each setting by itself", async () => {
  const { labeler, reviewer } = installation.as;
  await addTinyModels(installation);
  await updateSettings(reviewer, { modelId: null, rewardModelId: null });
  const first = {
    rateFirst: true,
    modelId: null,
    promptOrder: "written",
    k: 4,
    sources: null,
    rankingsWanted: 1,
    rewardModelId: null,
  } as const;
  expect(await getSettings(labeler)).toEqual(first);
  const now = { ...first, rateFirst: false };
  expect(await updateSettings(reviewer, { rateFirst: false })).toEqual(now);
  expect(await updateSettings(reviewer, { modelId: "tiny-lm" })).toEqual({ ...now, modelId: "tiny-lm" });
  const nothing = { rateFirst: undefined, modelId: undefined, promptOrder: undefined, rewardModelId: undefined };
  expect(await updateSettings(reviewer, nothing)).toEqual({ ...now, modelId: "tiny-lm" });
  const judged = { promptOrder: "disagreement", rewardModelId: "tiny-reward" } as const;
  expect(await updateSettings(reviewer, judged)).toEqual({ ...now, modelId: "tiny-lm", ...judged });
  expect(await updateSettings(reviewer, first)).toEqual(first);
  expect(await getSettings(labeler)).toEqual(first);
});

test("the project's models are a language model and a reward model of the list", async () => {
  const { reviewer } = installation.as;
  await addTinyModels(installation);
  for (const modelId of ["tiny-reward", "nothing"]) {
    await expect(updateSettings(reviewer, { modelId, rateFirst: false })).rejects.toThrow(
      "There is no such language model: choose another.",
    );
  }
  for (const rewardModelId of ["tiny-lm", "nothing"]) {
    await expect(updateSettings(reviewer, { rewardModelId, rateFirst: false })).rejects.toThrow(
      "There is no such reward model: choose another.",
    );
  }
  expect(await getSettings(reviewer)).toMatchObject({
    rateFirst: true,
    modelId: "tiny-lm",
    rewardModelId: "tiny-reward",
  });
});

test("several models write the answers: stored, changed, taken back; what cannot be leaves all as it was", async () => {
  const { reviewer, labeler } = installation.as;
  await addTinyModels(installation);
  await addModel(installation.db, "lm", "tiny-other");
  const from = (modelId: string, count: number) => ({ modelId, count, temperature: 0.5, topP: 1 });
  const sources = [from("tiny-lm", 2), from("tiny-other", 2)];
  expect(await updateSettings(reviewer, { sources })).toMatchObject({ sources, k: 4 });
  for (const [refused, sentence] of [
    [[from("tiny-lm", 1)], "One answer cannot be ranked: ask for at least 2 in all."],
    [[], "One answer cannot be ranked: ask for at least 2 in all."],
    [[from("tiny-lm", 6), from("tiny-other", 4)], "These are 10 answers: at most 9 can be ranked together."],
    [[from("tiny-lm", 1), from("nothing", 1)], "There is no such language model: choose another."],
    [[from("tiny-lm", 1), from("tiny-reward", 1)], "There is no such language model: choose another."],
  ] as const) {
    await expect(updateSettings(reviewer, { sources: [...refused], k: 9 })).rejects.toThrow(sentence);
  }
  expect(await getSettings(labeler)).toMatchObject({ sources, k: 4 });
  expect(await updateSettings(reviewer, { k: 3 })).toMatchObject({ sources, k: 3 });
  const [, , told] = (await listEvents(installation.db, { limit: 3 })).toReversed();
  expect(told).toMatchObject({ before: { k: 4 }, after: { k: 3 } });
  expect(Object.keys(told?.after ?? {})).toEqual(["k"]);
  expect(await updateSettings(reviewer, { sources: null })).toMatchObject({ sources: null });
});

test("a model that writes the project's answers is neither archived nor deleted, nor taken along into another project", async () => {
  const { reviewer, admin } = installation.as;
  await addTinyModels(installation);
  await addModel(installation.db, "lm", "tiny-other");
  const one = { count: 2, temperature: 0.5, topP: 1 };
  const sources = ["tiny-lm", "tiny-other"].map((modelId) => ({ modelId, ...one }));
  await updateSettings(reviewer, { sources });
  const inUse = /answering model or judge, or writes its answers: choose another/;
  await expect(archiveModel(admin, { id: "tiny-other", archived: true })).rejects.toThrow(inUse);
  await expect(removeModel(admin, { id: "tiny-other" })).rejects.toThrow(inUse);
  const { id } = await cloneProject(admin, { name: "Again" });
  expect(await getSettings({ ...admin, project: id })).toMatchObject({ sources: null, modelId: null });
  await updateSettings(reviewer, { sources: null });
  await removeModel(admin, { id: "tiny-other" });
});
