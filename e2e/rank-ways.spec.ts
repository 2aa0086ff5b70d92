// Every way of ranking reaches the same stored rows; the whole journey by keyboard alone; what is asked before submitting;
// a submitted ranking reopened; leases given back and lost.
import type { Page } from "@playwright/test";
import { getComparison } from "../db/queries/comparisons.ts";
import { expect, test } from "./fixtures.ts";
import { answersTo, rankOnly, shortAnswers, storedTiers } from "./rank-answers.ts";
import { cardOf, dragByMouse, dragByTouch, notation, openRanking } from "./rank-page.ts";

const submitted = (page: Page, what: string) => page.getByRole("status").filter({ hasText: `Submitted ${what}` });

test.describe("B>A=C>D", { tag: "@screen" }, () => {
  test.beforeAll(({ admin }) => rankOnly(admin, true));
  test.afterAll(({ admin }) => rankOnly(admin, false));
  const tiers = [[1], [0, 2], [3]];

  const ways: Record<string, (page: Page) => Promise<void>> = {
    async "by dragging with the mouse"(page) {
      await dragByMouse(page, "B", "Rank 1 (best)");
      await dragByMouse(page, "A", "Rank 2");
      await dragByMouse(page, "D", "Rank 3");
      await dragByMouse(page, "C", "Rank 2");
      await page.getByRole("button", { name: "Review ranking" }).click();
      await page.getByRole("button", { name: "Submit ranking" }).click();
    },
    async "by dragging with a finger on a phone"(page) {
      await page.setViewportSize({ width: 390, height: 844 });
      for (const [letter, rank] of [
        ["B", 1],
        ["A", 2],
        ["D", 3],
        ["C", 2],
      ] as const) {
        await dragByTouch(page, letter, rank);
        await expect(page.getByRole("region", { name: `Rank ${rank}` }).getByRole("article")).not.toHaveCount(0);
      }
      await page.getByRole("button", { name: "Review ranking" }).click();
      await page.getByRole("button", { name: "Submit ranking" }).click();
    },
    async "by keys alone"(page) {
      await expect(cardOf(page, "A")).toBeFocused();
      for (const [letter, key] of [
        ["A", "2"],
        ["B", "1"],
        ["C", "3"],
        ["D", "3"],
      ] as const) {
        await expect(cardOf(page, letter)).toBeFocused();
        await page.keyboard.press(key);
      }
      // Back one column by an arrow, and the cards by Tab.
      await page.keyboard.press("Shift+Tab");
      await expect(cardOf(page, "C")).toBeFocused();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Enter");
    },
    async "by the buttons of the cards"(page) {
      for (const [letter, rank] of [
        ["B", 1],
        ["A", 2],
        ["C", 2],
        ["D", 4],
      ] as const) {
        await page.getByRole("button", { name: `Put ${letter} in rank ${rank}` }).click();
      }
      await page.getByRole("button", { name: "Review ranking" }).click();
      await page.getByRole("button", { name: "Submit ranking" }).click();
    },
    async "by typing"(page) {
      await notation(page).focus();
      for (const [text, says] of [
        ["b>a", "C and D are missing."],
        ["b>a=", "unfinished"],
        ["b>a=x", "x is not one of A, B, C, D."],
        ["b>a=b", "B appears twice."],
        ["b>ac", "Write > or = between A and C."],
        ["b>a=c>d", "All ranked."],
      ]) {
        await notation(page).fill(text ?? "");
        await expect(page.locator("#notation-problem")).toContainText(says ?? "");
      }
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Control+Enter");
    },
  };
  for (const [way, rank] of Object.entries(ways)) {
    test(way, async ({ admin, person, pageOf, db }) => {
      const id = await answersTo(db, admin, "How many crabs did the fox eat?", shortAnswers(4));
      const page = await pageOf(await person("annotator"));
      await openRanking(page, id);
      await rank(page);
      await expect(submitted(page, "B>A=C>D")).toBeVisible();
      expect(await storedTiers(db, id)).toEqual(tiers);
    });
  }

  test("stays in step, whichever way it is moved", async ({ admin, person, pageOf, db }) => {
    const page = await pageOf(await person("annotator"));
    await openRanking(page, await answersTo(db, admin, "Which?", shortAnswers(4)));
    await notation(page).fill("C>A");
    await expect(page.getByRole("region", { name: "Rank 1 (best)" }).getByRole("article")).toHaveAccessibleName(
      "Answer C",
    );
    await dragByMouse(page, "B", "Rank 2");
    await expect(notation(page)).toHaveValue("C>A=B");
    await cardOf(page, "D").focus();
    await page.keyboard.press("1");
    await expect(notation(page)).toHaveValue("C=D>A=B");
    for (const before of ["C>A=B", "C>A", ""]) {
      await page.keyboard.press("Control+z");
      await expect(notation(page)).toHaveValue(before);
    }
    for (const after of ["C>A", "C>A=B", "C=D>A=B"]) {
      await page.keyboard.press("Control+Shift+z");
      await expect(notation(page)).toHaveValue(after);
    }
    await page.keyboard.press("Backspace");
    await expect(page).toHaveURL(/\/rank/);
    await expect(notation(page)).toHaveValue("C=D>A=B");
  });
});

