// What several journeys do on pages: read the address, drag something to somewhere, write.
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import type { Person } from "./people.ts";

/** Of the page's address: on the page of one thing, that thing's id. */
export const lastPart = (page: Page): string => new URL(page.url()).pathname.split("/").at(-1) ?? "";

/** @throws Error when it is not on the screen. */
export async function middleOf(place: Locator, atMost = Number.POSITIVE_INFINITY): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox();
  if (!box) throw new Error("What is to be moved, or where to, is not on the screen.");
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, atMost) };
}

/**
 * By the mouse: press, move in steps, let go.
 * @param atMost how far below the upper edge of `target` at most, in pixels: it may reach out of the window
 */
export async function drag(page: Page, what: Locator, target: Locator, atMost?: number): Promise<void> {
  await what.scrollIntoViewIfNeeded();
  const [from, to] = [await middleOf(what), await middleOf(target, atMost)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

export const promptField = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });
export const demonstrationField = (page: Page) => page.getByRole("textbox", { name: "Demonstration (optional)" });

export async function openWrite(page: Page): Promise<void> {
  await page.goto("/write");
  await expect(page.getByRole("radio", { name: "Plain" })).toBeEnabled();
}

/** Resolves when the server has this text in the person's draft. */
export async function draftSaved(person: Person, text: string, subject = "prompt"): Promise<void> {
  await expect
    .poll(async () => JSON.stringify((await person.api.drafts.get({ subject }))?.content ?? null))
    .toContain(text);
}
