// Nothing that was rated, typed or moved is lost: reload, closed window, lost connection, a second window, a refused submission.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { answersTo, rankOnly, shortAnswers, storedTiers } from "./rank-answers.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";

const note = (page: Page) => page.getByRole("textbox", { name: "Note" });
const answers = (page: Page) => page.getByRole("navigation", { name: "Answers" }).getByRole("button");
const ratedTwo = ["Answer A, rated 6", "Answer B, rated 3", "Answer C, not rated–"];
const saved = (page: Page) => expect(page.getByText("Draft saved")).toBeVisible();

/** Rates all answers alike and goes on to the board. */
async function rateAll(page: Page, k: number): Promise<void> {
  for (let answer = 0; answer < k; answer++) {
    await page.keyboard.press("4");
    await page.keyboard.press("Enter");
  }
  await expect(notation(page)).toBeVisible();
}

test("a reload in the middle of each stage brings everything back, undo included", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const page = await pageOf(await person("annotator"));
  await openRanking(page, await answersTo(db, admin, "What do foxes eat?", shortAnswers(3)));

  await page.keyboard.press("6");
  await page.keyboard.press("Enter");
  await page.keyboard.press("3");
  await page.keyboard.press("h");
  await page.keyboard.press("n");
  await page.keyboard.type("Half a sent");
  await page.getByRole("checkbox", { name: "Sensitive content" }).check();
  await saved(page);
  await page.reload();
  await expect(cardOf(page, "B")).toBeVisible();
  await expect(page.getByRole("radio", { name: "3 of 7" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Hallucination" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Sensitive content" })).toBeChecked();
  await expect(note(page)).toHaveValue("Half a sent");
  await expect(answers(page)).toHaveText(ratedTwo);
  // Back over the reload: the prompt's flag, the last word, the flag.
  for (const [role, name, check] of [
    ["checkbox", "Sensitive content", "off"],
    ["textbox", "Note", "Half a "],
    ["textbox", "Note", "Half "],
  ] as const) {
    await page.keyboard.press("Control+z");
    const field = page.getByRole(role, { name });
    if (check === "off") await expect(field).not.toBeChecked();
    else await expect(field).toHaveValue(check);
  }
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("5");
  await page.keyboard.press("Control+Enter");

  await notation(page).fill("C>A");
  await cardOf(page, "B").focus();
  await page.keyboard.press("3");
  for (const letter of ["A", "B"]) {
    await cardOf(page, letter).focus();
    await page.keyboard.press("p");
  }
  await notation(page).fill("C>A>B>x");
  await saved(page);
  await page.reload();
  await expect(notation(page)).toHaveValue("C>A>B>x");
  await expect(page.locator("#notation-problem")).toHaveText("x is not one of A, B, C.");
  await expect(page.getByRole("region", { name: "A and B side by side" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Rank 3" }).getByRole("article")).toHaveAccessibleName("Answer B");
  await expect(cardOf(page, "B")).toContainText("3 of 7");
  for (const before of ["C>A>B", "C>A", ""]) {
    await page.keyboard.press("Control+z");
    await expect(notation(page)).toHaveValue(before);
  }
  await page.keyboard.press("Control+z");
  await expect(answers(page)).toHaveText(ratedTwo);
});

test("a key pressed in the moment before a reload is kept", async ({ admin, person, pageOf, db }) => {
  const page = await pageOf(await person("annotator"));
  await openRanking(page, await answersTo(db, admin, "What do owls eat?", shortAnswers(2)));
  for (const key of ["6", "2", "5"]) {
    await page.evaluate((key) => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      location.reload();
    }, key);
    await page.waitForLoadState();
    await expect(page.getByRole("radio", { name: `${key} of 7` })).toBeChecked();
  }
});

test("without a connection work goes on, and arrives when it is back", async ({ admin, person, pageOf, db }) => {
  await rankOnly(admin, true);
  const annotator = await person("annotator");
  const id = await answersTo(db, admin, "Offline?", shortAnswers(3));
  const page = await pageOf(annotator);
  await page.clock.install();
  await openRanking(page, id);
  const subject = `ranking:${id}`;
  const context = page.context();

  await context.setOffline(true);
  await notation(page).fill("C>A");
  await expect(page.getByText("No connection: kept on this device")).toBeVisible();
  await page.clock.fastForward(5 * 60_000);
  await cardOf(page, "B").focus();
  await page.keyboard.press("2");
  expect(await annotator.api.drafts.get({ subject })).toBeNull();
  await context.setOffline(false);
  await page.clock.runFor(5_000);
  await saved(page);
  expect(await annotator.api.drafts.get({ subject })).toMatchObject({ content: { bench: { ranks: [2, 2, 1] } } });

  await test.step("a submission waits too, says so, and keeps the page from being left", async () => {
    await context.setOffline(true);
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await page.clock.runFor(1_000);
    await expect(page.getByRole("status").filter({ hasText: "No connection: 1 ranking of yours waits" })).toBeVisible();
    const asked = page.waitForEvent("dialog");
    const closing = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await closing;
    await page.clock.runFor(10_000);
    expect(await storedTiers(db, id)).toBeNull();
    await context.setOffline(false);
    await page.clock.runFor(5_000);
    await expect(page.getByRole("status").filter({ hasText: "Submitted C>A=B" })).toBeVisible();
    expect(await storedTiers(db, id)).toEqual([[2], [0, 1]]);
    expect(await annotator.api.drafts.get({ subject })).toBeNull();
  });
  await rankOnly(admin, false);
});

test("a window closed without a connection loses nothing on this device", async ({ admin, person, pageOf, db }) => {
  const annotator = await person("annotator");
  const id = await answersTo(db, admin, "Closed?", shortAnswers(3));
  const page = await pageOf(annotator);
  await openRanking(page, id);
  await rateAll(page, 3);
  await saved(page);
  await page.route("**/api/rpc/projects/practice/drafts/save", (route) => route.abort());
  await notation(page).fill("B>C");
  await expect(page.getByText("No connection: kept on this device")).toBeVisible();
  const context = page.context();
  await page.close();

  const after = await context.newPage();
  await openRanking(after, id);
  await expect(notation(after)).toHaveValue("B>C");
  await saved(after);
  expect(await annotator.api.drafts.get({ subject: `ranking:${id}` })).toMatchObject({
    content: { bench: { typed: "B>C" } },
  });
});

test("two windows are shown to each other, and neither overwrites the other", async ({ admin, person, pageOf, db }) => {
  await rankOnly(admin, true);
  const annotator = await person("annotator");
  const id = await answersTo(db, admin, "Two windows?", shortAnswers(3));
  const one = await pageOf(annotator);
  const other = await one.context().newPage();
  for (const page of [one, other]) await openRanking(page, id);
  const typedOnServer = async () => {
    const draft = await annotator.api.drafts.get({ subject: `ranking:${id}` });
    return (draft?.content as { bench: { typed: string } } | null)?.bench.typed;
  };
  await notation(one).fill("A>B>C");
  await saved(one);
  await notation(other).fill("C>B");
  const alert = other.getByRole("alert").filter({ hasText: "another window" });
  await expect(alert).toBeVisible();
  await notation(other).fill("C>B>A");
  expect(await typedOnServer()).toBe("A>B>C");
  await alert.getByRole("button", { name: "Keep this one" }).click();
  await expect(alert).toHaveCount(0);
  await expect.poll(typedOnServer).toBe("C>B>A");

  await notation(one).fill("A>B=C");
  const warned = one.getByRole("alert").filter({ hasText: "another window" });
  await expect(warned).toBeVisible();
  // Nothing is submitted before it is clear which one counts.
  await one.keyboard.press("Control+Enter");
  await expect(one.getByRole("region", { name: "Review" })).toHaveCount(0);
  await warned.getByRole("button", { name: "Take the other one (C>B>A)" }).click();
  await expect(notation(one)).toHaveValue("C>B>A");
  expect(await typedOnServer()).toBe("C>B>A");
  await rankOnly(admin, false);
});

test("a submission that is refused is shown, and what is stored stays", async ({ admin, person, pageOf, db }) => {
  await rankOnly(admin, true);
  const annotator = await person("annotator");
  const id = await answersTo(db, admin, "Refused?", shortAnswers(3));
  const page = await pageOf(annotator);
  await openRanking(page, id);
  await notation(page).fill("B>A>C");
  await saved(page);
  // Meanwhile the same person has ranked them elsewhere.
  const held = await annotator.api.assignments.next({ comparisonId: id });
  await annotator.api.rankings.submit({ id: held?.id ?? "", notation: "C>B>A" });
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Control+Enter");
  const alert = page.getByRole("alert").filter({ hasText: "B>A>C was not stored." });
  await expect(alert).toContainText("another ranking");
  expect(await storedTiers(db, id)).toEqual([[2], [1], [0]]);
  await rankOnly(admin, false);
});