test("the whole journey by keyboard alone, from rating each answer to the next prompt", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const annotator = await person("annotator");
  const texts = ["The fox ate one crab.", "The fox ate two crabs.", "The fox ate **three** crabs."];
  const id = await answersTo(db, admin, "How many crabs did the fox eat?", texts);
  const page = await pageOf(annotator);
  await openRanking(page, id);
  const keys = async (...presses: string[]) => {
    for (const press of presses) await page.keyboard.press(press);
  };

  await test.step("stage one", async () => {
    await expect(cardOf(page, "A")).toBeFocused();
    await keys("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Hallucination");
    await keys("Escape");
    await expect(cardOf(page, "A")).toBeFocused();
    await keys("2", "h", "a", "Shift+A", "Shift+S", "Shift+A", "n");
    await page.keyboard.type("No fox eats crabs. 5 h ?");
    await keys("Escape");
    await expect(cardOf(page, "A")).toBeFocused();
    await keys("Enter");
    await expect(cardOf(page, "B")).toBeFocused();
    // A slip, taken back by undo; then by 0.
    await keys("1", "Control+z", "6", "0", "6", "Enter");
    await expect(cardOf(page, "C")).toBeFocused();
    await keys("ArrowLeft");
    await expect(cardOf(page, "B")).toBeFocused();
    await keys("ArrowRight", "c", "5");
    await expect(page.getByRole("navigation", { name: "Answers" }).getByRole("button")).toHaveText([
      "Answer A, rated 2",
      "Answer B, rated 6",
      "Answer C, rated 5",
    ]);
    await keys("Control+Enter");
  });

  await test.step("stage two", async () => {
    await expect(cardOf(page, "A")).toBeFocused();
    await expect(cardOf(page, "A")).toContainText("Hallucination · Gives harmful advice");
    await keys("3", "1", "1");
    await expect(notation(page)).toHaveValue("B=C>A");
    // The answers side by side, and away again; then what is Markdown.
    await page.keyboard.press("p");
    await keys("Shift+Tab", "p");
    await expect(page.getByText("word only in B")).toBeVisible();
    await keys("Escape", "m");
    await expect(cardOf(page, "C").locator("strong", { hasText: "three" })).toBeVisible();
    await keys("m", "r");
    await expect(page.getByRole("button", { name: "Rank all of them" })).toBeVisible();
    await keys("Enter");
    await expect(notation(page)).toHaveValue("B=C>A");
    await keys("Control+Enter");
    await expect(page.getByRole("button", { name: "Submit ranking" })).toBeFocused();
    await keys("Enter");
    await expect(submitted(page, "B=C>A")).toBeVisible();
  });

  const [ranking] = (await getComparison(db, id))?.rankings ?? [];
  expect(ranking?.tiers).toEqual([[1, 2], [0]]);
  expect(ranking?.promptFlags).toEqual(["sensitive-content"]);
  expect(ranking?.ratings).toMatchObject([
    { position: 0, likert: 2, flags: ["hallucination", "harmful-advice"], note: "No fox eats crabs. 5 h ?" },
    { position: 1, likert: 6, flags: [], note: "" },
    { position: 2, likert: 5, flags: ["satisfies-constraint"], note: "" },
  ]);
  for (const { spentMs } of ranking?.ratings ?? []) expect(spentMs).toBeGreaterThan(0);
});

