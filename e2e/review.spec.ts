// Demonstrations between their author and a reviewer: rated, sent back, revised, accepted; and who may do none of it.
import type { Page } from "@playwright/test";
import { demonstrationsOf } from "../db/queries/demonstrations.ts";
import { expect, test } from "./fixtures.ts";
import { draftSaved, openWrite } from "./pages.ts";
import { plain, promptText, shippedModelId } from "./work.ts";

test("a demonstration is sent back, revised and accepted", async ({ person, pageOf, db }) => {
  const [writer, reviewer] = [await person("writer"), await person("reviewer")];
  const asked = "Give me three names for a bakery.";
  const { id } = await writer.api.prompts.create(plain(asked, "brainstorming", "Crumb."));
  const review = await pageOf(reviewer);
  await openReview(review, "Crumb.");

  await test.step("not without a rating and a comment", async () => {
    await review.keyboard.press("s");
    await expect(review.getByRole("textbox", { name: "Comment" })).toBeFocused();
    await review.keyboard.type("Three were asked for.");
    await review.keyboard.press("Control+Enter");
    await expect(review.getByRole("alert").filter({ hasText: "Rate it first" })).toBeVisible();
    await review.keyboard.press("2");
    await expect(review.getByRole("radio", { name: "2 of 7" })).toBeChecked();
    // What was begun survives a reload on this device.
    await review.reload();
    await openReview(review, "Crumb.");
    await expect(review.getByRole("textbox", { name: "Comment (optional)" })).toHaveValue("Three were asked for.");
    await review.keyboard.press("2");
    await review.keyboard.press("s");
    await expect(review.getByRole("status").filter({ hasText: "Sent back: 2 of 7" })).toBeVisible();
    expect(await demonstrationsOf(db, id)).toMatchObject([
      { state: "returned", review: { rating: 2, comment: "Three were asked for.", reviewer: reviewer.username } },
    ]);
  });

  await test.step("its author finds it on top of the writing page and mends it in place", async () => {
    const page = await pageOf(writer);
    await openWrite(page);
    const sentBack = page.getByRole("listitem").filter({ hasText: "Three were asked for." });
    await sentBack.getByRole("link", { name: "Revise it" }).click();
    const card = page.getByRole("article", { name: `Demonstration by ${writer.name}` });
    await expect(card).toContainText("Sent back: 2 of 7");
    const field = card.getByRole("textbox", { name: "Version 2" });
    await expect(field).toBeFocused();
    await expect(field).toHaveValue("Crumb.");
    await expect(card.getByRole("button", { name: "Save version 2" })).toBeDisabled();
    await field.fill("Crumb, Rise, Half");
    await draftSaved(writer, "Crumb, Rise, Half", `demonstration:${id}`);
    await page.reload();
    await expect(field).toHaveValue("Crumb, Rise, Half");
    await field.fill("Crumb, Rise, Halfmoon.");
    await page.keyboard.press("Control+Enter");
    await expect(card).toContainText("version 2");
    await expect(card).toContainText("Waiting for review");
    await card.getByText("Version 1", { exact: false }).click();
    await expect(card.getByText("Three were asked for.")).toBeVisible();
    expect(await demonstrationsOf(db, id)).toMatchObject([
      { text: "Crumb, Rise, Halfmoon.", version: 2, state: "unreviewed", author: writer.username },
    ]);
    expect(await writer.api.drafts.get({ subject: `demonstration:${id}` })).toBeNull();
  });

  await test.step("and it is accepted", async () => {
    await openReview(review, "Crumb, Rise, Halfmoon.");
    // What it was sent back for, and what became of it.
    const desk = review.getByRole("article", { name: "Demonstration" });
    await expect(desk.getByText("Three were asked for.")).toBeVisible();
    await expect(desk.locator("ins")).toContainText("Halfmoon");
    await review.keyboard.press("7");
    await review.keyboard.press("a");
    await expect(review.getByRole("status").filter({ hasText: "Accepted: 7 of 7" })).toBeVisible();
    await expect(review.getByText("Crumb, Rise, Halfmoon.")).toBeHidden();
    expect(await demonstrationsOf(db, id)).toMatchObject([{ state: "accepted", version: 2, review: { rating: 7 } }]);
    // A slip of the finger is mended at once.
    await review.getByRole("button", { name: "Change it" }).click();
    await review.keyboard.press("6");
    await review.keyboard.press("Control+Enter");
    await expect(review.getByRole("status").filter({ hasText: "Accepted: 6 of 7" })).toBeVisible();
    expect(await demonstrationsOf(db, id)).toMatchObject([{ state: "accepted", review: { rating: 6 } }]);
    await review.getByText("Accepted", { exact: true }).click();
    await expect(review.getByRole("region", { name: "What was reviewed" }).getByText(asked)).toBeVisible();
  });
});

test("writers write, annotators rank, and neither reviews", async ({ person, pageOf }) => {
  const [writer, annotator] = [await person("writer"), await person("annotator")];
  const page = await pageOf(writer);
  await openWrite(page);
  const rooms = page.getByRole("navigation", { name: "Main" });
  await expect(rooms.getByRole("link", { name: "Write" })).toBeVisible();
  await expect(rooms.getByRole("link", { name: /^(Rank|Review)$/ })).toHaveCount(0);
  for (const path of ["/rank", "/review"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "is not part of your role" })).toBeVisible();
  }
  const { id } = await writer.api.prompts.create(plain(promptText(), "generation", "Mine."));
  const [mine] = (await writer.api.demonstrations.list({ of: "me" })).items;
  await expect(writer.api.demonstrations.review({ id: mine?.id ?? "", rating: 7, returned: false })).rejects.toThrow();

  const ranks = await pageOf(annotator);
  for (const path of ["/write", "/review", `/prompts/${id}`]) {
    await ranks.goto(path);
    await expect(ranks.getByRole("heading", { name: "is not part of your role" })).toBeVisible();
  }
  const modelId = await shippedModelId(writer);
  const refused = { code: "FORBIDDEN" };
  await expect(annotator.api.prompts.create(plain("No."))).rejects.toMatchObject(refused);
  await expect(annotator.api.demonstrations.create({ promptId: id, text: "No." })).rejects.toMatchObject(refused);
  await expect(annotator.api.prompts.resample({ id })).rejects.toMatchObject(refused);
  await expect(annotator.api.trials.start({ prompt: "No." })).rejects.toMatchObject(refused);
  await expect(annotator.api.comparisons.create({ promptId: id, modelId })).rejects.toMatchObject(refused);
});

/** Puts off what others left to review until this demonstration is on the desk. */
async function openReview(page: Page, text: string): Promise<void> {
  await page.goto("/review");
  const desk = page.getByRole("article", { name: "Demonstration" });
  await expect(desk).toBeVisible();
  for (let others = 0; others < 50 && !(await desk.getByText(text, { exact: true }).first().isVisible()); others++) {
    await page.keyboard.press("n");
  }
  await expect(desk).toContainText(text);
}
