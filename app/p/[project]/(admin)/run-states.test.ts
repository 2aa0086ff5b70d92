import { expect, it } from "vitest";
import { progressText } from "./run-states.tsx";

it("says what a run does between two steps", () => {
  const run = { state: "running", step: 0, steps: 0, secondsLeft: null, phase: "sampling 256 answers" } as const;
  expect(progressText(run)).toBe("Training · sampling 256 answers");
  expect(progressText({ ...run, step: 3, steps: 20, secondsLeft: 240 })).toMatch(
    /^Step 3 of 20 · about .* left · sampling 256 answers$/,
  );
  expect(progressText({ ...run, state: "cancelled", step: 3, steps: 20 })).toBe("Step 3 of 20");
});