test("what looks wrong is asked about in place, and one key goes on", async ({ admin, person, pageOf, db }) => {
  const annotator = await person("annotator");
  const [one = "", two = ""] = shortAnswers(2);
  const id = await answersTo(db, admin, "Which is best?", [one, two, two]);
  const page = await pageOf(annotator);
  await openRanking(page, id);
  for (const [rating, flag] of [
    ["2", "a"],
    ["6", null],
    ["5", null],
  ] as const) {
    await page.keyboard.press(rating);
    if (flag) await page.keyboard.press(flag);
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: "Prompt flags" }).click();
  await page.getByRole("checkbox", { name: "Ambiguous" }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Review ranking" }).click();
  await expect(page.locator("#notation-problem")).toHaveText("The ranking is empty: write it like A>B=C.");

  const twins = "B and C are the same text, word for word, in different ranks.";
  await notation(page).fill("A>B=C");
  await expect(page.locator("#notation-problem")).toHaveText("All ranked.");
  await notation(page).fill("A>B>C");
  await expect(page.locator("#notation-problem")).toHaveText(`All ranked. ${twins}`);
  await page.keyboard.press("Control+Enter");
  const review = page.getByRole("region", { name: "Review" });
  const questions = [
    "You flagged A (gives harmful advice), and ranked it first.",
    "A (2 of 7) is ranked above B (6 of 7).",
    "A>B>C is the order the answers were shown in.",
    twins,
  ];
  for (const question of questions) await expect(review).toContainText(question);
  await page.keyboard.press("Escape");
  await expect(review).toHaveCount(0);
  await page.keyboard.press("Control+Enter");
  await expect(review).toBeVisible();
  const { id: assignmentId } = (await annotator.api.assignments.next({ comparisonId: id })) ?? { id: "" };
  await page.keyboard.press("Control+Enter");
  await expect(submitted(page, "A>B>C")).toBeVisible();
  const { submitted: stored } = await annotator.api.assignments.get({ id: assignmentId });
  expect(stored?.guards.map(({ said }) => said).sort()).toEqual([...questions].sort());
  expect(stored?.promptFlags).toEqual(["ambiguous"]);
  expect(stored?.spentMs).toBeGreaterThan(0);
  const { version } = await annotator.api.guidelines.get({ topic: "rank" });
  expect(stored?.guidelinesVersion).toBe(version);

  await test.step("reopened, everything is as it was submitted, and both versions are kept", async () => {
    await page.goto(`/rank?reopen=${assignmentId}`);
    await expect(page.getByText("Version 1, reopened")).toBeVisible();
    await expect(notation(page)).toHaveValue("A>B>C");
    await expect(cardOf(page, "A")).toContainText("Gives harmful advice");
    await expect(page.getByRole("button", { name: "Prompt flags · 1" })).toBeVisible();
    await notation(page).fill("B>C>A");
    await page.reload();
    await expect(notation(page)).toHaveValue("B>C>A");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await expect(submitted(page, "B>C>A, version 2")).toBeVisible();
    const [ranking] = (await getComparison(db, id))?.rankings ?? [];
    expect([ranking?.version, ranking?.tiers]).toEqual([2, [[1], [2], [0]]]);
    expect(ranking?.earlier.map(({ version, tiers }) => [version, tiers])).toEqual([[1, [[0], [1], [2]]]]);
    await page.getByRole("button", { name: "Go on ranking" }).click();
    await expect(page.getByText("reopened")).toHaveCount(0);
  });

  await test.step("reopened and left as it was, what was begun is gone and the ranking stands", async () => {
    await page.goto(`/rank?reopen=${assignmentId}`);
    await notation(page).fill("C>B=A");
    await expect(page.getByText("Draft saved")).toBeVisible();
    await page.getByRole("button", { name: "Leave it as it was" }).click();
    await expect(page.getByText("Nothing was changed: your ranking counts as you submitted it.")).toBeVisible();
    const subject = `ranking:${id}`;
    await expect.poll(() => annotator.api.drafts.get({ subject })).toBeNull();
    expect(await storedTiers(db, id)).toEqual([[1], [2], [0]]);
    await page.reload();
    await expect(notation(page)).toHaveValue("B>C>A");
  });
});

