// The ranking screen as a person finds it: how to get there, its cards, its field for the notation.
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

export async function openRanking(page: Page, comparisonId: string): Promise<void> {
  await page.goto(`/rank?comparison=${comparisonId}`);
  await expect(page.getByRole("heading", { name: "Rank the answers" })).toBeAttached();
}

/** @param letter "A" */
export const cardOf = (page: Page, letter: string): Locator => page.getByRole("article", { name: `Answer ${letter}` });

export const notation = (page: Page): Locator => page.getByRole("textbox", { name: "Notation" });
