import { afterEach, beforeEach, expect, test } from "vitest";
import { addTinyModels, type Installation, temporaryInstallation } from "../temporary.ts";
import { getSettings, updateSettings } from "./settings.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

test("answers are rated first and no model is chosen until a lead says otherwise; each setting by itself", async () => {
  const { labeler, reviewer } = installation.as;
  await addTinyModels(installation);
  expect(await getSettings(labeler)).toEqual({ rateFirst: true, modelId: null });
  expect(await updateSettings(reviewer, { rateFirst: false })).toEqual({ rateFirst: false, modelId: null });
  expect(await updateSettings(reviewer, { modelId: "tiny-lm" })).toEqual({ rateFirst: false, modelId: "tiny-lm" });
  const nothing = { rateFirst: undefined, modelId: undefined };
  expect(await updateSettings(reviewer, nothing)).toEqual({ rateFirst: false, modelId: "tiny-lm" });
  expect(await updateSettings(reviewer, { rateFirst: true, modelId: null })).toEqual({
    rateFirst: true,
    modelId: null,
  });
  expect(await getSettings(labeler)).toEqual({ rateFirst: true, modelId: null });
});

test("the project's model is a language model of the list", async () => {
  const { reviewer } = installation.as;
  await addTinyModels(installation);
  for (const modelId of ["tiny-reward", "nothing"]) {
    await expect(updateSettings(reviewer, { modelId, rateFirst: false })).rejects.toThrow(
      "There is no such language model: choose another.",
    );
  }
  expect(await getSettings(reviewer)).toEqual({ rateFirst: true, modelId: null });
});
