// Nine answers of 20,000 characters each, full of what breaks pages: nothing of it runs or leaves its card, and the screen
// stays quick. The figures are the browser's own. Asserted are only the bounds that must hold, on the best of at most
// twenty rounds: other work on the machine makes a round slower, never quicker, so that the first within the bound is enough.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { createAdmin, createPerson } from "./people.ts";
import { answersTo, hostileAnswers, shortAnswers } from "./rank-answers.ts";
import { framesDuring, inpDuring, measure } from "./rank-measure.ts";
import { dragByMouse } from "./rank-moves.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";

// Its pictures of the page at every step would be measured too.
test.use({ trace: "off" });

const frameMs = 50;
const inpMs = 200;
const nextMs = 100;
const mostRounds = 20;

const rounded = (values: number[]) => values.map((value) => Math.round(value)).join(", ");

async function best(what: string, bound: number, unit: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  do values.push(await unit());
  while (Math.min(...values) > bound && values.length < mostRounds);
  console.log(`figure: ${what}, K = 9, 20,000 characters each: ${rounded(values)} ms`);
  return Math.min(...values);
}

test.describe("nine hostile answers", () => {
  test("are only text, and scroll and drag without a long frame", async ({ server, admin, person, pageOf, db }) => {
    test.setTimeout(180_000);
    const page = await pageOf(await person("annotator"));
    await measure(page);
    const said: string[] = [];
    page.on("dialog", (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    const outside: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.address)) outside.push(request.url());
    });
    const id = await answersTo(db, admin, "Which of these <b>breaks</b> the page?", hostileAnswers());
    await openRanking(page, id);
    for (let answer = 0; answer < 9; answer++) {
      await page.keyboard.press("4");
      await page.keyboard.press("Enter");
    }
    await expect(page.getByRole("region", { name: "Unranked" }).getByRole("article")).toHaveCount(9);

    const scrolled = await best("longest frame while scrolling", frameMs, async () => {
      const frames = await framesDuring(page, async () => {
        for (const letter of "ADFHI") await scroll(page, letter);
      });
      return frames[0] ?? 0;
    });
    const dragged = await best("longest frame while dragging", frameMs, async () => {
      const frames = await framesDuring(page, async () => {
        for (const [letter, target] of [
          ["A", "Rank 1 (best)"],
          ["C", "Rank 2"],
          ["F", "Rank 2"],
          ["A", "Unranked"],
          ["C", "Unranked"],
          ["F", "Unranked"],
        ] as const) {
          await dragByMouse(page, letter, target);
        }
      });
      return frames[0] ?? 0;
    });
    expect.soft(scrolled, "longest frame while scrolling").toBeLessThanOrEqual(frameMs);
    expect.soft(dragged, "longest frame while dragging").toBeLessThanOrEqual(frameMs);

    await page.keyboard.press("m");
    await expect(cardOf(page, "I").getByRole("heading").first()).toBeVisible();
    expect(await strayed(page)).toEqual([]);
    await page.keyboard.press("m");
    expect(await strayed(page)).toEqual([]);
    expect([said, outside, await page.title()]).toEqual([[], [], "Rank · Rankloop"]);
    await expect(page.locator("article :is(script, img, style, iframe)")).toHaveCount(0);
  });

  test("are rated, noted and ranked without waiting for the screen", async ({ admin, person, pageOf, db }) => {
    test.setTimeout(240_000);
    const page = await pageOf(await person("annotator"));
    await measure(page);
    const id = await answersTo(db, admin, "Which of these is slow?", hostileAnswers());
    await openRanking(page, id);
    const inp = (work: () => Promise<void>) => async () => (await inpDuring(page, work)).p98;

    const rating = await best(
      "interaction to next paint (p98), rating",
      inpMs,
      inp(async () => {
        for (const [index, letter] of [..."ABCDEFGHI"].entries()) {
          await page.getByRole("navigation", { name: "Answers" }).getByText(letter, { exact: true }).click();
          for (const key of [String((index % 7) + 1), "h", "h", "ArrowRight", "ArrowLeft"]) {
            await page.keyboard.press(key);
          }
        }
      }),
    );
    const typing = await best(
      "interaction to next paint (p98), typing a note",
      inpMs,
      inp(async () => {
        await page.getByRole("textbox", { name: "Note" }).click();
        await page.keyboard.type("It claims that foxes eat crabs, which they do.");
      }),
    );
    await page.getByRole("button", { name: "Rank all of them" }).click();
    await expect(page.getByRole("region", { name: "Unranked" }).getByRole("article")).toHaveCount(9);
    const ranking = await best(
      "interaction to next paint (p98), ranking by keys",
      inpMs,
      inp(async () => {
        await cardOf(page, "A").focus();
        for (const key of ["2", "1", "2", "3", "4", "5", "6", "7", "8"]) await page.keyboard.press(key);
        for (let step = 0; step < 9; step++) await page.keyboard.press("Control+z");
      }),
    );
    const typingNotation = await best(
      "interaction to next paint (p98), typing the notation",
      inpMs,
      inp(async () => {
        await notation(page).click();
        await page.keyboard.press("Control+a");
        await page.keyboard.type("B>A=C>D=E=F>G>H>I");
        await page.keyboard.press("Control+a");
        await page.keyboard.press("Delete");
      }),
    );
    await cardOf(page, "A").focus();
    await best(
      "interaction to next paint (p98), turning Markdown on, moving a card, and off again",
      inpMs,
      inp(async () => {
        await page.keyboard.press("m");
        await expect(cardOf(page, "I").getByRole("heading").first()).toBeVisible();
        await cardOf(page, "I").focus();
        for (const key of ["1", "2", "0", "m"]) await page.keyboard.press(key);
      }),
    );
    expect.soft(rating, "rating").toBeLessThanOrEqual(inpMs);
    expect.soft(typing, "typing a note").toBeLessThanOrEqual(inpMs);
    expect.soft(ranking, "ranking by keys").toBeLessThanOrEqual(inpMs);
    expect.soft(typingNotation, "typing the notation").toBeLessThanOrEqual(inpMs);
  });
});

