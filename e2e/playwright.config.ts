// Whole journeys in a real browser against a real launcher: `npm test`, or `npm run e2e` after `npm run build`.
import { defineConfig } from "@playwright/test";
import { findBrowser } from "../lib/launch/browser.mjs";

const executablePath = findBrowser();
if (!executablePath) throw new Error("No Chromium found: `npm test` installs one, or name it in RANKLOOP_CHROMIUM.");

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  // Two cores: a second browser and a second server would make both wait for each other.
  workers: 1,
  retries: 0,
  // For what hangs, not for what is slow: on a machine with other work to do a journey takes ten times as long.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: "list",
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 900 },
    actionTimeout: 60_000,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath,
      // The last three: without a network Chromium's own requests are refused, many at a time.
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"],
    },
  },
});
