import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { contentsOf, inTests, runSql } from "../../db/database.fixture.ts";
import { watermarkNow } from "../../db/queries/exports.ts";
import { assignment, ranking, rankingTier } from "../../db/schema/rankings.ts";
import type { Context } from "../context.ts";
import { comparisonLines } from "../datasets/export.ts";
import { countExport } from "../datasets/preview.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { listMembers } from "../project/members.ts";
import { overview } from "../project/overview.ts";
import { newTraining } from "../training/shapes.ts";
import { startTraining } from "../training/start.ts";
import type { Assignment, Prompt, Submission } from "../vocabulary/shapes.ts";
import { saveDraft } from "../writing/drafts.ts";
import { createPrompt } from "../writing/prompts.ts";
import {
  assignmentLeaseMs,
  getAssignment,
  leaseLost,
  nextAssignment,
  releaseAssignment,
  renewAssignment,
  skipAssignment,
} from "./assignments.ts";
import { regenerateCandidate } from "./generate.ts";
import { listOwnRankings } from "./own-rankings.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison } from "./view.ts";

let installation: Installation;
let labeler: Context;
let other: Context;
let reviewer: Context;
let prompt: Prompt;
let comparisonId: string;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ labeler, other, reviewer } = installation.as);
  await addTinyModels(installation);
  prompt = await createPrompt(labeler, plain("What do otters eat?", "open QA"));
  ({ id: comparisonId } = await readyComparison(labeler, prompt.id, ["Sand.", "Fish.", "Crabs."]));
});
afterEach(() => installation.remove());

async function taken(ctx: Context): Promise<Assignment> {
  const next = await nextAssignment(ctx);
  if (!next) throw new Error("Nothing to rank.");
  return next;
}
const stored = async () => ormOf(installation.db).select().from(rankingTier).all();
const later = () => {
  installation.clock.now += assignmentLeaseMs;
};

test("a ranking is stored as tiers of the candidates behind the labels", async () => {
  const { id, candidates } = await taken(labeler);
  const result = await submitRanking(labeler, { id, ...ranked("b > a = C"), spentMs: 1234 });
  expect(result).toMatchObject({ comparisonId, strict: 2, tied: 1 });
  const tier = Object.fromEntries((await stored()).map((row) => [row.candidateId, row.tier]));
  expect(candidates.map((one) => [one.label, one.text, tier[one.id]])).toEqual([
    ["A", "Sand.", 2],
    ["B", "Fish.", 1],
    ["C", "Crabs.", 2],
  ]);
  const row = await ormOf(installation.db).select().from(ranking).get();
  expect(row).toMatchObject({ k: 3, strict: 2, tied: 1, spentMs: 1234, submittedAt: installation.clock.now });
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({
    state: "ready",
    wanted: 1,
    rankingCount: 1,
    isRankedByMe: true,
    rankings: [{ labeler: "labeler", notation: "B>A=C" }],
  });
  expect(await nextAssignment(labeler)).toBeNull();
});

test("submitting the same again is the same ranking; another one is refused", async () => {
  const { id } = await taken(labeler);
  const first = await submitRanking(labeler, { id, ...ranked("B>A=C") });
  expect(await submitRanking(labeler, { id, ...ranked("b>c=a") })).toEqual(first);
  await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toThrow(
    "You have submitted another ranking of these answers already: it stays as it is.",
  );
  expect(await stored()).toHaveLength(3);
});

test("one text in two ranks is refused in a sentence, unless the guard that asks about it comes along", async () => {
  const { id: otherId } = await createPrompt(labeler, plain("Do otters sing?"));
  await submitRanking(labeler, { id: (await taken(labeler)).id, ...ranked("A>B>C") });
  await readyComparison(labeler, otherId, ["No.", "Yes.", "No.\n"]);
  const { id } = await taken(labeler);
  await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message:
      'A and C are the same text, word for word, in different ranks. Tie them, or name the guard "twins-apart" to rank them so.',
  });
  expect(await ormOf(installation.db).select().from(ranking).all()).toHaveLength(1);
  const guard = { kind: "twins-apart", said: "A and C are the same text.", heeded: false } as const;
  const { rankingId } = await submitRanking(labeler, { id, ...ranked("A>B>C"), guards: [guard] });
  await expect(getAssignment(labeler, { id })).resolves.toMatchObject({ submitted: { guards: [guard] } });
  expect(rankingId).toBeDefined();
  // Tied there is nothing to ask.
  await readyComparison(labeler, otherId, ["No.", "Yes.", "No."]);
  await submitRanking(labeler, { id: (await taken(labeler)).id, ...ranked("A=C>B") });
});

