// The list of prompts, as a lead goes through what has come in: searched and narrowed, some selected and archived, brought back,
// deleted; and the place is found again after a look at one of them.
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { plain } from "./work.ts";

test("prompts are found, selected, archived, brought back and deleted, and the place is remembered", async ({
  person,
  pageOf,
}) => {
  test.setTimeout(600_000);
  const lead = await person("reviewer");
  // Words that no other journey writes.
  const texts = Array.from({ length: 35 }, (_, i) => `Quokkaword ${i}: which leaves does it eat?`);
  for (const text of texts) await lead.api.prompts.create(plain(text, "chat"));
  const page = await pageOf(lead);
  const list = page.getByRole("list", { name: "Prompts" });
  const selected = (count: number) => page.getByText(`${count} selected`);

  await page.goto("/prompts");
  await page.getByRole("searchbox", { name: "Search" }).fill("quokkaw LEAVES");
  await expect(page.getByText("35 prompts", { exact: true })).toBeVisible();
  await page.getByLabel("Use case").selectOption("chat");
  await expect(page).toHaveURL(/search=quokkaw\+LEAVES&useCase=chat/);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(35);

  await list.getByRole("link", { name: "Quokkaword 2:" }).click();
  await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("quokkaw LEAVES");
  await expect(list.getByRole("link", { name: "Quokkaword 2:" })).toBeInViewport();

  await page.getByRole("button", { name: "Select these 35" }).click();
  await expect(selected(35)).toBeVisible();
  await page.getByRole("button", { name: "Select none" }).click();
  const boxes = [30, 31, 32].map((i) => page.getByRole("checkbox", { name: `Select: Quokkaword ${i}:` }));
  for (const box of boxes) await box.press(" ");
  await page.getByRole("checkbox", { name: "Select: Quokkaword 0:" }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("button", { name: "Archive", exact: true })).toBeInViewport();
  await expect(selected(3)).toBeVisible();
  await inspect(page, "prompts-selected");
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await expect(page.getByText("3 archived.")).toBeVisible();
  await expect(page.getByText("32 prompts", { exact: true })).toBeVisible();

  await page.getByLabel("State").selectOption("Archived");
  await expect(list.getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: "Select these 3" }).click();
  await page.getByRole("button", { name: "Bring back" }).click();
  await expect(page.getByText("No prompt is like this.")).toBeVisible();
  await expect(page.getByText("3 brought back.")).toBeVisible();
  await inspect(page, "prompts-none");

  await page.goto("/prompts?search=quokkaword");
  await page.getByRole("button", { name: "Select all 35" }).click();
  await expect(selected(35)).toBeVisible();
  await page.getByRole("button", { name: "Delete …" }).click();
  await expect(page.getByText("Nothing else hangs on them.")).toBeVisible();
  await inspect(page, "prompts-delete");
  await page.getByRole("button", { name: "Delete 35 prompts" }).click();
  await expect(page.getByText("No prompt is like this.")).toBeVisible();
  await expect(page.getByText("35 deleted.")).toBeVisible();
  expect((await lead.api.prompts.list({ search: "quokkaword" })).items).toEqual([]);
});
