// Answers and rankings that come in: they are compared, ranked, counted and exported like those made here, and nobody here is
// taken for who made them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addProject, contentsOf, inTests } from "../../db/database.fixture.ts";
import { addTinyModels, type Installation, listed, temporaryInstallation } from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { reviewRanking } from "../ranking/disputes.ts";
import { submitRanking } from "../ranking/submit.ts";
import { viewComparison } from "../ranking/view.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { getPrompt, listPrompts } from "../writing/prompts.ts";
import { comparisonLines, demonstrationLines, promptLines } from "./export.ts";
import { bytesInNode, fileInNode } from "./files/in-node.ts";
import { importFile, surveyFile } from "./import-file.ts";
import { doorOf, listImports, removeImport } from "./imports.ts";

let world: Installation;
beforeEach(async () => {
  world = await temporaryInstallation();
});
afterEach(() => world.remove());

const terms = { name: "Otters", revision: "", licence: "", useCase: "open QA" as const };
const jsonl = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function bring(text: string, ctx = world.as.admin) {
  const file = bytesInNode("otters.jsonl", new TextEncoder().encode(text));
  return importFile(doorOf(ctx), file, await surveyFile(file), terms);
}

/** A tree as Open Assistant publishes it, with a group of three ranked replies, a tie, and one more group below it. */
const reply = (id: string, text: string, rank: number | null, replies: object[] = []) => ({
  ...{ message_id: id, parent_id: "q", role: "assistant", lang: "en", text, rank, deleted: false },
  replies,
});
const again = {
  ...{ message_id: "q2", role: "prompter", text: "And at night?", rank: null },
  replies: [reply("e", "Kelp.", 1), reply("d", "Nothing.", 0)],
};
const tree = {
  message_tree_id: "q",
  tree_state: "ready_for_export",
  prompt: {
    ...{ message_id: "q", role: "prompter", text: "What do otters eat?", lang: "en" },
    replies: [reply("a", "Sand.", 2), reply("b", "Fish.", 0, [again]), reply("c", "Crabs.", 1), reply("x", "?", null)],
  },
};
const pairs = async (of = inTests(world.db)) =>
  (await listed(comparisonLines(of, { format: "conversational" }))).map((line) => JSON.parse(line));

const stored = async () => {
  const { request: _, ...rest } = await contentsOf(world.db);
  return rest;
};
/** How many pairs all rankings have. */
async function countPairs() {
  const { ranking = [] } = await stored();
  const sum = (field: string) => ranking.reduce((all, row) => all + Number(row[field]), 0);
  return { rankings: ranking.length, strict: sum("strict"), tied: sum("tied") };
}
const theComparison = async () => {
  const { items } = await listPrompts(world.as.admin, { limit: 1 });
  const { comparisonList } = await getPrompt(world.as.admin, { id: items[0]?.id ?? "" });
  return comparisonList[0]?.id ?? "";
};
const two = { prompt: "What do otters eat?", chosen: "Fish.", rejected: "Sand." };

