// A step of a check that hangs is ended, and says what it was at.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runStep } from "./steps.ts";

const folder = mkdtempSync(join(tmpdir(), "rankloop-steps-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a step that says nothing is interrupted, tells what it was at, and has failed", async () => {
  const hangs = join(folder, "hangs.mjs");
  writeFileSync(
    hangs,
    `process.on("SIGINT", () => { console.log("I was at the third one."); process.exit(1); });
     console.log("begun");
     setInterval(() => {}, 1_000);`,
  );
  const { ok, output } = await runStep({ name: "hangs", args: [hangs], silentMinutes: 0.1 });
  expect(ok).toBe(false);
  expect(output).toContain("\nStopped after 0.1 minutes without a word.\n");
  // On a machine so busy that it had not even begun, it had nothing to tell.
  if (output.startsWith("begun")) expect(output).toContain("I was at the third one.");
});
