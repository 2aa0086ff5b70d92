import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closingLine, playwrightCounts, stepCounts, vitestCounts } from "./test-counts.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-counts-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const passedFile = { status: "passed", assertionResults: [{}] };
const vitest = {
  success: true,
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [passedFile],
};

test("the closing line names skipped tests only where there are some", () => {
  const passed = { passed: 3, failed: 0, skipped: 0 };
  expect(closingLine([passed, passed])).toBe("6 passed, 0 failed");
  expect(closingLine([passed, { passed: 0, failed: 1, skipped: 2 }])).toBe("3 passed, 1 failed, 2 skipped");
});

test("a test file that cannot be loaded is a failed test", () => {
  const broken = { status: "failed", assertionResults: [] };
  expect(vitestCounts(vitest)).toEqual({ passed: 7, failed: 0, skipped: 0 });
  expect(vitestCounts({ ...vitest, testResults: [passedFile, broken] })).toEqual({ passed: 7, failed: 1, skipped: 0 });
});

test("a browser test that passed at the second try is a failed one", () => {
  const stats = { expected: 5, unexpected: 1, flaky: 2, skipped: 1 };
  expect(playwrightCounts({ stats, errors: [] })).toEqual({ passed: 5, failed: 3, skipped: 1 });
});

test("a step that fails without a failed test, or without a report, counts as one failed", () => {
  expect(stepCounts(false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(stepCounts(true)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  const file = join(dir, "report.json");
  expect(stepCounts(true, { file, read: vitestCounts })).toMatchObject({ failed: 1 });
  writeFileSync(file, JSON.stringify(vitest));
  expect(stepCounts(true, { file, read: vitestCounts })).toEqual({ passed: 7, failed: 0, skipped: 0 });
  expect(stepCounts(false, { file, read: vitestCounts })).toEqual({ passed: 7, failed: 1, skipped: 0 });
});