describe("rankings of a file", () => {
  test("come in complete, are counted, and leave as the pairs that they are", async () => {
    const added = await bring(jsonl(tree));
    const counts = { prompts: 2, demonstrations: 0, comparisons: 2, rankings: 2, repeated: 0, leftOut: 0 };
    expect(added).toEqual({ source: expect.any(String), ...counts });
    const facts = { rankings: 2, pairs: 4, comparisonsComplete: 2, comparisonsLeft: 0, myRankings: 0 };
    expect(await overview(world.as.admin)).toMatchObject(facts);
    const lines = await pairs();
    const said = lines.map(({ chosen, rejected }) => `${chosen[0].content} > ${rejected[0].content}`);
    expect(said.toSorted()).toEqual(["Crabs. > Sand.", "Fish. > Crabs.", "Fish. > Sand.", "Nothing. > Kelp."]);
    const multi = lines.find(({ k }) => k === 2);
    expect(multi?.prompt).toEqual([
      { role: "user", content: "What do otters eat?" },
      { role: "assistant", content: "Fish." },
      { role: "user", content: "And at night?" },
    ]);
    // Nobody said whose they are, and every line has the same fields.
    expect(lines.map(({ labeler }) => labeler)).toEqual(["", "", "", ""]);
    expect(await listImports(world.as.admin)).toMatchObject([{ prompts: 2, comparisons: 2, rankings: 2 }]);
  });

  test("add nothing the second time, in whatever order the answers stand", async () => {
    await bring(jsonl({ ...two, labeler: "bo" }));
    const before = await stored();
    const nothing = { prompts: 0, comparisons: 0, rankings: 0, repeated: 1 };
    expect(await bring(jsonl({ ...two, labeler: "bo" }))).toMatchObject(nothing);
    expect(await stored()).toEqual(before);
    // The other way round it is another ranking of the same answers.
    const other = { ...two, chosen: "Sand.", rejected: "Fish.", labeler: "ada" };
    expect(await bring(jsonl(other))).toMatchObject({ prompts: 0, comparisons: 0, rankings: 1, repeated: 0 });
    const { rankings, wanted, candidates } = await viewComparison(world.as.admin, { id: await theComparison() });
    expect([rankings.length, wanted, candidates.length]).toEqual([2, 2, 2]);
    expect(rankings.map(({ labeler, source }) => [labeler, source])).toEqual([
      ["ada", "Otters"],
      ["bo", "Otters"],
    ]);
    expect(new Set(rankings.map(({ notation }) => notation))).toEqual(new Set(["A>B", "B>A"]));
  });

  test("of a single tier, and with ties, are kept as they are", async () => {
    const ranks = (chosen_rank: number, rejected_rank: number) => ({ ...two, chosen_rank, rejected_rank });
    expect(await bring(jsonl(ranks(1, 1)))).toMatchObject({ rankings: 1 });
    expect(await countPairs()).toEqual({ rankings: 1, strict: 0, tied: 1 });
    expect(await pairs()).toEqual([]);
  });

  test("show their answers in an order that tells nothing of how good they are", async () => {
    const rows = Array.from({ length: 64 }, (_, i) => ({
      prompt: `${i}?`,
      chosen: `Fish ${i}.`,
      rejected: `Sand ${i}.`,
    }));
    await bring(jsonl(...rows));
    const { candidate = [] } = await stored();
    const first = candidate.filter(({ position, text }) => position === 0 && String(text).startsWith("Fish")).length;
    expect(first).toBeGreaterThan(8);
    expect(first).toBeLessThan(56);
  });

  test("are of nobody here, whatever their labelers are called", async () => {
    await bring(jsonl({ ...two, labeler: "labeler" }));
    const seen = await viewComparison(world.as.labeler, { id: await theComparison() });
    expect(seen).toMatchObject({ isRankedByMe: false, isBlind: false, mayChange: false, rankingCount: 1, wanted: 1 });
    // Names of labelers are for those who review or export.
    expect(seen.rankings).toMatchObject([{ labeler: null, source: "Otters" }]);
    expect(await overview(world.as.labeler)).toMatchObject({ myRankings: 0, rankings: 1, rankingsLastWeek: 0 });
    expect((await pairs()).map(({ labeler }) => labeler)).toEqual(["labeler"]);
  });

  test("are let stand, and nobody is asked to look again", async () => {
    await bring(jsonl(two));
    const [row] = (await stored()).ranking ?? [];
    const id = String(row?.id);
    await expect(reviewRanking(world.as.reviewer, { id, verdict: "again", comment: "Sand?" })).rejects.toThrow(
      "This ranking came in from a file: nobody here can look at it again.",
    );
    expect(await reviewRanking(world.as.reviewer, { id, verdict: "stands", comment: "" })).toEqual({ ok: true });
  });

  test("keep what was said of the answers, and how they were drawn", async () => {
    const whole = {
      ...{ prompt: "What do otters eat?", labeler: "bo", ranked_at: 1_700_000_000_000, spent_ms: 4_000 },
      answers: [
        { id: "1", text: "Sand.", writer: "gpt-9", sampling: [{ temperature: 0.7, top_p: 1, max_tokens: 9, seed: 3 }] },
        { id: "2", text: "Fish.", writer: "" },
      ],
      tiers: [[1], [0]],
      ratings: [{ answer: 0, likert: 2, flags: ["fails-task"], note: "No.", spent_ms: 9 }],
      prompt_flags: ["ambiguous"],
      guards: [{ kind: "twins-apart", said: "All equal?", heeded: true }],
    };
    expect(await bring(jsonl(whole))).toMatchObject({ comparisons: 1, rankings: 1 });
    expect(await bring(jsonl(whole))).toMatchObject({ comparisons: 0, rankings: 0, repeated: 1 });
    const { candidates, rankings } = await viewComparison(world.as.admin, { id: await theComparison() });
    const sand = candidates.find(({ text }) => text === "Sand.");
    expect(sand).toMatchObject({ author: "gpt-9", temperature: 0.7, topP: 1, maxTokens: 9, seed: 3 });
    expect(rankings).toMatchObject([
      {
        ...{ labeler: "bo", source: "Otters", submittedAt: 1_700_000_000_000, promptFlags: ["ambiguous"] },
        ratings: [{ label: sand?.label, likert: 2, flags: ["fails-task"], note: "No." }],
      },
    ]);
    expect((await stored()).ranking_guard).toMatchObject([{ kind: "twins-apart", said: "All equal?", heeded: true }]);
  });

  test("of too many answers, or of one, are refused by line", async () => {
    const many = (count: number) => ({
      ...tree,
      prompt: { ...tree.prompt, replies: Array.from({ length: count }, (_, i) => reply(`r${i}`, `Answer ${i}.`, i)) },
    });
    const added = await bring(jsonl(many(10), many(9)));
    expect(added).toMatchObject({ rankings: 1, leftOut: 1 });
    expect(await countPairs()).toMatchObject({ strict: 36, tied: 0 });
  });

  test("that this project exported add nothing to it, and to another all of it", async () => {
    await bring(jsonl(tree));
    const text = jsonl(...(await pairs()));
    const before = await stored();
    expect(await bring(text)).toMatchObject({ prompts: 0, comparisons: 0, rankings: 0, repeated: 4 });
    const { ranking, candidate, comparison } = await stored();
    expect({ ranking, candidate, comparison }).toEqual({
      ranking: before.ranking,
      candidate: before.candidate,
      comparison: before.comparison,
    });
    const project = await addProject(world.db, "second");
    await bring(text, { ...world.as.admin, project });
    const said = (all: Awaited<ReturnType<typeof pairs>>) =>
      all
        .map(({ prompt, chosen, rejected, split, ranked_at }) =>
          JSON.stringify([prompt, chosen, rejected, split, ranked_at]),
        )
        .toSorted();
    expect(said(await pairs({ db: world.db, project }))).toEqual(said(await pairs()));
  });
});

