import { afterEach, beforeEach, expect, test } from "vitest";
import { addTinyModels, type Installation, temporaryInstallation } from "../installation.fixture.ts";
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
