import { afterEach, beforeEach, expect, test } from "vitest";
import { type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { addScenario, listScenarios, restoreScenario, retireScenario } from "./scenarios.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

const texts = async () => (await listScenarios(installation.as.annotator)).map(({ text }) => text);

test("leads add to the list and take off it; the oldest stands first", async () => {
  const { admin, reviewer, writer, nobody } = installation.as;
  const first = await addScenario(admin, { text: "I run a bakery." });
  await addScenario(reviewer, { text: "I keep bees." });
  expect(first).toMatchObject({ text: "I run a bakery.", createdAt: installation.clock.now });
  expect(await texts()).toEqual(["I run a bakery.", "I keep bees."]);
  await expect(addScenario(writer, { text: "No." })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(retireScenario(writer, first)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await retireScenario(reviewer, first)).toEqual({ ok: true });
  expect(await retireScenario(reviewer, first)).toEqual({ ok: true });
  expect(await texts()).toEqual(["I keep bees."]);
  await expect(restoreScenario(writer, first)).rejects.toMatchObject({ code: "FORBIDDEN" });
  for (let time = 0; time < 2; time++) expect(await restoreScenario(admin, first)).toEqual({ ok: true });
  expect(await texts()).toEqual(["I run a bakery.", "I keep bees."]);
  await expect(restoreScenario(admin, { id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(retireScenario(admin, { id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(listScenarios(nobody)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
