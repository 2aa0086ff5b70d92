// How many tests passed, failed and were skipped, from the reports of the two test runners.
import { readFileSync } from "node:fs";
import * as z from "zod";

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

const vitestReport = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  errors: z.array(z.unknown()),
});

/** A test file that could not even be loaded counts as one failed test. */
export function vitestCounts(json: unknown): TestCounts {
  const report = vitestReport.parse(json);
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A test that passed only when tried again is a failed one: it says nothing for sure. */
export function playwrightCounts(json: unknown): TestCounts {
  const { stats, errors } = playwrightReport.parse(json);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

/**
 * The counts of a step: what its report says, and at least one failure when the step itself failed
 * (no report at all, a lint error, a crash after the last test).
 */
export function stepCounts(ok: boolean, report?: { file: string; read: (json: unknown) => TestCounts }): TestCounts {
  const counts = report ? readReport(report) : { passed: 0, failed: 0, skipped: 0 };
  return { ...counts, failed: Math.max(counts.failed, ok ? 0 : 1) };
}

function readReport({ file, read }: { file: string; read: (json: unknown) => TestCounts }): TestCounts {
  try {
    return read(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** "12 passed, 0 failed", and ", 2 skipped" only where some were. */
export function closingLine(counts: TestCounts[]): string {
  const sum = (key: keyof TestCounts) => counts.reduce((total, one) => total + one[key], 0);
  const skipped = sum("skipped");
  return `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
