// Looking at a screen as all kinds of people do: light and dark, wide, on a phone, at 200 % zoom; with axe and with a picture.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type axe from "axe-core";
import { expect } from "./fixtures.ts";

const wide = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
/** A window of 1,280 × 900 at 200 %: the page has half of it to lay itself out in. */
const zoomed = { width: 640, height: 450 };

const everything: axe.RunOnly = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** What a theme can break: everything else is the same elements in the same places. */
const colours: axe.RunOnly = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

const folder = join(import.meta.dirname, "screens");
mkdirSync(folder, { recursive: true });

/** A screenshot, for people to look at, in e2e/screens (git-ignored): no test compares it. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

/** Soft: a screen with a fault is reported, and the next one is looked at. Pictures: light, dark, and on a phone. */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries({ wide, phone })) {
    await page.setViewportSize(viewport);
    await dress(page, "light");
    await expectNoFaults(page, everything, `${name}, ${size}, light`);
    await expectNothingCut(page, `${name}, ${size}`);
    await picture(page, `${name}-${size}-light`);
    await dress(page, "dark");
    await expectNoFaults(page, colours, `${name}, ${size}, dark`);
    if (size === "wide") await picture(page, `${name}-${size}-dark`);
  }
  await page.setViewportSize(zoomed);
  await dress(page, "light");
  await expectNothingCut(page, `${name}, 200 %`);
  await page.setViewportSize(wide);
}

/** The same for a screen that has been inspected as somebody else. */
export async function glance(page: Page, name: string): Promise<void> {
  await expectNoFaults(page, everything, name);
  await page.setViewportSize(phone);
  await expectNothingCut(page, `${name}, phone`);
  await page.setViewportSize(wide);
}

/** What was being loaded is there. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await expect(page.getByRole("status").filter({ hasText: "Loading" })).toHaveCount(0);
}

async function dress(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
  // Nothing under the header that stays.
  await page.evaluate(() => window.scrollTo(0, 0));
}

// By itself, not by @axe-core/playwright: that hands it to the page at every look, and puts its findings together in
// another page, which takes ten times as long as the look (1.3 s to 0.1).
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function expectNoFaults(page: Page, runOnly: axe.RunOnly, what: string): Promise<void> {
  if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(axeSource);
  const found = await page.evaluate(async (runOnly) => {
    const looked = await window.axe?.run(document, { runOnly, resultTypes: ["violations"] });
    if (!looked) return ["axe is not there"];
    return looked.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }, runOnly);
  expect.soft(found, what).toEqual([]);
}

async function expectNothingCut(page: Page, what: string): Promise<void> {
  expect.soft(await page.evaluate(textOutside), `${what}: text that sticks out or is cut off`).toEqual([]);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(sideways, `${what}: pixels that the page scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Runs in the page: the texts a person cannot get at, because they lie beside the window or behind an edge. */
function textOutside(): string[] {
  const found: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const around = node.parentElement;
    if (!node.textContent?.trim() || !around?.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, width } of range.getClientRects()) {
      if (width > 0 && isCut(around, left, right)) found.push(node.textContent.trim().slice(0, 60));
    }
  }
  return [...new Set(found)];

  function isCut(start: Element, left: number, right: number): boolean {
    for (let element: Element | null = start; element; element = element.parentElement) {
      const { overflowX, textOverflow, clipPath, webkitLineClamp } = getComputedStyle(element);
      // Can be scrolled to; is meant to be cut, with an ellipsis; is only for screen readers.
      if (overflowX === "auto" || overflowX === "scroll") return false;
      if (textOverflow === "ellipsis" || webkitLineClamp !== "none" || clipPath !== "none") return false;
      const box = element.getBoundingClientRect();
      if (overflowX !== "visible" && (left < box.left - 1 || right > box.right + 1)) return true;
    }
    return left < -1 || right > window.innerWidth + 1;
  }
}
