// Two presses of one button, the second before the page has drawn the first: one thing is made.
import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { plain, promptText, rank, writeAndGenerate } from "./work.ts";

/** Both clicks are handled before the page draws again, as those are which wait for a page that is busy drawing. */
async function pressTwice(button: Locator): Promise<void> {
  await expect(button).toBeEnabled();
  await button.evaluate((element: HTMLElement) => {
    element.click();
    element.click();
  });
}

test("a button pressed twice makes one set of answers, one run, one description", async ({ admin, pageOf }) => {
  const page = await pageOf(admin);
  const called: string[] = [];
  page.on("request", (request) => called.push(new URL(request.url()).pathname));
  const calls = (of: string) => called.filter((path) => path === `/api/rpc/projects/practice/${of}`);
  const { id } = await admin.api.prompts.create(plain(promptText()));
  await page.goto(`/prompts/${id}`);
  await pressTwice(page.getByRole("button", { name: "Generate 4 answers" }));
  await page.waitForURL(/\/comparisons\//);
  expect(calls("comparisons/create")).toHaveLength(1);
  expect((await admin.api.prompts.get({ id })).comparisons).toBe(1);

  await writeAndGenerate(admin, 2, { k: 2, maxTokens: 8 });
  await rank(admin);
  await page.goto("/train");
  await page.getByRole("radio", { name: "Reward model", exact: true }).check();
  await page.getByLabel("Name of the model").fill("Pressed twice");
  await pressTwice(page.getByRole("button", { name: "Start training" }));
  await page.waitForURL(/\/train\/./);
  const runs = (await admin.api.training.list()).filter(({ name }) => name === "Pressed twice");
  expect(calls("training/start")).toHaveLength(1);
  expect(runs).toHaveLength(1);
  await admin.api.training.stop({ id: runs[0]?.id ?? "" });

  await page.goto("/settings");
  await page.getByLabel("Another description").fill("I press everything twice.");
  await pressTwice(page.getByRole("button", { name: "Add description" }));
  const list = page.getByRole("list", { name: "Use-case descriptions" });
  await expect(list.getByRole("listitem").filter({ hasText: "I press everything twice." })).toHaveCount(1);
  await expect(page.getByLabel("Another description")).toHaveValue("");
  expect(calls("scenarios/add")).toHaveLength(1);
  const all = await admin.api.scenarios.list();
  expect(all.filter(({ text }) => text === "I press everything twice.")).toHaveLength(1);
});

test("the project's models are chosen: a new one is offered, and labelers hear why a judge is not shown", async ({
  admin,
  pageOf,
}) => {
  const page = await pageOf(admin);
  await page.goto("/models");
  await expect(page.getByText("The project’s answering model")).toHaveCount(1);
  await expect(page.getByText(/knows one small valley/)).toHaveCount(1);
  const run = (await admin.api.training.list()).find(({ name }) => name === "Pressed twice");
  await page.goto(`/train/${run?.id}`);
  await page.getByRole("button", { name: "Delete …" }).click();
  await expect(page.getByText("It has made no model, and can no longer be resumed.")).toBeVisible();
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.goto("/write");
  await expect(page.getByText(/to practice with: it knows one small valley/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Bring your own model or file" })).toHaveAttribute(
    "href",
    "/p/practice/models",
  );
});

test("a prompt is edited, archived and deleted; what goes with it is said first", async ({ admin, pageOf }) => {
  const page = await pageOf(admin);
  const text = promptText();
  const { id } = await admin.api.prompts.create(plain(text, "chat", "Once there was a fox."));
  await page.goto(`/prompts/${id}`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(`${text} Be brief.`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("region", { name: "What is asked" })).toContainText("Be brief.");
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByText("Archived: nobody is handed its answers, and nothing new is made of it.")).toBeVisible();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByRole("button", { name: "Delete …" }).click();
  await expect(page.getByText("With it go 1 demonstration. Archived, it would only be out of the way.")).toBeVisible();
  await page.getByRole("button", { name: "Delete the prompt" }).click();
  await page.waitForURL(/\/prompts$/);
  await expect(page.getByText(`${text} Be brief.`)).toHaveCount(0);
});