test("the next prompt is on the screen at once when one is submitted", async ({ launch, pageOf }) => {
  test.setTimeout(180_000);
  const { openDatabase, closeDatabase } = await import("../db/client.ts");
  const server = await launch();
  const admin = await createAdmin(server.address);
  const annotator = await createPerson(server.address, admin, "annotator");
  await admin.api.settings.update({ rateFirst: false });
  const db = openDatabase(server.file);
  for (const prompt of ["one", "two", "three"]) await answersTo(db, admin, prompt, hostileAnswers());
  for (const prompt of ["four", "five", "six"]) await answersTo(db, admin, prompt, shortAnswers(9));
  closeDatabase(db);

  const page = await pageOf(annotator);
  await page.goto(`${server.address}/rank`);
  await expect(page.getByRole("heading", { name: "Rank the answers" })).toBeAttached();
  const prompt = page.getByRole("region", { name: "Prompt" });
  const times: number[] = [];
  for (const [shown, next] of [
    ["one", "two"],
    ["two", "three"],
    ["three", "four"],
    ["four", "five"],
    ["five", "six"],
  ] as const) {
    await expect(prompt).toContainText(shown);
    await expect.poll(async () => (await annotator.api.assignments.next()) !== null).toBe(true);
    await notation(page).fill("I>H>G>F>E>D>C>B>A");
    // The one ahead has arrived: what is measured is the swap, not the network.
    await page.waitForFunction(
      () => performance.getEntriesByType("resource").filter(({ name }) => name.includes("assignments/next")).length > 0,
    );
    await page.waitForTimeout(500);
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await expect(prompt).toContainText(next);
    await page.waitForFunction(
      (count) => performance.getEntriesByName("rankloop:submit-to-next").length === count,
      times.length + 1,
    );
    const measures = await page.evaluate(() =>
      performance.getEntriesByName("rankloop:submit-to-next").map(({ duration }) => duration),
    );
    times.push(measures.at(-1) ?? Number.POSITIVE_INFINITY);
  }
  console.log(`figure: submit to next prompt painted, K = 9, three of 20,000 characters: ${rounded(times)} ms`);
  expect(Math.min(...times.slice(0, 2))).toBeLessThanOrEqual(nextMs);
});

/** By the wheel, as a person does: some notches each frame. */
async function scroll(page: Page, letter: string): Promise<void> {
  const card = cardOf(page, letter);
  await card.hover();
  for (let notch = 0; notch < 12; notch++) await page.mouse.wheel(0, notch < 8 ? 240 : -400);
}

/** Cards whose contents stick out of them, or out of the window. */
function strayed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isWide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
    const cards = [...document.querySelectorAll<HTMLElement>("[data-card]")].filter(
      (card) => card.scrollWidth > card.clientWidth || getComputedStyle(card).overflow !== "auto",
    );
    return [...(isWide ? ["the page"] : []), ...cards.map((card) => card.dataset.card ?? "")];
  });
}
