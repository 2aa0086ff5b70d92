// The whole loop as its first visitor goes through it: set up, write, generate, rank, export, train, use what was trained.

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { closeDatabase, openDatabase } from "../db/client.ts";
import { inTests, runSql } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { demonstrationsOf } from "../db/queries/demonstrations.ts";
import { listModels } from "../db/queries/models.ts";
import { getPrompt } from "../db/queries/prompts.ts";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import { comparisonRecord, demonstrationRecord } from "../lib/preference/records.ts";
import { expect, test } from "./fixtures.ts";
import { picture } from "./looking.ts";
import { lastPart } from "./pages.ts";
import { password, signIn } from "./people.ts";
import { cardOf, dragByMouse, notation } from "./rank-page.ts";
import { promptText, rank, writeAndGenerate } from "./work.ts";

// Workers run when nobody else wants the processor: on a busy machine that may take a while.
const slow = { timeout: 300_000 };

test("from the first visit to a reward model that scores answers", async ({ launch, browser }) => {
  test.setTimeout(1_200_000);
  const server = await launch();
  const db = openDatabase(server.file);
  const context = await browser.newContext({ baseURL: server.address });
  const page = await context.newPage();

  await test.step("the first visitor makes the admin account, and there is something to work on", async () => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Welcome to Rankloop" })).toBeVisible();
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("User name").fill("ada");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Make the admin account" }).click();
    await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
    await goTo(page, "Prompts");
    const prompts = page.getByRole("list", { name: "Prompts" }).getByRole("link");
    await expect(prompts.first()).toBeVisible();
    expect(await prompts.count()).toBeGreaterThan(20);
  });

  const ada = await signIn(server.address, "ada", "admin");
  await test.step("answers to a prompt of each use case are there to be ranked", async () => {
    await expect.poll(async () => (await ada.api.progress.overview()).waitingForMe, slow).toBe(10);
    await page.goto("/");
    await expect(page.getByRole("link", { name: "Start ranking" })).toBeVisible();
    expect(await rank(ada)).toHaveLength(10);
  });

  const text = promptText("train");
  const demonstration = "There was once a fox who liked crabs & <b>mussels</b>. 🦊";
  let promptId = "";
  await test.step("write a prompt and its demonstration", async () => {
    await goTo(page, "Write");
    await page.getByLabel("Use case").selectOption("generation");
    await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(text);
    await page.getByRole("textbox", { name: "Demonstration (optional)" }).fill(demonstration);
    // Counted a moment after the typing has stopped.
    await expect(page.getByText(/\b0 tokens/)).toHaveCount(0);
    await picture(page, "write");
    await page.getByRole("button", { name: "Save prompt" }).click();
    await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
    promptId = lastPart(page);
    expect(await getPrompt(db, promptId)).toMatchObject({ text, useCase: "generation", author: "ada" });
    expect(await demonstrationsOf(db, promptId)).toMatchObject([{ text: demonstration, author: "ada" }]);
  });

  /** Has `k` answers generated for the prompt that is open; resolves to the comparison's id when they are there. */
  const generate = async (k: number): Promise<string> => {
    await page.getByLabel("Answers (K)").selectOption(String(k));
    await page.getByRole("spinbutton", { name: "Maximum tokens" }).fill("96");
    await page.getByRole("spinbutton", { name: "Seed" }).fill("7");
    await page.getByRole("button", { name: `Generate ${k} answers` }).click();
    await expect(page.getByRole("heading", { name: `${k} answers` })).toBeVisible();
    await expect(page.getByRole("list", { name: "Answers" }).getByText("Done", { exact: true })).toHaveCount(k, slow);
    return lastPart(page);
  };
  const openPrompt = async () => {
    await page.goto(`/prompts/${promptId}`);
    await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
  };

  const comparisons: string[] = [];
  await test.step("four answers come from the model, with what made them on record", async () => {
    comparisons.push(await generate(4));
    await picture(page, "candidates");
    const stored = await getComparison(db, comparisons[0]!);
    expect(stored?.state).toBe("ready");
    expect(stored?.candidates.map(({ seed }) => seed ?? -1).sort((a, b) => a - b)).toEqual([7, 8, 9, 10]);
    for (const { text: answer, tokens, maxTokens, state } of stored?.candidates ?? []) {
      expect({ maxTokens, state }).toEqual({ maxTokens: 96, state: "done" });
      expect(tokens).toBeGreaterThan(0);
      await expect(page.getByRole("list", { name: "Answers" })).toContainText(answer.trim().split("\n")[0]!);
    }
    await openPrompt();
    comparisons.push(await generate(3));
    await openPrompt();
    comparisons.push(await generate(2));
  });

  /** Places of the candidates in each tier, best first; null until it is stored. */
  const storedTiers = async (index: number) =>
    (await getComparison(db, comparisons[index]!))?.rankings[0]?.tiers ?? null;
  const held = async () => (await runSql(db, "select 1 from assignment where state = 'held'")).length;
  const submit = async () => {
    await page.getByRole("button", { name: "Review ranking" }).click();
    await page.getByRole("button", { name: "Submit ranking" }).click();
  };
  await test.step("each answer alone first: 1 to 7, a flag and a note", async () => {
    await goTo(page, "Rank");
    await expect(cardOf(page, "A")).toBeVisible();
    await page.getByRole("radio", { name: "4 of 7" }).check();
    await page.getByRole("checkbox", { name: "Hallucination" }).check();
    await page.getByRole("textbox", { name: "Note" }).fill("There was no boat.");
    await picture(page, "rate");
    await page.getByRole("button", { name: "Next answer" }).click();
    for (const [letter, rating] of [
      ["B", 6],
      ["C", 4],
      ["D", 2],
    ] as const) {
      await expect(cardOf(page, letter)).toBeVisible();
      await page.getByRole("radio", { name: `${rating} of 7` }).check();
      await page.getByRole("button", { name: letter === "D" ? "Rank all of them" : "Next answer" }).click();
    }
  });

  await test.step("then all of them, by typing, with a tie; the board follows", async () => {
    await notation(page).fill("B>A=C");
    await expect(page.getByText("D is missing", { exact: false })).toBeVisible();
    await notation(page).fill("B>A=C>D");
    await expect(
      page.getByRole("region", { name: "Rank 1 (best)" }).getByRole("article", { name: "Answer B" }),
    ).toBeVisible();
    await expect(page.getByRole("region", { name: "Rank 2" }).getByRole("article")).toHaveCount(2);
    await picture(page, "rank");
    await submit();
    await expect(page.getByRole("status").filter({ hasText: "Submitted B>A=C>D" })).toBeVisible();
    await expect.poll(() => storedTiers(0)).toEqual([[1], [0, 2], [3]]);
    expect((await getComparison(db, comparisons[0]!))?.rankings[0]?.ratings).toMatchObject([
      { likert: 4, flags: ["hallucination"], note: "There was no boat." },
      { likert: 6, flags: [] },
      { likert: 4, flags: [] },
      { likert: 2, flags: [] },
    ]);
  });

  await test.step("the next one by keyboard; the notation follows", async () => {
    await expect(cardOf(page, "A")).toBeFocused();
    for (const rating of ["3", "7", "1"]) {
      await page.keyboard.press(rating);
      await page.keyboard.press("Enter");
    }
    await expect(cardOf(page, "A")).toBeFocused();
    await page.keyboard.press("2");
    await expect(cardOf(page, "B")).toBeFocused();
    await page.keyboard.press("1");
    await expect(cardOf(page, "C")).toBeFocused();
    await page.keyboard.press("3");
    await expect(notation(page)).toHaveValue("B>A>C");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByRole("status").filter({ hasText: "Submitted B>A>C" })).toBeVisible();
    await expect.poll(() => storedTiers(1)).toEqual([[1], [0], [2]]);
  });

  await test.step("the last one by drag, without stage one, as a lead has said; then nothing waits", async () => {
    await goTo(page, "Settings");
    // What was fetched ahead is given back: it would be rated first all the same.
    await expect.poll(held).toBe(0);
    // Not `check`: what is pressed shows with the next drawing, which it would not wait for.
    await page.getByRole("radio", { name: "Rank only" }).click();
    await expect(page.getByRole("radio", { name: "Rank only" })).toBeChecked();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await goTo(page, "Rank");
    await dragByMouse(page, "B", "Rank 1 (best)");
    await dragByMouse(page, "A", "Rank 2");
    await expect(notation(page)).toHaveValue("B>A");
    await submit();
    await expect(page.getByText("Nothing waits to be ranked.", { exact: false })).toBeVisible();
    await expect.poll(() => storedTiers(2)).toEqual([[1], [0]]);
  });

  // More of the same by the API, some of it held out, so that there is something to learn and to measure on.
  await writeAndGenerate(ada, 6, { k: 3, maxTokens: 16 });
  await writeAndGenerate(ada, 3, { k: 3, maxTokens: 16, split: "valid" });
  expect(await rank(ada)).toHaveLength(9);

  await test.step("the export has a line for every strict pair, and the counts add up", async () => {
    await goTo(page, "Export");
    // Ten times 4 answers: 60 strict; 4 with one tie: 5; 3: 3; 2: 1; nine times 3: 27.
    await expect(page.getByRole("status").filter({ hasText: "97 pairs: 96 strict + 1 tied." })).toBeVisible();
    await picture(page, "export");
    const pairs = (await downloaded(page, "Download comparisons")).map((line) =>
      comparisonRecord.parse(JSON.parse(line)),
    );
    // The model may have written one text twice: such a pair says nothing.
    const { lines: written, equal } = await ada.api.exports.count({ dataset: "comparisons" });
    expect(written + equal).toBe(96);
    expect(pairs).toHaveLength(written);
    const first = await getComparison(db, comparisons[0]!);
    const textOf = (label: string) => first!.candidates["ABCD".indexOf(label)]!.text;
    const ofFirst = pairs.filter((pair) => pair.ranking_id === first!.rankings[0]!.id);
    expect(
      ofFirst.map(({ chosen, rejected, chosen_rank, rejected_rank }) => [chosen, rejected, chosen_rank, rejected_rank]),
    ).toEqual(
      expect.arrayContaining([
        [textOf("B"), textOf("A"), 1, 2],
        [textOf("B"), textOf("C"), 1, 2],
        [textOf("B"), textOf("D"), 1, 3],
        [textOf("A"), textOf("D"), 2, 3],
        [textOf("C"), textOf("D"), 2, 3],
      ]),
    );
    expect(ofFirst).toHaveLength(5);
    expect(ofFirst[0]).toMatchObject({ prompt: text, prompt_id: promptId, k: 4, labeler: "ada", split: "train" });

    await page.getByLabel("Data set").selectOption("demonstrations");
    const lines = await downloaded(page, "Download demonstrations");
    expect(lines.map((line) => demonstrationRecord.parse(JSON.parse(line)))).toMatchObject([
      { prompt: text, completion: demonstration },
    ]);
  });

  let runId = "";
  await test.step("a reward model is trained on it, and stands in the list with its accuracy", async () => {
    await goTo(page, "Train");
    await page.getByLabel("Name of the model").fill("Hen judge");
    await page.getByRole("spinbutton", { name: "Epochs" }).fill("2");
    await page.getByRole("button", { name: "Start training" }).click();
    await expect(page.getByRole("heading", { name: "Hen judge" })).toBeVisible();
    runId = lastPart(page);
    await expect(page.getByRole("region", { name: "How it stands" })).toContainText("Finished", slow);
    await picture(page, "training");
    expect(await getTrainingRun(db, runId)).toMatchObject({
      state: "done",
      // The one demonstration is what the model gives a score of 0.
      data: [
        { dataset: "comparisons", items: 22, lines: 96 },
        { dataset: "demonstrations", items: 1, lines: 1 },
      ],
    });
    await page.getByRole("link", { name: "To the finished model" }).click();
    await expect(page.getByRole("heading", { name: "Hen judge" })).toBeVisible();
    await expect(page.getByText("Accuracy on held-out prompts")).toBeVisible();
    await expect(page.getByText("on the same pairs")).toBeVisible();
    const model = (await listModels(inTests(db))).find(({ name }) => name === "Hen judge");
    expect(model).toMatchObject({ kind: "reward", trainingRunId: runId });
    expect(model?.metrics["eval/accuracy"]).toBeGreaterThanOrEqual(0);
    await picture(page, "models");
  });

  await test.step("and it scores answers", async () => {
    await page.goto(`/comparisons/${comparisons[0]}`);
    await page.getByLabel("Reward model").selectOption({ label: "Hen judge" });
    await page.getByRole("button", { name: "Score the answers" }).click();
    await expect
      .poll(async () => (await getComparison(db, comparisons[0]!))?.candidates.map(({ scores }) => scores.length), slow)
      .toEqual([1, 1, 1, 1]);
    const [candidate] = (await getComparison(db, comparisons[0]!))!.candidates;
    await expect(
      page
        .getByRole("list", { name: "Answers" })
        .or(page.getByRole("region", { name: "Scores" }))
        .first(),
    ).toContainText("Hen judge");
    expect(Number.isFinite(candidate?.scores[0]?.score)).toBe(true);
  });

  await context.close();
  await closeDatabase(db);
});

/** By the navigation; what is not daily work stands in a menu there. */
async function goTo(page: Page, room: string): Promise<void> {
  const menus: Record<string, string[]> = {
    Learning: ["Export", "Train", "Models"],
    Project: ["Guidelines", "Settings"],
  };
  const navigation = page.getByRole("navigation", { name: "Main" });
  const menu = Object.keys(menus).find((name) => menus[name]?.includes(room));
  if (menu) await navigation.getByRole("button", { name: menu }).click();
  await navigation.getByRole("link", { name: room, exact: true }).click();
}

/** The lines of the file behind a download link. */
async function downloaded(page: Page, link: string): Promise<string[]> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: link }).click();
  const file = await (await waiting).path();
  return readFileSync(file, "utf8").trim().split("\n");
}
