// Several people rank the same answers, each as if they were the first; and what comes late is kept.
import type { Page } from "@playwright/test";
import { runSql } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import type { Person } from "./people.ts";
import { answersTo, rankOnly, shortAnswers } from "./rank-answers.ts";
import { notation, openRanking } from "./rank-page.ts";

async function submit(page: Page, order: string): Promise<void> {
  await notation(page).fill(order);
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("status").filter({ hasText: `Submitted ${order}` })).toBeVisible();
}

const rankings = (page: Page) =>
  page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "Rankings" }) })
    .getByRole("listitem");

test.beforeEach(({ admin }) => rankOnly(admin, true));
test.afterEach(async ({ admin }) => {
  await admin.api.settings.update({ rankingsWanted: 1 });
  await rankOnly(admin, false);
});

test("two people rank the same answers: the second sees nothing of the first, and both count", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const [first, second, third] = [await person("labeler"), await person("labeler"), await person("labeler")];
  const id = await answersTo(db, admin, "How often?", shortAnswers(3));
  const lead = await pageOf(admin);
  await test.step("a lead wants two rankings, also of what is there already", async () => {
    await lead.goto("/settings");
    await lead.getByLabel("Rankings of each set of answers").selectOption("2");
    await expect(lead.getByText("Saved.")).toBeVisible();
    await inspect(lead, "settings-two-rankings");
    await lead.goto(`/comparisons/${id}`);
    await expect(lead.getByText("0 of 2 rankings", { exact: false }).first()).toBeVisible();
  });

  const one = await pageOf(first);
  await openRanking(one, id);
  await submit(one, "C>A>B");
  await test.step("the first sees what wrote the answers, and waits for the other's ranking", async () => {
    await one.goto(`/comparisons/${id}`);
    await expect(one.getByText("1 of 2 rankings", { exact: false }).first()).toBeVisible();
    await expect(rankings(one)).toHaveText([/C>A>B/]);
    await expect(one.getByText("Those of others stand here once all are in.")).toBeVisible();
    await expect(one.getByRole("link", { name: "Go to ranking" })).toHaveCount(0);
  });

  const blind = async (who: Person, page: Page) => {
    const seen = await who.api.comparisons.get({ id });
    expect(seen).toMatchObject({ wanted: 2, rankingCount: 1, isRankedByMe: false, rankings: [] });
    for (const { modelName, seed, scores } of seen.candidates)
      expect([modelName, seed, scores]).toEqual([null, null, []]);
    await page.goto(`/comparisons/${id}`);
    await expect(page.getByText("hidden until ranked")).toHaveCount(3);
    await expect(page.getByText("C>A>B")).toHaveCount(0);
    await expect(page.getByText(first.name)).toHaveCount(0);
  };
  const two = await pageOf(second);
  await test.step("the second is as blind as the first was, and so is everybody else", async () => {
    await blind(second, two);
    await blind(admin, lead);
    await inspect(lead, "comparison-one-of-two");
    await two.getByRole("link", { name: "Go to ranking" }).click();
    await expect(notation(two)).toBeVisible();
    expect(await third.api.assignments.next({ comparisonId: id }).catch((error) => error.message)).toBe(
      "Someone else is ranking these answers just now.",
    );
    await submit(two, "A>B=C");
  });

  await test.step("then both stand there, by name for who leads", async () => {
    await lead.goto(`/comparisons/${id}`);
    await expect(lead.getByText("2 of 2 rankings", { exact: false }).first()).toBeVisible();
    await expect(rankings(lead)).toHaveText([new RegExp(`A>B=C.*${second.name}`), new RegExp(`C>A>B.*${first.name}`)]);
    await inspect(lead, "comparison-two-of-two");
    await two.goto(`/comparisons/${id}`);
    await expect(rankings(two)).toHaveText([new RegExp(`A>B=C.*${second.name}`), /C>A>B.*Another labeler/]);
    expect(await third.api.assignments.next({ comparisonId: id }).catch((error) => error.message)).toBe(
      "These answers are ranked already.",
    );
  });
});

test("whose time ran out can still finish, and is told that it comes late", async ({ admin, person, pageOf, db }) => {
  const [slow, quick] = [await person("annotator"), await person("annotator")];
  const id = await answersTo(db, admin, "Too late?", shortAnswers(3));
  const page = await pageOf(slow);
  await page.clock.install();
  await openRanking(page, id);
  await notation(page).fill("B>A>C");
  await page.clock.runFor(3_000);
  await expect(page.getByText("Draft saved")).toBeVisible();

  // The laptop sleeps, and somebody else takes the place.
  await runSql(db, `update assignment set lease_until = 0 where comparison_id = '${id}'`);
  const theirs = await quick.api.assignments.next({ comparisonId: id });
  await quick.api.rankings.submit({ id: theirs?.id ?? "", notation: "A>B>C" });
  await page.clock.runFor(70_000);
  const alert = page.getByRole("alert").filter({ hasText: "Your time for these answers ran out" });
  await expect(alert).toContainText("Your work is kept.");
  await inspect(page, "rank-time-ran-out");
  await alert.getByRole("button", { name: "Finish it anyway" }).click();
  await expect(notation(page)).toHaveValue("B>A>C");
  await page.reload();
  await expect(notation(page)).toHaveValue("B>A>C");
  await expect(page.getByText("Others have these by now: yours is kept as a further ranking")).toBeVisible();
  await inspect(page, "rank-late");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("status").filter({ hasText: "yours is kept beside theirs" })).toBeVisible();
  const stored = (await getComparison(db, id))?.rankings.map(({ labeler, tiers }) => [labeler, tiers]);
  expect(stored).toEqual([
    [slow.username, [[1], [0], [2]]],
    [quick.username, [[0], [1], [2]]],
  ]);
});
