// Whole journeys in a real browser against a real launcher: `npm test`, or `npm run e2e` after `npm run build`. All of them on
// SQLite, and those that a database can change on PostgreSQL as well; `npm run e2e:postgres` is all of them there.
import { defineConfig } from "@playwright/test";
import { findBrowser } from "../lib/launch/browser.mjs";
import type { OfWorker } from "./fixtures.ts";

const executablePath = findBrowser();
if (!executablePath) throw new Error("No Chromium found: `npm test` installs one, or name it in RANKLOOP_CHROMIUM.");

/** About SQLite's own file, log and lock. */
const sqliteAlone = ["backup.spec.ts", "chaos.spec.ts"];
const postgresAlone = ["two-machines.spec.ts"];

const sqlite = { name: "sqlite", testIgnore: postgresAlone };
const all = { name: "postgres", testIgnore: sqliteAlone, use: { engine: "postgres" as const } };
const whatDatabasesChange = {
  ...all,
  testMatch: [...postgresAlone, /\/(loop|rank-drafts|rank-ways|several|kill|access|clients)\.spec\.ts$/],
  grepInvert: /@screen/,
};

export default defineConfig<object, OfWorker>({
  testDir: ".",
  outputDir: "results",
  // A browser, a server and its workers each: a journey waits for one of them most of the time, on two cores as well.
  workers: 2,
  retries: 0,
  // For what hangs, not for what is slow: on a machine with other work to do a journey takes ten times as long.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: "list",
  projects: process.env.npm_lifecycle_event === "e2e:postgres" ? [all] : [sqlite, whatDatabasesChange],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 900 },
    actionTimeout: 60_000,
    // A trace costs a quarter of a journey, and only that of a failure is looked at: `--trace=on` makes one.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath,
      // The last three: without a network Chromium's own requests are refused, many at a time.
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"],
    },
  },
});