describe("the ratings", () => {
  const rated = (...labels: string[]) => labels.map((label) => ({ label, likert: 4, flags: [], note: "", spentMs: 0 }));
  const rateFirst = (value: boolean) =>
    runSql(
      installation.db,
      `insert into project_setting (project_id, name, value) values ('practice', 'rateFirst', '${value}')`,
    );

  test("are stored with flags, note and time, and the ranking with what was shown on the way", async () => {
    const { id, candidates } = await taken(labeler);
    await submitRanking(labeler, {
      id,
      notation: "B>A=C",
      ratings: [
        { label: "C", likert: 1, flags: [], note: "\u{1f9a6}\u0007 \u202e", spentMs: 3 },
        { label: "A", likert: 2, flags: ["harmful-advice", "fails-task", "harmful-advice"], note: "", spentMs: 1 },
        { label: "B", likert: 7, flags: ["expresses-opinion"], note: "Good.", spentMs: 2 },
      ],
      promptFlags: ["intent-unclear", "ambiguous", "ambiguous"],
      guards: [
        { kind: "untouched-order", said: "first", heeded: false },
        { kind: "rating-contradicts", said: "A is above B.", heeded: true },
        { kind: "untouched-order", said: "last", heeded: false },
      ],
      spentMs: 60_000,
      guidelinesVersion: 4,
    });
    const rows = await contentsOf(installation.db);
    const at = (label: string) => candidates.find((one) => one.label === label)?.id;
    expect(rows.rating).toEqual(
      [
        { candidateId: at("A"), likert: 2, note: "", spentMs: 1 },
        { candidateId: at("B"), likert: 7, note: "Good.", spentMs: 2 },
        { candidateId: at("C"), likert: 1, note: "\u{1f9a6}\u0007 \u202e", spentMs: 3 },
      ].map((row) => expect.objectContaining(row)),
    );
    expect(rows.rating_flag).toMatchObject([
      { candidateId: at("A"), flag: "fails-task" },
      { candidateId: at("A"), flag: "harmful-advice" },
      { candidateId: at("B"), flag: "expresses-opinion" },
    ]);
    expect(rows.ranking_prompt_flag).toMatchObject([{ flag: "ambiguous" }, { flag: "intent-unclear" }]);
    expect(rows.ranking_guard).toMatchObject([
      { kind: "rating-contradicts", said: "A is above B.", heeded: true },
      { kind: "untouched-order", said: "last", heeded: false },
    ]);
    expect(rows.ranking).toMatchObject([{ version: 1, spentMs: 60_000, guidelinesVersion: 4 }]);
    expect((await stored()).map((row) => [row.candidateId, row.position]).sort()).toEqual(
      candidates.map((one, place) => [one.id, place]).sort(),
    );
  });

  test.each([
    [["A", "B"], "Rate answer C first."],
    [[], "Rate answer A first."],
    [["A", "B", "C", "B"], "Answer B is rated twice."],
    [["A", "B", "C", "D"], "There is no answer D to rate: they are A, B, C."],
    [["a", "B", "C"], "There is no answer a to rate: they are A, B, C."],
  ])("%j are refused and nothing is stored", async (labels, message) => {
    const { id } = await taken(labeler);
    const call = submitRanking(labeler, { id, ...ranked("A>B>C"), ratings: rated(...labels) });
    await expect(call).rejects.toMatchObject({ code: "BAD_REQUEST", message });
    expect(await stored()).toEqual([]);
    expect((await taken(labeler)).id).toBe(id);
  });

  test("are asked for as they were when the answers were handed out, whatever the project asks for since", async () => {
    await rateFirst(false);
    const { id } = await taken(labeler);
    await runSql(installation.db, "update project_setting set value = 'true' where name = 'rateFirst'");
    const said = { id, ...ranked("A>B>C"), ratings: [] };
    const first = await submitRanking(labeler, said);
    expect(await submitRanking(labeler, said)).toEqual(first);
    expect(await submitRanking(labeler, { ...said, notation: "C>B>A", revises: 1 })).toMatchObject({ version: 2 });
  });

  test("are not asked for where the project only ranks, and kept where they were given all the same", async () => {
    await rateFirst(false);
    const { id } = await taken(labeler);
    await submitRanking(labeler, { id, ...ranked("A>B>C"), ratings: rated("B") });
    const [ranking] = (await viewComparison(labeler, { id: comparisonId })).rankings;
    expect(ranking?.ratings).toEqual(rated("B"));
  });
});

