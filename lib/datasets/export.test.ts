import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../db/client.ts";
import { inTests } from "../../db/database.fixture.ts";
import { watermarkNow } from "../../db/queries/exports.ts";
import { readComparisons } from "../../models/train/data.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { parseJsonl } from "../preference/jsonl.ts";
import { formatRanking, labelsOf } from "../preference/ranking.ts";
import { type ComparisonRecord, comparisonRecord, demonstrationRecord } from "../preference/records.ts";
import { anyTiers } from "../preference/tiers.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { type Message, messagesOf, type PromptContent, promptText } from "../vocabulary/conversation.ts";
import { splits } from "../vocabulary/labeling.ts";
import { writeLines } from "../worker/write-lines.ts";
import { createDemonstration, reviewDemonstration, reviseDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { splitOf } from "../writing/split.ts";
import { comparisonLines, demonstrationLines, noTally, promptLines } from "./export.ts";
import { countExport, previewExport } from "./preview.ts";

let installation: Installation;
let db: Database;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ db } = installation);
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

/** The moment of a ranking; the other seqs say nothing to comparisons. */

/** A prompt whose answers are ranked. */
async function rank(
  prompt: PromptContent,
  notation: string,
  k: number,
): Promise<{ promptId: string; assignmentId: string }> {
  const { labeler } = installation.as;
  const { id: promptId, text } = await createPrompt(labeler, plain(prompt));
  await readyComparison(
    labeler,
    promptId,
    labelsOf(k).map((label) => `${text}, answer ${label} \u0000\u{1f9a6}"\n`),
  );
  const { id: assignmentId } = (await nextAssignment(labeler))!;
  await submitRanking(labeler, { id: assignmentId, ...ranked(notation) });
  return { promptId, assignmentId };
}

test("no line holds a character at which readers of lines end one, and all of them say what was written", async () => {
  const text = "One\u2028two\u2029three\u0085four";
  const { labeler } = installation.as;
  const { id: promptId } = await createPrompt(labeler, plain(text, "chat", `${text}!`));
  await readyComparison(
    labeler,
    promptId,
    ["A", "B"].map((one) => `${text} ${one}`),
  );
  const { id } = (await nextAssignment(labeler))!;
  await submitRanking(labeler, { id, ...ranked("A>B") });
  for (const format of ["text", "conversational"] as const) {
    const all = [comparisonLines, demonstrationLines, promptLines].map((lines) =>
      listed(lines(inTests(db), { format })),
    );
    const lines = (await Promise.all(all)).flat();
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
      const { prompt, completion, chosen } = JSON.parse(line);
      for (const said of [prompt, completion, chosen])
        if (said !== undefined) expect(JSON.stringify(said)).toContain(text);
    }
  }
});

const turns: Message[] = [
  { role: "system", content: "Be short." },
  { role: "user", content: "What do otters eat?" },
  { role: "assistant", content: "Fish." },
  { role: "user", content: "And what else?" },
];

const records = async (...args: Parameters<typeof comparisonLines>): Promise<ComparisonRecord[]> =>
  (await listed(comparisonLines(...args))).map((line, index) =>
    parseJsonl(line, index + 1, "export", comparisonRecord),
  );