test.describe("a lease", () => {
  test.beforeAll(({ admin }) => rankOnly(admin, true));
  test.afterAll(({ admin }) => rankOnly(admin, false));

  test("goes back when the page is closed, unless another window has it open", async ({
    admin,
    person,
    pageOf,
    db,
  }) => {
    const [one, other] = [await person("annotator"), await person("annotator")];
    const id = await answersTo(db, admin, "Whose?", shortAnswers(2));
    const isFree = async () => {
      try {
        const claimed = await other.api.assignments.next({ comparisonId: id });
        await other.api.assignments.release({ id: claimed?.id ?? "" });
        return true;
      } catch {
        return false;
      }
    };
    const first = await pageOf(one);
    await openRanking(first, id);
    const second = await first.context().newPage();
    await openRanking(second, id);
    await second.close({ runBeforeUnload: true });
    await first.keyboard.press("1");
    await expect(first.getByText("Draft saved")).toBeVisible();
    expect(await isFree()).toBe(false);
    // Within the app as well: another room is another place.
    await first.getByRole("link", { name: "Home", exact: true }).click();
    await expect.poll(isFree).toBe(true);
  });

  test("that was lost is said at once, and the work comes back with the prompt", async ({
    admin,
    person,
    pageOf,
    db,
  }) => {
    const annotator = await person("annotator");
    const id = await answersTo(db, admin, "Gone?", shortAnswers(3));
    const page = await pageOf(annotator);
    await page.clock.install();
    await openRanking(page, id);
    await notation(page).fill("B>A");
    await expect(page.getByText("Draft saved")).toBeVisible();
    const held = await annotator.api.assignments.next({ comparisonId: id });
    await annotator.api.assignments.release({ id: held?.id ?? "" });
    await page.clock.fastForward(70_000);
    await page.mouse.move(200, 200);
    await page.clock.runFor(3_000);
    const alert = page.getByRole("alert").filter({ hasText: "take the next ones" });
    await expect(alert).toContainText("it stands as you left it");
    await page.goto(`/rank?comparison=${id}`);
    await expect(notation(page)).toHaveValue("B>A");
  });

  test("is ended by a skip, with its reason", async ({ admin, person, pageOf, db }) => {
    const annotator = await person("annotator");
    const id = await answersTo(db, admin, "Unclear?", shortAnswers(2));
    const page = await pageOf(annotator);
    await openRanking(page, id);
    await page.getByRole("button", { name: "Skip this prompt" }).click();
    await page.getByRole("button", { name: "Needs expertise I lack" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Skipped" })).toBeVisible();
    await page.goto(`/rank?comparison=${id}`);
    await expect(page.getByText("You have skipped these answers: they are left to others.")).toBeVisible();
  });
});