describe("saying the same again", () => {
  const said = {
    ...ranked("B>A=C"),
    promptFlags: ["ambiguous" as const],
  };
  const change = (part: Partial<Submission["ratings"][number]>) => ({
    ...said,
    ratings: said.ratings.map((one) => (one.label === "B" ? { ...one, ...part } : one)),
  });

  test("in another order, after another time, with other guards is the same ranking", async () => {
    const { id } = await taken(labeler);
    const first = await submitRanking(labeler, { id, ...change({ flags: ["fails-task", "hallucination"] }) });
    const again = change({ flags: ["hallucination", "fails-task", "fails-task"], spentMs: 7 });
    const ratings = again.ratings.toReversed();
    const guards = [{ kind: "untouched-order" as const, said: "?", heeded: false }];
    expect(await submitRanking(labeler, { id, ...again, ratings, guards, notation: " b>c = a", spentMs: 5 })).toEqual(
      first,
    );
    expect(await stored()).toHaveLength(3);
  });

  test.each([
    ["a rating", change({ likert: 5 })],
    ["a flag", change({ flags: ["hallucination"] })],
    ["a note", change({ note: "!" })],
    ["a prompt flag", { ...said, promptFlags: [] }],
    ["the order", { ...said, notation: "A=B>C" }],
  ])("with another %s is another ranking, and refused", async (_, other) => {
    const { id } = await taken(labeler);
    await submitRanking(labeler, { id, ...said });
    await expect(submitRanking(labeler, { id, ...other })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/^You have submitted another ranking/),
    });
  });
});