describe("comparisons", () => {
  test("one line per ordered pair, with everything that rides along", async () => {
    const { promptId } = await rank("What do otters eat?", "B>A=C", 3);
    const lines = await records(inTests(db));
    // What a model wrote holds no NUL: PostgreSQL keeps none.
    const text = (label: string) => `What do otters eat?, answer ${label} \ufffd\u{1f9a6}"\n`;
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
    const all = await records(inTests(db));
    const counted = await countExport(installation.as.reviewer, { dataset: "comparisons" });
    expect(counted).toMatchObject({ read: 60, lines: all.length, strict: all.length, tied: pairs - all.length });
    const preview = await previewExport(installation.as.reviewer, { dataset: "comparisons" });
    expect(preview.file).toBe("comparisons-all.jsonl");
    expect(preview.rows.map((row) => JSON.stringify(row))).toEqual(
      (await listed(comparisonLines(inTests(db)))).slice(0, 10),
    );

    const order = [...new Set(all.map((one) => one.prompt))].map((one) => Number(String(one).replace("prompt ", "")));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(await records(inTests(db))).toEqual(all);

    const parts = await Promise.all(splits.map((split) => records(inTests(db), { split })));
    expect(parts.flat()).toHaveLength(all.length);
    for (const [at, split] of splits.entries()) {
      expect(parts[at]).toEqual(all.filter((one) => one.split === split));
      const counts = await countExport(installation.as.admin, { dataset: "comparisons", split });
      expect(counts.lines).toBe(parts[at]?.length);
    }
    expect(parts.every((part) => part.length > 0)).toBe(true);
  });

  test("the data of an earlier moment stays what it was", async () => {
    await rank("one", "A>B", 2);
    const at = await watermarkNow(db);
    const then = await records(inTests(db), { at });
    await rank("two", "A>B", 2);
    expect(await records(inTests(db), { at })).toEqual(then);
    expect(await records(inTests(db))).toHaveLength(2);
  });

  test("a ranking that was reopened counts once, as it stands now, and as it stood then", async () => {
    const { labeler, admin } = installation.as;
    const { assignmentId } = await rank("one", "A>B>C", 3);
    await rank("two", "A>B", 2);
    const at = await watermarkNow(db);
    const then = await records(inTests(db), { at });
    await submitRanking(labeler, { id: assignmentId, revises: 1, ...ranked("C>A=B") });
    expect(await records(inTests(db), { at })).toEqual(then);
    expect(
      (await records(inTests(db))).map((one) => [one.prompt, one.chosen_rank, one.rejected_rank, one.chosen]),
    ).toEqual([
      ["two", 1, 2, then[3]?.chosen],
      ["one", 1, 2, then[1]?.rejected],
      ["one", 1, 2, then[1]?.rejected],
    ]);
    const counts = await countExport(admin, { dataset: "comparisons" });
    expect(counts).toMatchObject({ read: 2, lines: 3, strict: 3, tied: 1 });
  });

  test("a conversation is written as turns, or as one text", async () => {
    const { promptId } = await rank(turns, "A>B", 2);
    const [text] = await records(inTests(db));
    expect(text).toMatchObject({ prompt: promptText(turns), chosen: expect.stringContaining("answer A") });
    const [conversational] = await records(inTests(db), { format: "conversational" });
    expect(conversational).toEqual({
      ...text,
      prompt_id: promptId,
      prompt: turns,
      chosen: [{ role: "assistant", content: text?.chosen }],
      rejected: [{ role: "assistant", content: text?.rejected }],
    });
    const asked = { dataset: "comparisons", format: "conversational", trim: false } as const;
    const preview = await previewExport(installation.as.engineer, asked);
    expect(preview.rows).toEqual([conversational]);
  });

  test("a trainer reads the same from both, and a question is one turn", async () => {
    await rank("What do otters eat?", "B>A=C", 3);
    await rank(turns, "A>B", 2);
    const read = async (format: "text" | "conversational") => {
      const file = join(installation.directory, `${format}.jsonl`);
      await writeLines(file, comparisonLines(inTests(db), { format }));
      return readComparisons(file);
    };
    const [texts, conversations] = [await read("text"), await read("conversational")];
    expect(conversations.map((one) => one.prompt)).toEqual([[{ role: "user", content: "What do otters eat?" }], turns]);
    const flat = conversations.map((one) => ({ ...one, prompt: promptText(messagesOf(one.prompt)) }));
    expect(flat).toEqual(texts);
  });

  test("nothing ranked: nothing exported, and the preview says so", async () => {
    expect(await records(inTests(db))).toEqual([]);
    expect((await previewExport(installation.as.admin, { dataset: "comparisons" })).rows).toEqual([]);
    expect(await countExport(installation.as.admin, { dataset: "comparisons" })).toEqual(noTally());
  });
});

test("demonstrations: one line each, as the trainer reads them", async () => {
  const { labeler, admin } = installation.as;
  const { id } = await createPrompt(labeler, plain("Hi", "chat", "Hello!"));
  await createDemonstration(admin, { promptId: id, text: "Good day." });
  const lines = (await listed(demonstrationLines(inTests(db)))).map((line, index) =>
    parseJsonl(line, index + 1, "export", demonstrationRecord),
  );
  expect(lines).toMatchObject([
    { prompt: "Hi", completion: "Hello!", labeler: "labeler", use_case: "chat", prompt_id: id, split: splitOf("Hi") },
    { prompt: "Hi", completion: "Good day.", labeler: "admin" },
  ]);
  expect(await countExport(admin, { dataset: "demonstrations" })).toMatchObject({ read: 2, lines: 2 });
});

