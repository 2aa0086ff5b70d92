// Guidelines: new ones are marked where people work, read beside the work, changed by leads, and shown as changed.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const button = (page: Page) => page.getByRole("button", { name: "Guidelines" });
const panel = (page: Page) => page.getByRole("region", { name: "Guidelines" });
const text = (page: Page) => page.getByLabel("Text, as Markdown");

// Of the two topics only this one: others rank by the guidelines as they came.
const topic = "write";
const openEditor = async (page: Page) => {
  await page.goto("/guidelines");
  await page.getByRole("radio", { name: "On writing" }).check();
};

test("a writer reads them beside the work, and sees what a lead has changed since", async ({ person, pageOf }) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  const { version } = await writer.api.guidelines.get({ topic });
  await page.goto("/write");
  await expect(button(page)).toHaveText(/new$/);

  await test.step("the key opens them, but not while somebody types", async () => {
    const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
    await prompt.press("g");
    await expect(prompt).toHaveValue("g");
    await expect(panel(page)).toHaveCount(0);
    await prompt.blur();
    await page.keyboard.press("g");
    await expect(panel(page)).toBeFocused();
    await expect(panel(page).getByRole("heading", { name: "Writing prompts and demonstrations" })).toBeVisible();
    await expect(button(page)).toHaveText("Guidelines");
    // Beside the work: the field is as usable as before.
    await prompt.fill("Why do foxes dig?");
    await expect(panel(page)).toBeVisible();
    await panel(page).focus();
    await page.keyboard.press("Escape");
    await expect(panel(page)).toHaveCount(0);
    expect((await writer.api.guidelines.get({ topic })).read?.version).toBe(version);
  });

  await test.step("on a phone they cover the page, which is out of reach until they are closed", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await button(page).focus();
    await page.keyboard.press("Enter");
    await expect(panel(page)).toBeFocused();
    const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
    await prompt.evaluate((field) => field.focus());
    await expect(prompt).not.toBeFocused();
    await page.keyboard.press("Escape");
    await expect(button(page)).toBeFocused();
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  const reviewer = await person("reviewer");
  await test.step("a lead publishes the next version", async () => {
    const lead = await pageOf(reviewer);
    await openEditor(lead);
    await expect(text(lead)).toHaveValue(/Write what somebody would really ask/);
    const before = await text(lead).inputValue();
    await text(lead).fill(before.replace("would really ask", "has really asked"));
    await expect(lead.getByRole("region", { name: "Preview" })).toContainText("has really asked");
    // What is typed is kept on this device.
    await lead.reload();
    await lead.getByRole("radio", { name: "On writing" }).check();
    await expect(text(lead)).toHaveValue(/has really asked/);
    await lead.getByRole("button", { name: `Publish version ${version + 1}` }).click();
    await expect(lead.getByRole("status").filter({ hasText: `Version ${version + 1} is in force.` })).toBeVisible();
  });

  await page.reload();
  await expect(button(page)).toHaveText(/changed$/);
  await button(page).click();
  await expect(panel(page)).toContainText(`Changed since you read version ${version}`);
  await expect(panel(page).locator("ins").first()).toHaveText("has");
  await expect(panel(page).locator("del").first()).toHaveText("would");
  await expect(button(page)).toHaveText("Guidelines");
  // Read, the change still stands there until the panel is closed.
  await expect(panel(page)).toContainText(`Changed since you read version ${version}`);
  await expect.poll(async () => (await writer.api.guidelines.get({ topic })).read?.version).toBe(version + 1);
});

test("two leads at once: the second sees what the first changed before anything is published", async ({
  person,
  pageOf,
}) => {
  const [first, second] = [await person("reviewer"), await person("reviewer")];
  const page = await pageOf(second);
  await openEditor(page);
  const { version, text: before } = await first.api.guidelines.get({ topic });
  await expect(text(page)).toHaveValue(before);
  await text(page).fill(`${before}\n\nDrink water.`);
  await first.api.guidelines.publish({ topic, basedOn: version, text: `${before}\n\nTake a walk.` });
  await page.getByRole("button", { name: `Publish version ${version + 1}` }).click();
  const warning = page.getByRole("alert").filter({ hasText: `has published version ${version + 1} since you began` });
  await expect(warning).toContainText("Take a walk.");
  await text(page).fill(`${before}\n\nTake a walk. Drink water.`);
  await page.getByRole("button", { name: `Done: go on from version ${version + 1}` }).click();
  await page.getByRole("button", { name: `Publish version ${version + 2}` }).click();
  await expect(page.getByRole("status").filter({ hasText: `Version ${version + 2} is in force.` })).toBeVisible();
  expect((await first.api.guidelines.history({ topic })).slice(0, 2).map((one) => one.text)).toEqual([
    `${before}\n\nTake a walk. Drink water.`,
    `${before}\n\nTake a walk.`,
  ]);
});