describe("reopening", () => {
  const versions = async () => ormOf(installation.db).select().from(ranking).all();

  test("keeps both versions, and the new one is what counts everywhere", async () => {
    const { id } = await taken(labeler);
    const first = await submitRanking(labeler, { id, ...ranked("A=B>C") });
    const atFirst = await watermarkNow(installation.db);
    installation.clock.now += 5;
    const second = await submitRanking(labeler, { id, ...ranked("B>A>C"), revises: 1 });
    expect([first.version, second.version]).toEqual([1, 2]);
    expect(second.rankingId).not.toBe(first.rankingId);
    expect(await versions()).toMatchObject([
      { version: 1, strict: 2, tied: 1 },
      { version: 2, strict: 3, tied: 0 },
    ]);
    expect((await viewComparison(other, { id: comparisonId })).rankings).toMatchObject([
      {
        id: second.rankingId,
        version: 2,
        notation: "B>A>C",
        submittedAt: installation.clock.now,
        earlier: [{ version: 1, notation: "A=B>C", submittedAt: installation.clock.now - 5 }],
      },
    ]);
    expect(await getAssignment(labeler, { id })).toMatchObject({ submitted: { version: 2, notation: "B>A>C" } });
    expect((await listOwnRankings(labeler, { limit: 10 })).items).toMatchObject([{ version: 2, notation: "B>A>C" }]);
    const lines = await listed(comparisonLines(inTests(installation.db)));
    expect(lines).toHaveLength(3);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      lines.map(() => ({ ranking_id: second.rankingId, ranking_version: 2 })),
    );
    expect(await listed(comparisonLines(inTests(installation.db), { at: atFirst }))).toHaveLength(2);
    const { reviewer, admin } = installation.as;
    expect(await countExport(reviewer, { dataset: "comparisons" })).toMatchObject({ read: 1, strict: 3, tied: 0 });
    expect(await overview(labeler)).toMatchObject({ rankings: 1, pairs: 3, myRankings: 1, comparisonsComplete: 1 });
    expect((await listMembers(admin)).find((one) => one.username === "labeler")).toMatchObject({ rankings: 1 });
    const asked = { kind: "reward", name: "One", baseModelId: "tiny-lm", settings: {} };
    const run = await startTraining(reviewer, newTraining.parse(asked));
    expect(run.data).toMatchObject([{ dataset: "comparisons", items: 1, lines: 3 }]);
  });

  test("is for the latest version only; the same again is no further version", async () => {
    const { id } = await taken(labeler);
    await submitRanking(labeler, { id, ...ranked("A>B>C") });
    const submit = (notation: string, revises?: number) => submitRanking(labeler, { id, ...ranked(notation), revises });
    const conflict = {
      code: "CONFLICT",
      message: expect.stringMatching(/changed in another window since you opened it/),
    };
    const second = await submit("B>A>C", 1);
    expect(await submit("B>A>C", 1)).toEqual(second); // its answer was lost
    await expect(submit("C>A>B", 1)).rejects.toMatchObject(conflict);
    await expect(submit("A>B>C", 1)).rejects.toMatchObject(conflict);
    await expect(submit("C>A>B", 3)).rejects.toMatchObject(conflict);
    await expect(submit("C>A>B")).rejects.toThrow(/another ranking/);
    expect(await submit("A>B>C")).toMatchObject({ version: 1 }); // the first one's answer was lost
    expect(await submit("B>A>C", 2)).toEqual(second); // opened, not changed
    expect((await submit("A>B>C", 2)).version).toBe(3);
    expect((await versions()).map((row) => row.version)).toEqual([1, 2, 3]);
  });

  test("two windows at the same moment: one of them counts, the other is told", async () => {
    const { id } = await taken(labeler);
    await submitRanking(labeler, { id, ...ranked("A>B>C") });
    const both = await Promise.allSettled(
      ["B>A>C", "C>A>B"].map((notation) => submitRanking(labeler, { id, ...ranked(notation), revises: 1 })),
    );
    // Either of them, on a server that works on both at once.
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await versions()).toHaveLength(2);
  });

  test("is the author's alone, and only of what was submitted; the draft of it goes along", async () => {
    const { id } = await taken(labeler);
    const revised = { id, ...ranked("A>B>C"), revises: 1 };
    await expect(submitRanking(labeler, revised)).rejects.toThrow(/no ranking of these answers to change yet/);
    await submitRanking(labeler, { id, ...ranked("C>B>A") });
    await expect(submitRanking(other, revised)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const draft = { subject: `ranking:${comparisonId}`, writer: "w", basedOn: 0, content: "board" };
    expect(await saveDraft(labeler, draft)).toMatchObject({ outcome: "saved" });
    expect(await getAssignment(labeler, { id })).toMatchObject({ draft: { content: "board" } });
    await submitRanking(labeler, revised);
    expect(await getAssignment(labeler, { id })).toMatchObject({ draft: null, submitted: { version: 2 } });

    await saveDraft(labeler, draft);
    await submitRanking(labeler, revised); // again, late: the draft is of what came after it
    expect(await getAssignment(labeler, { id })).toMatchObject({ draft: { content: "board" } });
    await submitRanking(labeler, { ...revised, revises: 2 }); // opened, not changed
    expect(await getAssignment(labeler, { id })).toMatchObject({ draft: null, submitted: { version: 2 } });
  });
});