test("demonstrations that were sent back are left out, and of each the latest version counts", async () => {
  const { labeler, writer, admin, reviewer } = installation.as;
  const { id: promptId } = await createPrompt(labeler, plain(turns));
  const first = await createDemonstration(labeler, { promptId, text: "Crabs" });
  const { id: sand } = await createDemonstration(writer, { promptId, text: "Mud." });
  await reviseDemonstration(writer, { id: sand, text: "Sand." });
  const judge = (id: string, returned: boolean) =>
    reviewDemonstration(reviewer, { id, rating: 5, returned, comment: "Whole sentences, please." });
  const exported = async (format: "text" | "conversational" = "text") =>
    (await listed(demonstrationLines(inTests(db), { format }))).map((line) =>
      demonstrationRecord.parse(JSON.parse(line)),
    );
  const completions = async () => (await exported()).map((one) => one.completion);

  expect(await completions()).toEqual(["Crabs", "Sand."]);
  await judge(first.id, true);
  expect(await completions()).toEqual(["Sand."]);
  const second = await reviseDemonstration(labeler, { id: first.id, text: "They eat crabs." });
  expect(await completions()).toEqual(["Sand.", "They eat crabs."]);
  await judge(second.id, false);
  expect((await exported("conversational"))[1]).toMatchObject({
    prompt: turns,
    completion: [{ role: "assistant", content: "They eat crabs." }],
    demonstration_id: second.id,
  });
  const { split } = (await exported())[0]!;
  const counts = await countExport(admin, { dataset: "demonstrations", split: split! });
  expect(counts).toMatchObject({ lines: 2 });
});

describe("what is revised while it is exported comes once, as it was when the export began", () => {
  /** The lines, with a change after the first of them; there are more than fit into one read. */
  async function changedMeanwhile(
    lines: AsyncGenerator<string, void, undefined>,
    revise: () => Promise<unknown>,
  ): Promise<string[]> {
    const first = await lines.next();
    await revise();
    return [first.value ?? "", ...(await listed(lines))];
  }

  test("rankings", async () => {
    const { labeler } = installation.as;
    const { promptId, assignmentId } = await rank("Why?", "A>B", 2);
    for (let more = 0; more < 50; more++) {
      await readyComparison(labeler, promptId, ["a", "b"]);
      const { id } = (await nextAssignment(labeler))!;
      await submitRanking(labeler, { id, ...ranked("A>B") });
    }
    const lines = await changedMeanwhile(comparisonLines(inTests(db)), () =>
      submitRanking(labeler, { id: assignmentId, ...ranked("B>A"), revises: 1 }),
    );
    const rows = lines.map((line) => comparisonRecord.parse(JSON.parse(line)));
    expect(rows).toHaveLength(51);
    expect(new Set(rows.map(({ chosen_id: id }) => id)).size).toBe(51);
    const after = await records(inTests(db));
    expect(after).toHaveLength(51);
    expect(after.at(-1)?.chosen_id).toBe(rows[0]?.rejected_id);
  });

  test("demonstrations", async () => {
    const { labeler } = installation.as;
    const { id: promptId } = await createPrompt(labeler, plain("Why?"));
    const made: { id: string; text: string }[] = [];
    for (let more = 0; more < 101; more++) {
      made.push(await createDemonstration(labeler, { promptId, text: `Because ${more}.` }));
    }
    const texts = made.map(({ text }) => text);
    const revise = async () => {
      // One that has been read by then, and one that has not.
      for (const { id } of [made[0]!, made[100]!]) await reviseDemonstration(labeler, { id, text: "Because." });
    };
    const completions = (lines: string[]) =>
      lines.map((line) => demonstrationRecord.parse(JSON.parse(line)).completion);
    expect(completions(await changedMeanwhile(demonstrationLines(inTests(db)), revise))).toEqual(texts);
    const after = [...texts.slice(1, 100), "Because.", "Because."];
    expect(completions(await listed(demonstrationLines(inTests(db))))).toEqual(after);
  });
});
