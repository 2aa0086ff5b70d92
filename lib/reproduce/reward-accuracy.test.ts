import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../models/random.ts";
import { mixedAnswers } from "../../models/world/corruptions.ts";
import { labelers } from "../../models/world/labelers.ts";
import { tasks } from "../../models/world/tasks.ts";
import type { ComparisonRecord } from "../preference/records.ts";
import { zooDirectory } from "../training/model-directory.ts";
import { answersTo } from "./data.ts";
import { comparisonsOf, labelerAgreement } from "./reward-accuracy.ts";

function shownAnswers(count: number) {
  const random = new Random(5);
  const stream = tasks(9, "test");
  return Array.from({ length: count }, () => {
    const task = stream.next().value;
    return { task, answers: mixedAnswers(task, 5, random).map(({ text }) => text) };
  });
}

test("labelers agree on the answers of the shipped models 72 to 77 % of the time, as people did", {
  timeout: 900_000,
}, async () => {
  const zoo = zooDirectory()!;
  const models = (await readdir(zoo, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const shown = (
    await Promise.all(
      models.map(async ({ name }, i) => {
        const some = tasks(20 + i, "test")
          .take(20)
          .toArray();
        const sampling = { model: join(zoo, name), answerTokens: 128, seed: 1, signal: new AbortController().signal };
        return (await answersTo(some, 6, sampling)).map((answers, j) => ({ task: some[j]!, answers }));
      }),
    )
  ).flat();
  const { training, heldOut, across } = labelerAgreement(shown, labelers(1));
  for (const { value, low, high } of [training, heldOut, across]) {
    expect(value).toBeGreaterThan(0.72);
    expect(value).toBeLessThan(0.77);
    expect(high - low).toBeLessThan(0.07);
  }
});

test("labelers are nearer to the judge than to each other, and without noise and taste they are alike", () => {
  const shown = shownAnswers(40);
  const { training, heldOut, across, gold, instead } = labelerAgreement(shown, labelers(1));
  for (const { value, low, high } of [training, heldOut, across, instead]) {
    expect(value).toBeGreaterThan(0.7);
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