test("one's own rankings page by page, newest first, each once though it has versions", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    if (i > 0) await readyComparison(labeler, prompt.id, ["a", "b"]);
    const { id, candidates } = await taken(labeler);
    const notation = candidates.map((one) => one.label).join("=");
    await submitRanking(labeler, { id, ...ranked(notation), spentMs: i });
    ids.push(id);
  }
  await submitRanking(labeler, { id: ids[1]!, ...ranked("B>A"), revises: 1 });
  const pages: string[][] = [];
  for (let cursor: string | undefined; pages.length < 5; ) {
    const { items, next } = await listOwnRankings(labeler, { cursor, limit: 2 });
    pages.push(items.map((one) => `${ids.indexOf(one.assignmentId)} ${one.notation} v${one.version}`));
    if (!next) break;
    cursor = next;
  }
  expect(pages).toEqual([
    ["1 B>A v2", "3 A=B v1"],
    ["2 A=B v1", "0 A=B=C v1"],
  ]);
  const { items, next } = await listOwnRankings(labeler, { limit: 4 });
  expect(next).toBeNull();
  expect(items[3]).toEqual({
    assignmentId: ids[0],
    comparisonId,
    promptText: "What do otters eat?",
    useCase: "open QA",
    notation: "A=B=C",
    version: 1,
    submittedAt: installation.clock.now,
    spentMs: 0,
    modelOrder: null,
    askedAgain: null,
  });
  expect(await listOwnRankings(other, { limit: 4 })).toEqual({ items: [], next: null });
});

test("two submissions at once store one ranking", async () => {
  const { id } = await taken(labeler);
  const results = await Promise.all([1, 2, 3].map(() => submitRanking(labeler, { id, ...ranked("A>B>C") })));
  expect(new Set(results.map((one) => one.rankingId)).size).toBe(1);
  expect(await stored()).toHaveLength(3);
});

test.each([
  ["A>B", "C is missing."],
  ["A>B>B=C", "B appears twice."],
  ["A>B>X", "X is not one of A, B, C."],
  ["A>B>C>", 'The ranking is unfinished: a label is missing after the last ">".'],
  ["", "The ranking is empty: write it like A>B=C."],
])("%j is refused, nothing is stored and the assignment stays", async (notation, sentence) => {
  const { id } = await taken(labeler);
  await expect(submitRanking(labeler, { id, ...ranked(notation) })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: sentence,
  });
  expect(await stored()).toEqual([]);
  expect((await taken(labeler)).id).toBe(id);
});

