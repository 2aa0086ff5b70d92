// Screenshots of every screen, for people to look at: e2e/screens (git-ignored). No test compares them.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

const folder = join(import.meta.dirname, "screens");
mkdirSync(folder, { recursive: true });

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}
