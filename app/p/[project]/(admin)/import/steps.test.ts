import { expect, test } from "vitest";
import type { FileSurvey } from "../../../../../lib/datasets/import-file.ts";
import type { ImportReport } from "../../../../../lib/datasets/import-report.ts";
import { type Act, firstStep, nextStep, type Step } from "./steps.ts";

const file = { name: "otters.jsonl" } as File;
const surveyed = { survey: { refusal: null, rows: 9 } } as FileSurvey;
const counts = { prompts: 1, demonstrations: 0, comparisons: 0, rankings: 0, repeated: 0, leftOut: 0 };
const report: ImportReport = { source: "s1", ...counts };
const after = (...acts: Act[]): Step => acts.reduce(nextStep, firstStep);
const read: Act = { act: "read", file };
const looked: Act = { act: "looked", surveyed };
const begin: Act = { act: "import" };

test("a file is read, looked at, imported and reported on", () => {
  expect(after(read, { act: "progress", rows: 500 })).toEqual({ at: "reading", file, rows: 500 });
  expect(after(read, looked)).toMatchObject({ at: "looked", surveyed, problem: null });
  expect(after(read, looked, begin, { act: "progress", rows: 5 })).toMatchObject({ at: "importing", rows: 5 });
  expect(after(read, looked, begin, { act: "done", report })).toEqual({ at: "done", name: "otters.jsonl", report });
  expect(after(read, looked, begin, { act: "done", report }, { act: "again" })).toEqual(firstStep);
});

test("a stop and a failure lead back to the file, which can be imported again", () => {
  const half: Act = { act: "progress", rows: 5 };
  expect(after(read, looked, begin, half, { act: "stopped" })).toMatchObject({
    at: "looked",
    stoppedAfter: 5,
    problem: null,
  });
  const failed = after(read, looked, begin, half, { act: "failed", problem: "No." });
  expect(failed).toMatchObject({ at: "looked", stoppedAfter: 5, problem: "No." });
  expect(nextStep(failed, begin)).toMatchObject({ at: "importing", rows: 0 });
  expect(after(read, { act: "failed", problem: "No." })).toEqual({ at: "choose", problem: "No." });
});

test("what none of can come in is not imported, and nothing interrupts an import but its stop", () => {
  const refused = { survey: { refusal: "These are rankings." } } as FileSurvey;
  expect(after(read, { act: "looked", surveyed: refused }, begin)).toMatchObject({ at: "looked" });
  expect(after(read, looked, begin, read)).toMatchObject({ at: "importing" });
  expect(after(read, looked, begin, { act: "again" })).toMatchObject({ at: "importing" });
});

test("what comes late changes nothing", () => {
  expect(after(looked)).toEqual(firstStep);
  expect(after({ act: "done", report })).toEqual(firstStep);
  expect(after({ act: "progress", rows: 5 })).toEqual(firstStep);
});
