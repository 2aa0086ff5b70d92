import { afterEach, beforeEach, expect, test } from "vitest";
import { addPrompt } from "../../db/temporary.ts";
import { createDemonstration } from "../demonstrations/demonstrations.ts";
import { overview } from "../progress/overview.ts";
import { addTinyModels, type Installation, plain, readyComparison, temporaryInstallation } from "../temporary.ts";
import { createPrompt, getPrompt, listPrompts, seedPrompts } from "./prompts.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

test("pages go from the newest to the oldest, each prompt once, also while new ones are written", async () => {
  const { labeler } = installation.as;
  for (let i = 0; i < 7; i++) await createPrompt(labeler, plain(`prompt ${i}`));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPrompts(labeler, { cursor, limit: 3 });
    seen.push(...page.items.map((one) => one.text));
    cursor = page.next ?? undefined;
    await createPrompt(labeler, plain("meanwhile"));
  } while (cursor);
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `prompt ${i}`));
});

test("a prompt shows its demonstrations and comparisons, counted", async () => {
  const { labeler, other } = installation.as;
  await addTinyModels(installation);
  const made = await createPrompt(labeler, plain("Hi", "chat", "Hello."));
  expect(made).toMatchObject({ author: "labeler", demonstrations: 1, comparisons: 0 });
  await createPrompt(other, plain("Another", "other"));
  await createDemonstration(other, { promptId: made.id, text: "Good day." });
  const { id } = await readyComparison(labeler, made.id, ["a", "b", "c"]);
  expect(await getPrompt(other, { id: made.id })).toMatchObject({
    demonstrations: 2,
    comparisons: 1,
    demonstrationList: [
      { text: "Hello.", author: "labeler" },
      { text: "Good day.", author: "other" },
    ],
    comparisonList: [{ id, state: "ready", k: 3 }],
  });
  expect(await overview(labeler)).toMatchObject({
    prompts: 2,
    demonstrations: 2,
    comparisonsReady: 1,
    comparisonsRanked: 0,
    waitingForMe: 1,
  });
});

test("the prompts that come along are put in once, in their order", async () => {
  const list = [
    { text: "first", useCase: "chat" },
    { text: "second", useCase: "rewrite" },
  ] as const;
  await seedPrompts(installation.db, list);
  await seedPrompts(installation.db, list);
  const { items } = await listPrompts(installation.as.labeler, { limit: 10 });
  expect(items.map((one) => [one.text, one.useCase, one.author])).toEqual([
    ["first", "chat", "Rankloop"],
    ["second", "rewrite", "Rankloop"],
  ]);
});

test("what is not there is said so", async () => {
  const { labeler } = installation.as;
  await expect(getPrompt(labeler, { id: "nothing" })).rejects.toThrow("There is no such prompt.");
  await expect(createDemonstration(labeler, { promptId: "nothing", text: "a" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  addPrompt(installation.db);
  expect(await listPrompts(labeler, { cursor: "nothing", limit: 5 })).toEqual({ items: [], next: null });
});
