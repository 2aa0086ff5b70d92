// The ranking screen with nine answers of 20,000 characters, full of what breaks pages: nothing of them runs or leaves its
// card, and no press or move makes more work than with nine short ones.
// Asserted is the work, never the time: which cards React draws at a gesture, what changes in the document, how often the
// page is laid out, how much of a long text is there at once, and that no answer of the server is waited for. All of that
// is the same on a slow machine. The times are the browser's own and only printed, beside those of nine short answers on
// the same machine.
import type { Page, Route } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { middleOf } from "./pages.ts";
import { createAdmin, createPerson } from "./people.ts";
import { answersTo, hostileAnswers, rankOnly, shortAnswers } from "./rank-answers.ts";
import { drawn, framesDuring, inpDuring, measure, workOf } from "./rank-measure.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";

// Its pictures of the page at every step would be measured too.
test.use({ trace: "off" });

/** A text up to this many characters may be laid out at once; more comes in blocks, or by and by. */
const atOnce = 4_000;
const letters = "ABCDEFGHI";
const bothLengths = { short: shortAnswers(9), long: hostileAnswers() };
type Length = keyof typeof bothLengths;

test.describe("the board of nine", () => {
  test.beforeAll(({ admin }) => rankOnly(admin, true));
  test.afterAll(({ admin }) => rankOnly(admin, false));

  test("hostile answers are only text, of which only what is in sight is laid out", async ({
    server,
    admin,
    person,
    pageOf,
    db,
  }) => {
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
    await openRanking(page, await answersTo(db, admin, "Which of these <b>breaks</b> the page?", hostileAnswers()));
    await whole(page, hostileAnswers());
    const blocks = await blocksInSight(page);
    console.log(`figure: blocks of nine long answers laid out: ${blocks.inSight} of ${blocks.all}`);
    expect(blocks.all).toBeGreaterThan(50);
    expect(blocks.inSight).toBeLessThan(blocks.all / 3);
    const frames = await framesDuring(page, async () => {
      for (const letter of "ADFHI") await scroll(page, letter);
    });
    console.log(
      `figure: longest frame while scrolling, K = 9, 20,000 characters each: ${Math.round(frames[0] ?? 0)} ms`,
    );

    await page.keyboard.press("m");
    await expect(cardOf(page, "I").getByRole("heading").first()).toBeVisible();
    expect(await strayed(page)).toEqual([]);
    await page.keyboard.press("m");
    expect(await strayed(page)).toEqual([]);
    expect([said, outside, await page.title()]).toEqual([[], [], "Rank · Rankloop"]);
    await expect(page.locator("article :is(script, img, style, iframe)")).toHaveCount(0);
  });

  test("moving a card draws and lays out nothing else, however long the answers", async ({
    admin,
    person,
    pageOf,
    db,
  }) => {
    const frames: Partial<Record<Length, number>> = {};
    for (const length of ["short", "long"] as const) {
      const texts = bothLengths[length];
      const page = await pageOf(await person("annotator"));
      await measure(page);
      await openRanking(page, await answersTo(db, admin, `Which of these ${length} ones is heavy?`, texts));
      await whole(page, texts);
      for (const [letter, target] of [
        ["A", "Rank 1 (best)"],
        ["F", "Rank 2"],
        ["A", "Unranked"],
      ] as const) {
        const what = `${letter} to ${target}, nine ${length} answers`;
        const from = await middleOf(cardOf(page, letter).getByText(letter, { exact: true }));
        const to = await middleOf(page.getByRole("region", { name: target }), 80);
        await page.mouse.move(from.x, from.y);
        const grabbed = await workOf(page, async () => {
          await page.mouse.down();
          await page.mouse.move(from.x + 6, from.y);
          await page.getByTestId("rank-targets").waitFor({ state: "attached" });
        });
        expect(grabbed.cardsDrawn, `taken: ${what}`).toBe(letter);
        const moved = await workOf(page, async () => {
          const [longest = 0] = await framesDuring(page, () => page.mouse.move(to.x, to.y, { steps: 12 }));
          frames[length] = Math.max(frames[length] ?? 0, longest);
        });
        expect(moved, `moved: ${what}`).toEqual({
          cardsDrawn: "",
          longestAdded: 0,
          changed: ["data-over of section", "style of div"],
          layouts: 0,
        });
        const dropped = await workOf(page, async () => {
          await page.mouse.up();
          await expect(page.getByRole("region", { name: target }).and(page.locator(":has(article)"))).toContainText(
            letter,
          );
        });
        expect(dropped.cardsDrawn, `dropped: ${what}`).toBe(letter);
        await whole(page, texts);
      }
    }
    console.log(`figure: longest frame while dragging, K = 9: ${beside(frames)}`);
  });
});

