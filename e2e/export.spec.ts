// An engineer takes data out: chooses set, format and part of it by keyboard and mouse, sees texts and counts that add up, and
// gets the file that the screen told of.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { answersTo, rankOnly } from "./rank-answers.ts";
import { submission, withoutStarters } from "./work.ts";

async function downloaded(page: Page, link: string): Promise<{ name: string; lines: Record<string, unknown>[] }> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: link }).click();
  const download = await waiting;
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  return { name: download.suggestedFilename(), lines: lines.map((line) => JSON.parse(line)) };
}

const turns = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "What do otters eat?" },
];

test.beforeAll(({ admin }) => rankOnly(admin, true));
test.afterAll(({ admin }) => rankOnly(admin, false));

test("what people made goes out as its trainer reads it", async ({ admin, person, pageOf, db }) => {
  test.setTimeout(600_000);
  await withoutStarters(admin);
  await answersTo(db, admin, turns, ["Fish.", "  Crabs. \n", "Say <|endoftext|>.", "Fish."]);
  await answersTo(db, admin, "Where do otters sleep?", ["In the sea.", "On land."]);
  const ranker = await person("annotator");
  for (let left = 2; left > 0; left--) {
    const next = (await ranker.api.assignments.next())!;
    const notation = next.candidates.length === 4 ? "B>A=D>C" : "A>B";
    await ranker.api.rankings.submit({ id: next.id, ...submission(next, notation) });
  }
  const engineer = await person("engineer");
  const page = await pageOf(engineer);
  // Other journeys of this installation rank, too.
  await page.goto(`/export?labelers=${ranker.username}`);
  const counts = page.getByRole("status").filter({ hasText: "lines" });
  await expect(counts).toContainText("6 lines of 2 rankings.");
  await expect(counts).toContainText("7 pairs: 6 strict + 1 tied.");
  await expect(counts).toContainText("5 lines have a conversation as one text");
  await expect(counts).toContainText("<|endoftext|>");
  await expect(page.getByRole("columnheader", { name: "chosen" })).toBeVisible();
  await inspect(page, "export-pairs");

  await test.step("by keyboard: another format, with its command and its settings", async () => {
    await page.getByLabel("Format").focus();
    await page.keyboard.type("OpenAI");
    await expect(page.getByText("DPO at OpenAI, Azure, Together and Fireworks.")).toBeVisible();
    await expect(page).toHaveURL(/format=openai/);
    await expect(counts).toContainText("3 lines had white space around an answer");
    await expect(page.getByText("purpose=fine-tune")).toBeVisible();
    await page.getByLabel("Format").selectOption("llama-factory");
    await expect(page.getByRole("region", { name: "In dataset_info.json" })).toContainText(
      "comparisons-all-llama-factory.jsonl",
    );
    await inspect(page, "export-llama-factory");
  });

  await test.step("a tie both ways says the same twice; with another labeler there is nothing", async () => {
    await page.getByLabel("Format").selectOption("trl");
    await page.getByLabel("A tie becomes").selectOption("both");
    await expect(counts).toContainText("6 lines of 2 rankings.");
    await expect(counts).toContainText("2 pairs say the same twice and are left out.");
    await page.getByLabel("Break up tokens").check();
    await expect(counts).toContainText("it was broken up by a space");
    await inspect(page, "export-options");
    const { name, lines } = await downloaded(page, "Download comparisons");
    expect(name).toBe("comparisons-all-trl.jsonl");
    expect(lines).toHaveLength(6);
    expect(new Set(lines.map((line) => Object.keys(line).join()))).toEqual(new Set(["prompt,chosen,rejected"]));
    expect(lines[0]).toEqual({
      prompt: turns,
      chosen: [{ role: "assistant", content: "Crabs." }],
      rejected: [{ role: "assistant", content: "Fish." }],
    });
    await page.getByLabel("Labeler").selectOption(engineer.username);
    await expect(page.getByText("There is nothing in this file")).toBeVisible();
    await inspect(page, "export-nothing");
    await page.reload();
    await expect(page.getByLabel("Labeler")).toHaveValue(engineer.username);
    await page.getByLabel("Labeler").selectOption(ranker.username);
  });

  await test.step("whole rankings, and what cannot be said is counted", async () => {
    await page.getByLabel("Data set").selectOption("rankings");
    await expect(page.getByRole("columnheader", { name: "answers" })).toBeVisible();
    const { name, lines } = await downloaded(page, "Download rankings");
    expect(name).toBe("rankings-all.jsonl");
    expect(lines).toMatchObject([{ tiers: [[1], [0, 3], [2]], labeler: ranker.username }, { tiers: [[0], [1]] }]);
    await inspect(page, "export-rankings");
    await page.getByLabel("Format").selectOption("nectar");
    await expect(page.getByText("1 line is left out: Nectar cannot say them")).toBeVisible();
  });
});