describe("answers to rank", () => {
  const row = {
    prompt: "What do otters eat?",
    answers: [{ text: "Fish.", writer: "gpt-9" }, { text: "Sand.", id: "7", writer: "bo" }, "Crabs."],
  };

  test("are handed out, blind, and ranked without any model", async () => {
    expect(await bring(jsonl(row))).toMatchObject({ prompts: 1, comparisons: 1, rankings: 0 });
    expect(await bring(jsonl(row))).toMatchObject({ comparisons: 0, repeated: 1 });
    await updateSettings(world.as.reviewer, { rateFirst: false });
    const held = await nextAssignment(world.as.labeler);
    const id = held?.comparisonId ?? "";
    const blind = await viewComparison(world.as.labeler, { id });
    expect(blind).toMatchObject({ isBlind: true, rankingCount: 0, wanted: 1 });
    expect(blind.candidates.map(({ author, modelName, tokens }) => [author, modelName, tokens])).toEqual(
      blind.candidates.map(() => [null, null, null]),
    );
    const by = (text: string) => blind.candidates.find((one) => one.text === text)?.label;
    const notation = `${by("Fish.")}>${by("Crabs.")}=${by("Sand.")}`;
    await submitRanking(world.as.labeler, {
      id: held?.id ?? "",
      notation,
      ratings: [],
      promptFlags: [],
      guards: [],
    });
    const open = await viewComparison(world.as.labeler, { id });
    expect(Object.fromEntries(open.candidates.map(({ text, author }) => [text, author]))).toEqual({
      "Fish.": "gpt-9",
      "Sand.": "bo",
      "Crabs.": "Otters",
    });
    expect(await pairs()).toMatchObject([
      { chosen: [{ content: "Fish." }], labeler: "labeler" },
      { chosen: [{ content: "Fish." }], labeler: "labeler" },
    ]);
  });

  test("are judged by the reward model like others", async () => {
    await addTinyModels(world);
    await bring(jsonl(row));
    expect((await stored()).job).toMatchObject([{ kind: "judge", state: "waiting" }]);
  });
});