test("rating, noting and ranking by keys draw no answer but the one that moves, however long", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const times: Record<string, Partial<Record<Length, number>>> = {};
  for (const length of ["short", "long"] as const) {
    const texts = bothLengths[length];
    const page = await pageOf(await person("annotator"));
    await measure(page);
    await openRanking(page, await answersTo(db, admin, `Which of these ${length} ones is slow?`, texts));
    const expectDrawn = async (what: string, cardsDrawn: string, gesture: () => Promise<void>) => {
      const ms = await inpDuring(page, async () => {
        expect((await workOf(page, gesture)).cardsDrawn, `${what}, nine ${length} answers`).toBe(cardsDrawn);
      });
      times[what] = { ...times[what], [length]: ms };
    };
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await whole(page, texts.slice(0, 1));
    await expectDrawn("rating and flagging", "", () => press("4", "h", "5", "h"));
    await expectDrawn("typing a note", "", async () => {
      await page.getByRole("textbox", { name: "Note" }).click();
      await page.keyboard.type("It claims that foxes eat crabs.");
    });
    await cardOf(page, "A").focus();
    await press("Enter");
    for (const _ of texts.slice(1)) await press("4", "Enter");
    await expect(page.getByRole("region", { name: "Unranked" }).getByRole("article")).toHaveCount(9);
    await whole(page, texts);

    await cardOf(page, "A").focus();
    await expectDrawn("ranking three by keys", "ABC", () => press("2", "1", "3"));
    await whole(page, texts);
    await expectDrawn("taking them back", "ABC", () => press("Control+z", "Control+z", "Control+z"));
    await whole(page, texts);
    await notation(page).click();
    await expectDrawn("typing the notation", "BGH", () => page.keyboard.type("B>G=H"));
    await whole(page, texts);
    await expectDrawn("typing what is no ranking yet", "", () => page.keyboard.type(">"));
  }
  for (const [what, both] of Object.entries(times)) {
    console.log(`figure: interaction to next paint (p98), ${what}, K = 9: ${beside(both)}`);
  }
});

test("the next prompt is there when one is submitted, without an answer of the server", async ({ launch, pageOf }) => {
  const { openDatabase, closeDatabase } = await import("../db/client.ts");
  const server = await launch();
  const admin = await createAdmin(server.address);
  const annotator = await createPerson(server.address, admin, "annotator");
  await rankOnly(admin, true);
  const db = openDatabase(server.file);
  const order: Length[] = ["short", "long", "short", "long"];
  for (const [place, length] of order.entries()) await answersTo(db, admin, `Number ${place}`, bothLengths[length]);
  closeDatabase(db);

  const page = await pageOf(annotator);
  await measure(page);
  let isHeld = false;
  const held: Route[] = [];
  await page.route("**/api/**", (route) => (isHeld ? void held.push(route) : route.continue()));
  await page.goto(`${server.address}/rank`);
  const prompt = page.getByRole("region", { name: "Prompt" });
  const times: Partial<Record<Length, number>> = {};
  for (const [place, length] of order.entries()) {
    await expect(prompt).toContainText(`Number ${place}`);
    await whole(page, bothLengths[length]);
    const next = order[place + 1];
    if (!next) break;
    await notation(page).fill("I>H>G>F>E>D>C>B>A");
    await aheadOf(page);
    isHeld = true;
    const swapped = await workOf(page, async () => {
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Control+Enter");
      await expect(prompt).toContainText(`Number ${place + 1}`);
    });
    expect(swapped.cardsDrawn).toBe(letters);
    expect(swapped.longestAdded, "characters that are laid out in one piece").toBeLessThanOrEqual(atOnce);
    await page.waitForFunction(
      (count) => performance.getEntriesByName("rankloop:submit-to-next").length === count,
      place + 1,
    );
    times[next] = await page.evaluate(() => performance.getEntriesByName("rankloop:submit-to-next").at(-1)!.duration);
    expect(held.length, "requests that nobody has answered").toBeGreaterThan(0);
    isHeld = false;
    for (const route of held.splice(0)) await route.continue();
  }
  console.log(`figure: submit to next prompt painted, K = 9: ${beside(times)}`);
});

/** The time with long answers, and what it is to be held against. */
function beside({ short = Number.NaN, long = Number.NaN }: Partial<Record<Length, number>>): string {
  return `nine of 20,000 characters ${Math.round(long)} ms, nine short ones ${Math.round(short)} ms, ${(long / short).toFixed(1)} times`;
}

/** Until the cards have all of their text, in its width: of a long line both come by and by. */
async function whole(page: Page, texts: readonly string[]): Promise<void> {
  await drawn(page);
  const lengths = texts.map((text, place) => [letters[place]!, text.length] as const);
  await page.waitForFunction(
    (all) =>
      all.every(([letter, length]) => {
        // Above it may be a note.
        const text = [...document.querySelectorAll(`[data-card="${letter}"] .as-written`)].at(-1)?.textContent;
        return (text?.length ?? 0) >= length;
      }) && document.querySelector('.as-written > [style*="clip"]') === null,
    lengths,
  );
}

/** Until the next assignment has been fetched and React knows it. */
async function aheadOf(page: Page): Promise<void> {
  await page.waitForFunction(
    () => Object.keys(localStorage).filter((key) => key.startsWith("rankloop.open.")).length >= 2,
  );
  await drawn(page);
}

/** Blocks of long texts, and those that the browser does not skip. */
function blocksInSight(page: Page): Promise<{ all: number; inSight: number }> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("article .as-written > *")];
    return { all: all.length, inSight: all.filter((block) => !window.measured!.skipped.has(block)).length };
  });
}

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
