import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../models/random.ts";
import { mixedAnswers } from "../../models/world/corruptions.ts";
import { labelers } from "../../models/world/labelers.ts";
import { tasks } from "../../models/world/tasks.ts";
import type { ComparisonRecord } from "../preference/records.ts";
import { comparisonsOf, labelerAgreement } from "./reward-accuracy.ts";

function shownAnswers(count: number) {
  const random = new Random(5);
  const stream = tasks(9, "test");
  return Array.from({ length: count }, () => {
    const task = stream.next().value;
    return { task, answers: mixedAnswers(task, 5, random).map(({ text }) => text) };
  });
}

test("labelers agree about as often as people did, and without noise they agree with the judge", () => {
  const shown = shownAnswers(40);
  const { training, heldOut, across, gold, instead } = labelerAgreement(shown, labelers(1));
  for (const { value, low, high } of [training, heldOut, across, instead]) {
    expect(value).toBeGreaterThan(0.66);
    expect(value).toBeLessThan(0.84);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  }
  // Each is nearer to the truth than to another one's errors.
  expect(gold.value).toBeGreaterThan(across.value);
  const [one] = labelers(1, 0);
  const exact = labelers(1).map((labeler) => ({ ...labeler, rank: one!.rank }));
  const agreed = labelerAgreement(shown, exact);
  expect([agreed.training.value, agreed.instead.value]).toEqual([1, 1]);
});

test("comparisons are kept apart by who made them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rankloop-accuracy-"));
  try {
    const record = (labeler: string, chosen: string, rejected: string): ComparisonRecord => ({
      prompt: "What is an owl?",
      chosen,
      rejected,
      prompt_id: "p",
      ranking_id: labeler,
      labeler,
    });
    const records = [record("ash", "A bird.", "A fish."), record("jade", "A fish.", "A bird.")];
    const groups = await comparisonsOf(records, ({ labeler }) => labeler === "jade", join(folder, "jade.jsonl"));
    expect(groups).toHaveLength(1);
    const [group] = groups;
    expect(group!.pairs.map(([winner, loser]) => [group!.answers[winner], group!.answers[loser]])).toEqual([
      ["A fish.", "A bird."],
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
