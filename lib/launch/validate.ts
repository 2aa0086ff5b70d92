// `npm test`: format and lint, types, unit tests, build, end-to-end tests. One line a step, the whole output of those that
// fail, and as the last line how many tests passed and failed. A failing step without tests counts as one failed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endSteps, runStep, type Step } from "./steps.ts";
import { closingLine, playwrightCounts, stepCounts, type TestCounts, vitestCounts } from "./test-counts.ts";

interface Check extends Step {
  report?: { file: string; read: (json: unknown) => TestCounts };
}

const reports = mkdtempSync(join(tmpdir(), "rankloop-reports-"));
const unitReport = join(reports, "unit.json");
const e2eReport = join(reports, "e2e.json");
const bin = (...parts: string[]) => join("node_modules", ...parts);

const lint: Check = {
  name: "lint",
  args: [bin("@biomejs", "biome", "bin", "biome"), "ci", "--colors=off", "."],
  silentMinutes: 10,
};
const types: Check = { name: "types", args: [bin("typescript", "bin", "tsc"), "--noEmit"], silentMinutes: 20 };
const build: Check = { name: "build", args: [join("lib", "launch", "prepare.mjs"), "build"], silentMinutes: 20 };
const unit: Check = {
  name: "unit",
  args: [
    bin("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${unitReport}`,
  ],
  env: { NO_COLOR: "1" },
  silentMinutes: 20,
  report: { file: unitReport, read: vitestCounts },
};
const e2e: Check = {
  name: "e2e",
  args: [bin("@playwright", "test", "cli.js"), "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"],
  env: { FORCE_COLOR: "0", PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport },
  silentMinutes: 25,
  report: { file: e2eReport, read: playwrightCounts },
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    endSteps();
    process.exit(130);
  });
}
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

// Types come after the build, which writes some of what they check. Unit tests and journeys go at the same time: a journey
// waits more than it works, and no test depends on how fast the machine is.
const first = await Promise.all([check(build), check(lint)]);
first.push(await check(types));
const built = first[0]?.failed === 0;
const counts = [...first, ...(await Promise.all([check(unit), built ? check(e2e) : skipped(e2e)]))];
console.log(closingLine(counts));
process.exitCode = counts.some(({ failed }) => failed > 0) ? 1 : 0;

async function check(step: Check): Promise<TestCounts> {
  const { ok, output, seconds } = await runStep(step);
  const counted = stepCounts(ok, step.report);
  const failed = counted.failed > 0;
  const counts = step.report ? ` · ${closingLine([counted])}` : "";
  if (failed) console.log(`\n${output.trimEnd()}\n`);
  else if (step === e2e || step === build)
    for (const line of output.matchAll(/^figure: (.*)$/gm)) console.log(`        ${line[1]}`);
  console.log(`${failed ? "FAILED" : "ok    "}  ${step.name.padEnd(6)} ${seconds.toFixed(1).padStart(6)} s${counts}`);
  return counted;
}

function skipped(step: Check): TestCounts {
  console.log(`FAILED  ${step.name.padEnd(6)} not run: there is no build to run it on`);
  return { passed: 0, failed: 1, skipped: 0 };
}