describe("whose assignment it is", () => {
  test("another person's is refused in every way", async () => {
    const { id } = await taken(labeler);
    const refused = { code: "FORBIDDEN", message: "This assignment is someone else's." };
    await expect(submitRanking(other, { id, ...ranked("A>B>C") })).rejects.toMatchObject(refused);
    await expect(renewAssignment(other, { id })).rejects.toMatchObject(refused);
    await expect(releaseAssignment(other, { id })).rejects.toMatchObject(refused);
    await expect(skipAssignment(other, { id, reason: "broken" })).rejects.toMatchObject(refused);
    expect(await nextAssignment(other)).toBeNull();
  });

  test("a lease that ran out does no harm while nobody else took it", async () => {
    const { id } = await taken(labeler);
    later();
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).resolves.toMatchObject({
      strict: 3,
      isLate: false,
    });
  });

  test.each(["has", "has ranked"])(
    "where someone else %s it by then, a late one is kept beside theirs",
    async (how) => {
      const { id } = await taken(labeler);
      later();
      const second = await taken(other);
      await expect(renewAssignment(labeler, { id })).rejects.toMatchObject({ code: "CONFLICT", message: leaseLost });
      const rankTheirs = async () => submitRanking(other, { id: second.id, ...ranked("C>B>A") });
      if (how === "has ranked") expect(await rankTheirs()).toMatchObject({ isLate: false });
      // Whoever may still finish stays blind.
      const seen = await viewComparison(labeler, { id: comparisonId });
      expect([seen.isRankedByMe, seen.rankings, seen.candidates[0]?.modelName]).toEqual([false, [], null]);
      const late = { id, ...ranked("A>B>C") };
      expect(await submitRanking(labeler, late)).toMatchObject({ isLate: true, version: 1, strict: 3 });
      expect(await submitRanking(labeler, late)).toMatchObject({ version: 1 });
      if (how === "has") expect(await rankTheirs()).toMatchObject({ isLate: false });
      const { wanted, rankingCount, rankings } = await viewComparison(reviewer, { id: comparisonId });
      expect([wanted, rankingCount]).toEqual([1, 2]);
      expect(rankings.map(({ labeler, notation }) => [labeler, notation]).sort()).toEqual([
        ["labeler", "A>B>C"],
        ["other", "C>B>A"],
      ]);
      // It counts as any other: it is one's own, and can be reopened.
      expect(await submitRanking(labeler, { ...late, ...ranked("B>A>C"), revises: 1 })).toMatchObject({ version: 2 });
      expect(await overview(labeler)).toMatchObject({
        rankings: 2,
        myRankings: 1,
        comparisonsComplete: 1,
        rankingsLeft: 0,
      });
    },
  );

  test("when the other gave it back, the late ranking is taken after all", async () => {
    const { id } = await taken(labeler);
    later();
    await releaseAssignment(other, { id: (await taken(other)).id });
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).resolves.toMatchObject({ strict: 3 });
    expect((await ormOf(installation.db).select().from(assignment).all()).map((row) => row.state).sort()).toEqual([
      "released",
      "submitted",
    ]);
  });

  test("a reason to skip is stored or refused, never lost; saying it again is no error", async () => {
    const { id } = await taken(labeler);
    later();
    await releaseAssignment(other, { id: (await taken(other)).id });
    const skip = () => skipAssignment(labeler, { id, reason: "sensitive" });
    // Also one whose time ran out.
    expect(await Promise.all([skip(), skip()])).toEqual([{ ok: true }, { ok: true }]);
    expect(await skip()).toEqual({ ok: true });
    expect(await nextAssignment(labeler)).toBeNull();
    const rows = await ormOf(installation.db).select().from(assignment).all();
    expect(rows.map((row) => [row.state, row.skipReason]).sort()).toEqual([
      ["released", null],
      ["skipped", "sensitive"],
    ]);
  });

  test("renewing keeps it; what was skipped or given back cannot be ranked", async () => {
    const { id } = await taken(labeler);
    installation.clock.now += assignmentLeaseMs - 1;
    expect(await renewAssignment(labeler, { id })).toEqual({ leaseUntil: installation.clock.now + assignmentLeaseMs });
    installation.clock.now += assignmentLeaseMs - 1;
    expect(await nextAssignment(other)).toBeNull();
    await skipAssignment(labeler, { id, reason: "needs expertise" });
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toThrow(/given these answers back/);
    expect(await nextAssignment(labeler)).toBeNull();
    expect((await taken(other)).prompt.id).toBe(prompt.id);
  });
});

test("answers that are being ranked, or are ranked, do not change", async () => {
  const { id, candidates } = await taken(labeler);
  const again = () => regenerateCandidate(reviewer, { id: candidates[0]!.id });
  await expect(again()).rejects.toThrow("Someone is ranking these answers just now: they cannot change.");
  later();
  await again();
  await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toThrow(/being written anew/);
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({ state: "generating" });

  await writeWaiting(labeler, comparisonId, ["Stones."]);
  const { id: next } = await taken(labeler);
  await submitRanking(labeler, { id: next, ...ranked("A>B>C") });
  later();
  await expect(again()).rejects.toThrow("These answers are ranked: they cannot change any more.");
  const after = await viewComparison(labeler, { id: comparisonId });
  expect(after).toMatchObject({ rankingCount: 1, candidates: [{ text: "Stones." }, {}, {}] });
});

test("nobody ranks answers that were written anew since they saw them", async () => {
  const first = await taken(labeler);
  later();
  const second = await taken(other);
  later();
  await regenerateCandidate(reviewer, { id: first.candidates[0]!.id });
  await writeWaiting(labeler, comparisonId, ["Stones."]);
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({ state: "ready" });

  const changed = { code: "CONFLICT", message: expect.stringMatching(/written anew/) };
  await expect(submitRanking(labeler, { id: first.id, ...ranked("A>B>C") })).rejects.toMatchObject(changed);
  await expect(submitRanking(other, { id: second.id, ...ranked("A>B>C") })).rejects.toMatchObject(changed);
  expect(await stored()).toEqual([]);

  const next = await taken(labeler);
  expect(next.candidates.map((one) => one.text)).toEqual(["Stones.", "Fish.", "Crabs."]);
  await expect(submitRanking(labeler, { id: next.id, ...ranked("A>B>C") })).resolves.toMatchObject({ strict: 3 });
});
