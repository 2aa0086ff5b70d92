import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { saveRun } from "../../models/train/run-state.ts";
import { dataReport, lengthWarning } from "../training/data-report.ts";
import { Interrupted } from "./failure.ts";
import { trainToEnd } from "./training-run.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-run-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

// biome-ignore lint/correctness/useYield: it is stopped before its first step
async function* stopped(): AsyncGenerator<TrainEvent, TrainResult> {
  throw new Interrupted("Stopped.");
}

test("a run that is stopped names a checkpoint only where there is one", async () => {
  const out = join(dir, "model");
  await expect(trainToEnd({ out }, stopped)).rejects.toThrow(
    "Stopped; nothing was kept yet, and the same command begins anew.",
  );
  const identity = { trainer: "dpo", config: {}, baseHash: null, dataHash: "" };
  await saveRun(`${out}.checkpoint`, identity, { step: 3, arrays: new Map() });
  await expect(trainToEnd({ out }, stopped)).rejects.toThrow(
    `Stopped; the same command goes on from the checkpoint in ${out}.checkpoint.`,
  );
});

test.each<[Record<string, number>, string[]]>([
  [{}, []],
  [
    { "train/pairs": 1200, "train/prompts": 400, "train/prompts_held_out": 1, "train/ties": 1 },
    ["To learn from: 1,200 pairs of 400 prompts and 1 tie; held out: 1 prompt."],
  ],
  [
    {
      "train/pairs": 1,
      "train/prompts": 1,
      "train/prompts_held_out": 0,
      "train/pairs_equal": 2,
      "train/answers_too_long": 4,
      "train/pairs_too_long": 1,
    },
    [
      "To learn from: 1 pair of 1 prompt; held out: 0 prompts.",
      "2 pairs say the same twice and are left out.",
      "4 answers are too long for the model and left out, with 1 pair (--overlong).",
    ],
  ],
  [
    { "train/demonstrations": 9, "train/demonstrations_held_out": 1, "train/answers_cut": 1 },
    [
      "To learn from: 9 demonstrations; held out: 1 demonstration.",
      "1 answer is too long for the model and cut (--overlong).",
    ],
  ],
  [
    { "train/prompts": 30, "train/prompts_held_out": 3, "train/prompts_dropped": 2 },
    ["To learn from: 30 prompts; held out: 3 prompts.", "2 prompts are too long and left out."],
  ],
])("%j in words", (figures, lines) => {
  expect(dataReport(figures, "--overlong")).toEqual(lines);
});

test("most answers at the longest length are warned of", () => {
  expect(lengthWarning(0.875, "--answer-tokens")).toBe(
    "87.5 % of the answers reached the longest length and were cut: raise --answer-tokens.",
  );
  expect(lengthWarning(0.5, "--answer-tokens")).toBeNull();
  expect(lengthWarning(undefined, "--answer-tokens")).toBeNull();
});
