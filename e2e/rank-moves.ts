// Cards moved by mouse and by finger, as a person moves them.
import type { Locator, Page } from "@playwright/test";

const cardOf = (page: Page, letter: string) => page.getByRole("article", { name: `Answer ${letter}` });

async function middleOf(place: Locator, atMost = Number.POSITIVE_INFINITY): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox();
  if (!box) throw new Error("What is to be moved, or where to, is not on the screen.");
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, atMost) };
}

/** Press, move in steps, let go. @param target the name of a column */
export async function dragByMouse(page: Page, letter: string, target: string): Promise<void> {
  await cardOf(page, letter).scrollIntoViewIfNeeded();
  const from = await middleOf(cardOf(page, letter).getByText(letter, { exact: true }));
  const to = await middleOf(page.getByRole("region", { name: target }), 80);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
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
  await cardOf(page, letter).scrollIntoViewIfNeeded();
  const from = await middleOf(cardOf(page, letter).getByText(letter, { exact: true }));
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
