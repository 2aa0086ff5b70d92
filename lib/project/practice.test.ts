import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../../db/client.ts";
import { temporaryDatabase } from "../../db/database.fixture.ts";
import { guidelinesHistory } from "../../db/queries/guidelines.ts";
import { listProjects } from "../../db/queries/members.ts";
import { listPrompts } from "../../db/queries/prompts.ts";
import { listScenarios } from "../../db/queries/scenarios.ts";
import { promptText } from "../vocabulary/conversation.ts";
import { answerFlags, skipReasons } from "../vocabulary/labeling.ts";
import { limits } from "../vocabulary/limits.ts";
import { firstGuidelines, firstScenarios, practiceProject, seedPractice } from "./practice.ts";

let db: Database;
let remove: () => void;
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase({ project: false }));
});
afterEach(() => remove());

test("the project that comes along is made once, with prompts in their order, use-case descriptions and guidelines", async () => {
  const turns = [
    { role: "user", content: "Hello." },
    { role: "assistant", content: "Hello to you." },
    { role: "user", content: "Shorter." },
  ] as const;
  const list = [
    { text: "first", useCase: "chat" },
    { text: "a conversation", messages: turns, useCase: "rewrite" },
  ] as const;
  await seedPractice(db, list, 5);
  await seedPractice(db, list, 6);
  expect(await listProjects(db, { userId: "", all: true })).toMatchObject([
    { id: practiceProject, name: "Practice: the small world", createdAt: 5 },
  ]);
  const practice = { db, project: practiceProject };
  expect(await listPrompts(practice, { limit: 10 })).toMatchObject([
    { text: "first", messages: [{ role: "user", content: "first" }], useCase: "chat", author: null },
    { text: promptText(turns), messages: turns, useCase: "rewrite", author: null },
  ]);
  expect((await listScenarios(practice)).map(({ text }) => text)).toEqual(firstScenarios);
  for (const topic of ["write", "rank"] as const) {
    expect(await guidelinesHistory(practice, topic)).toMatchObject([{ version: 1, author: null, createdAt: 5 }]);
  }
});

test("the first guidelines speak of what the ranking screen asks, in its words", () => {
  const { rank } = firstGuidelines();
  for (const name of [...Object.values(answerFlags), ...skipReasons]) {
    const [start = ""] = name.split(/ or | the |,/);
    expect(rank.toLowerCase()).toContain(start.toLowerCase());
  }
});

test("use-case descriptions are of many kinds, and as long as somebody would write them", () => {
  expect(new Set(firstScenarios).size).toBe(firstScenarios.length);
  expect(firstScenarios.length).toBeGreaterThanOrEqual(10);
  for (const text of firstScenarios) {
    expect(text.length).toBeGreaterThan(100);
    expect(text.length).toBeLessThan(limits.scenarioCharacters);
  }
});
