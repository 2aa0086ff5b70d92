import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../db/client.ts";
import { nextAssignment } from "../assignments/assignments.ts";
import { createDemonstration } from "../demonstrations/demonstrations.ts";
import { anyTiers } from "../preference/any-tiers.ts";
import { parseJsonl } from "../preference/jsonl.ts";
import { formatRanking, labelsOf } from "../preference/ranking.ts";
import { type ComparisonRecord, comparisonRecord, demonstrationRecord, splits } from "../preference/records.ts";
import { createPrompt } from "../prompts/prompts.ts";
import { splitOf } from "../prompts/split.ts";
import { submitRanking } from "../rankings/submit.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../temporary.ts";
import { comparisonLines, demonstrationLines } from "./export.ts";
import { previewExport } from "./preview.ts";

let installation: Installation;
let db: Database;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ db } = installation);
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

async function rank(text: string, notation: string, k: number): Promise<string> {
  const { labeler } = installation.as;
  const { id } = await createPrompt(labeler, plain(text));
  await readyComparison(
    labeler,
    id,
    labelsOf(k).map((label) => `${text}, answer ${label} \u0000\u{1f9a6}"\n`),
  );
  const next = await nextAssignment(labeler);
  await submitRanking(labeler, { id: next!.id, ...ranked(notation) });
  return id;
}

const records = async (...args: Parameters<typeof comparisonLines>): Promise<ComparisonRecord[]> =>
  (await listed(comparisonLines(...args))).map((line, index) =>
    parseJsonl(line, index + 1, "export", comparisonRecord),
  );

describe("comparisons", () => {
  test("one line per ordered pair, with everything that rides along", async () => {
    const promptId = await rank("What do otters eat?", "B>A=C", 3);
    const lines = await records(db);
    const text = (label: string) => `What do otters eat?, answer ${label} \u0000\u{1f9a6}"\n`;
    expect(lines.map((one) => [one.chosen, one.rejected])).toEqual([
      [text("B"), text("A")],
      [text("B"), text("C")],
    ]);
    expect(lines[0]).toMatchObject({
      prompt: "What do otters eat?",
      prompt_id: promptId,
      k: 3,
      chosen_rank: 1,
      rejected_rank: 2,
      labeler: "labeler",
      split: splitOf("What do otters eat?"),
      ranked_at: installation.clock.now,
    });
    expect(lines[0]?.ranking_id).toBe(lines[1]?.ranking_id);
    expect(lines[0]?.chosen_id).toBe(lines[1]?.chosen_id);
    expect(lines[0]?.rejected_id).not.toBe(lines[1]?.rejected_id);
  });

  test("the counts add up for any rankings, over all pages, in one order, and the splits partition the lines", async () => {
    // More rankings than one page holds.
    const shapes = fc.sample(anyTiers, { seed: 7, numRuns: 60 });
    let pairs = 0;
    for (const [index, tiers] of shapes.entries()) {
      const k = tiers.flat().length;
      pairs += (k * (k - 1)) / 2;
      await rank(`prompt ${index}`, formatRanking(tiers), k);
    }
    const all = await records(db);
    const preview = await previewExport(installation.as.reviewer, { dataset: "comparisons", split: "all" });
    expect(preview).toMatchObject({ rankings: 60, total: all.length });
    expect(preview.strict + preview.tied).toBe(pairs);
    expect(preview.strict).toBe(all.length);
    expect(preview.lines).toEqual((await listed(comparisonLines(db))).slice(0, 10));

    const order = [...new Set(all.map((one) => one.prompt))].map((one) => Number(String(one).replace("prompt ", "")));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(await records(db)).toEqual(all);

    const parts = await Promise.all(splits.map((split) => records(db, { split })));
    expect(parts.flat()).toHaveLength(all.length);
    for (const [at, split] of splits.entries()) {
      expect(parts[at]).toEqual(all.filter((one) => one.split === split));
      const counts = await previewExport(installation.as.admin, { dataset: "comparisons", split });
      expect(counts.total).toBe(parts[at]?.length);
    }
    expect(parts.every((part) => part.length > 0)).toBe(true);
  });

  test("the data of an earlier moment stays what it was", async () => {
    await rank("one", "A>B", 2);
    const then = await records(db, { throughRanking: 1 });
    await rank("two", "A>B", 2);
    expect(await records(db, { throughRanking: 1 })).toEqual(then);
    expect(await records(db)).toHaveLength(2);
  });

  test("nothing ranked: nothing exported, and the preview says so", async () => {
    expect(await records(db)).toEqual([]);
    expect(await previewExport(installation.as.admin, { dataset: "comparisons", split: "all" })).toEqual({
      lines: [],
      total: 0,
      rankings: 0,
      strict: 0,
      tied: 0,
    });
  });
});

test("demonstrations: one line each, as the trainer reads them", async () => {
  const { labeler, admin } = installation.as;
  const { id } = await createPrompt(labeler, plain("Hi", "chat", "Hello!"));
  await createDemonstration(admin, { promptId: id, text: "Good day." });
  const lines = (await listed(demonstrationLines(db))).map((line, index) =>
    parseJsonl(line, index + 1, "export", demonstrationRecord),
  );
  expect(lines).toMatchObject([
    { prompt: "Hi", completion: "Hello!", labeler: "labeler", use_case: "chat", prompt_id: id, split: splitOf("Hi") },
    { prompt: "Hi", completion: "Good day.", labeler: "admin" },
  ]);
  const preview = await previewExport(admin, { dataset: "demonstrations", split: "all" });
  expect(preview).toMatchObject({ total: 2, rankings: 0 });
});

test("a split is a function of the text: about 90, 5 and 5 %", () => {
  const counts = { train: 0, valid: 0, test: 0 };
  for (let i = 0; i < 4_000; i++) counts[splitOf(`prompt ${i}`)]++;
  expect(counts.train / 4_000).toBeCloseTo(0.9, 1);
  expect(Math.abs(counts.valid / 4_000 - 0.05)).toBeLessThan(0.015);
  expect(Math.abs(counts.test / 4_000 - 0.05)).toBeLessThan(0.015);
});