describe("a file is deleted", () => {
  const source = async () => (await listImports(world.as.admin))[0]?.id ?? "";

  test("with all that came in from it", async () => {
    const before = await stored();
    await bring(jsonl(tree));
    await removeImport(world.as.admin, { id: await source() });
    const { event: _, ...rest } = await stored();
    const { event: __, ...then } = before;
    expect(rest).toEqual(then);
    await expect(removeImport(world.as.admin, { id: "nothing" })).rejects.toThrow("There is no such data source.");
  });

  test("but not with what people have made of it", async () => {
    await bring(jsonl(two));
    const { items } = await listPrompts(world.as.admin, { limit: 1 });
    await createDemonstration(world.as.writer, { promptId: items[0]?.id ?? "", text: "Crabs." });
    const before = await stored();
    await expect(removeImport(world.as.admin, { id: await source() })).rejects.toThrow(
      "What came in cannot be deleted: 1 demonstration made of it since would be gone, too.",
    );
    expect(await stored()).toEqual(before);
    await expect(removeImport(world.as.labeler, { id: await source() })).rejects.toThrow(
      "Only admins and reviewers may import data.",
    );
  });
});

const shared = join(import.meta.dirname, "../../../shared/data");
const real = async (name: string) => {
  const file = fileInNode(join(shared, name));
  return importFile(doorOf(world.as.admin), file, await surveyFile(file), terms);
};

describe.skipIf(!existsSync(shared))("real files (../shared/data, absent here: skipped)", () => {
  test("Open Assistant's trees come in as 212 rankings and leave as 754 pairs", async () => {
    expect(await real("oasst-en-100-trees.jsonl")).toMatchObject({ rankings: 212, comparisons: 212, leftOut: 0 });
    const { strict, tied } = await countPairs();
    expect(strict + tied).toBe(754);
    expect(await pairs()).toHaveLength(strict);
    expect(await real("oasst-en-100-trees.jsonl")).toMatchObject({
      prompts: 0,
      comparisons: 0,
      rankings: 0,
      repeated: 212,
    });
  });

  test("MT-bench's questions come in as prompts of two turns", async () => {
    expect(await real("mt-bench-questions.jsonl")).toMatchObject({ prompts: 80, leftOut: 0 });
    const lines = await listed(promptLines(inTests(world.db), { format: "conversational" }));
    expect(lines.map((line) => JSON.parse(line).prompt.length)).toEqual(Array(80).fill(2));
  });

  test("Self-Instruct's tasks come in as prompts with demonstrations", async () => {
    const { prompts, demonstrations, leftOut } = await real("self-instruct-seed-tasks.jsonl");
    expect([prompts, demonstrations, leftOut]).toEqual([175, 175, 0]);
    expect(await listed(demonstrationLines(inTests(world.db)))).toHaveLength(175);
  });
});

const cases = join(shared, "../cases");
const same = "The answers are all the same text: there is nothing to rank.";

describe.skipIf(!existsSync(cases))("files that went wrong elsewhere (../shared/cases, absent here: skipped)", () => {
  test.each<[string, string, object, string?]>([
    ["B3/pairs.jsonl", "trl-preference", { ranking: 4 }],
    ["B24b-no-checkpoint/prompts.jsonl", "trl-completion", { prompt: 8 }],
    ["B8-pairs-that-become-the-same/equal.jsonl", "trl-preference", { ranking: 0 }, same],
    ["B8-pairs-that-become-the-same/one-of-five.jsonl", "trl-preference", { ranking: 4 }, same],
    // They differ past what a model reads: as texts they are two.
    ["B8-pairs-that-become-the-same/tail.jsonl", "trl-preference", { ranking: 4 }],
    ["B9-too-long-rejected/pairs.jsonl", "trl-preference", { ranking: 4 }],
    ["N24-null-for-absent/pairs.jsonl", "trl-preference", { ranking: 4 }],
    ["N24-null-for-absent/ultra.jsonl", "trl-preference", { ranking: 4 }],
    ["N4-accuracy-of-ties/pairs.jsonl", "trl-preference", { ranking: 0 }, same],
  ])("%s is read as %s: %j", async (name, format, counts, reason) => {
    const file = fileInNode(join(cases, name));
    const { survey } = await surveyFile(file);
    expect([survey.format.name, survey.counts]).toMatchObject([format, counts]);
    expect(new Set(survey.problems.map((one) => one.reason))).toEqual(new Set(reason === undefined ? [] : [reason]));
  });
});
