import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readComparisons } from "../../models/train/data.ts";
import { splitByPrompt } from "../../models/train/split.ts";
import type { ComparisonRecord } from "../preference/records.ts";
import { readRecords } from "./data.ts";
import { overSeeds, shuffledRankings, writeForTraining } from "./data-scaling.ts";

/** Rankings of three answers, as an export has them: three lines each, a tenth of them held out by the application. */
const records: ComparisonRecord[] = Array.from({ length: 20 }, (_, i) =>
  [
    ["a", "b"],
    ["a", "c"],
    ["b", "c"],
  ].map(([chosen, rejected]) => ({
    prompt: `Prompt ${i}?`,
    chosen: chosen!,
    rejected: rejected!,
    prompt_id: `p${i}`,
    ranking_id: `r${i}`,
    split: i % 10 === 0 ? ("valid" as const) : ("train" as const),
  })),
).flat();

test("rankings stay whole, in an order of the seed's own", () => {
  const [one, same, other] = [shuffledRankings(records, 1), shuffledRankings(records, 1), shuffledRankings(records, 2)];
  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
  expect(one.flat()).toHaveLength(records.length);
  for (const lines of one) {
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map(({ ranking_id }) => ranking_id)).size).toBe(1);
  }
});

test("all that is written for training is trained on, also what the application would hold out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rankloop-scaling-"));
  try {
    const file = join(folder, "comparisons.jsonl");
    await writeForTraining(shuffledRankings(records, 1), file);
    expect(await readRecords(file)).toHaveLength(records.length);
    const { train, heldOut } = splitByPrompt(await readComparisons(file), file, 0, 1);
    expect([train.length, heldOut.length]).toEqual([20, 0]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("seeds are put together by what was wanted, though each has a few pairs more", () => {
  const point = (seed: number, wanted: number, pairs: number, accuracy: number) => ({
    seed,
    wanted,
    prompts: pairs / 10,
    pairs,
    accuracy,
  });
  expect(overSeeds([point(1, 100, 107, 0.6), point(2, 100, 108, 0.7), point(1, 300, 304, 0.8)])).toEqual([
    { pairs: 107.5, prompts: 10.75, value: expect.closeTo(0.65, 12), low: 0.6, high: 0.7 },
    { pairs: 304, prompts: 30.4, value: 0.8, low: 0.8, high: 0.8 },
  ]);
});
