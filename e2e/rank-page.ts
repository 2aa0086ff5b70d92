// The ranking screen as a person finds it: how to get there, its field for the notation, its cards, moved by mouse and finger.
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import { drag, middleOf } from "./pages.ts";

export async function openRanking(page: Page, comparisonId: string): Promise<void> {
  await page.goto(`/rank?comparison=${comparisonId}`);
  await expect(page.getByRole("heading", { name: "Rank the answers" })).toBeAttached();
  // The heading comes with the page, the answers later, and keys are heard when these are there.
  await expect(page.getByRole("article").or(page.getByRole("alert")).first()).toBeVisible();
}

/** @param letter "A" */
export const cardOf = (page: Page, letter: string): Locator => page.getByRole("article", { name: `Answer ${letter}` });

export const notation = (page: Page): Locator => page.getByRole("textbox", { name: "Notation" });

/** The part of a card it is dragged by. */
const letterOf = (page: Page, letter: string): Locator => cardOf(page, letter).getByText(letter, { exact: true });

/** @param target the name of a column */
export async function dragByMouse(page: Page, letter: string, target: string): Promise<void> {
  await drag(page, letterOf(page, letter), page.getByRole("region", { name: target }), 80);
}

/**
 * Hold, move, let go, by the browser's own touch events. Where the columns stand below each other, the strip of targets
 * at the bottom of the window is where it goes.
 * @param rank 0 is Unranked
 */
export async function dragByTouch(page: Page, letter: string, rank: number): Promise<void> {
  const touch = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
    touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await letterOf(page, letter).scrollIntoViewIfNeeded();
  const from = await middleOf(letterOf(page, letter));
  await send("touchStart", [from]);
  const strip = page.getByTestId("rank-targets");
  // Held until the page has taken it up: a finger that moves at once scrolls.
  await strip.waitFor();
  const to = await middleOf(strip.getByText(rank === 0 ? "–" : String(rank), { exact: true }));
  for (let step = 1; step <= 8; step++) {
    await send("touchMove", [{ x: from.x + ((to.x - from.x) * step) / 8, y: from.y + ((to.y - from.y) * step) / 8 }]);
  }
  await send("touchEnd", []);
  await touch.detach();
}
