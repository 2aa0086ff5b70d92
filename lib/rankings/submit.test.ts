import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { assignment, ranking, rankingTier } from "../../db/schema/rankings.ts";
import type { Assignment, Prompt } from "../api/contract.ts";
import {
  assignmentLeaseMs,
  leaseLost,
  nextAssignment,
  releaseAssignment,
  renewAssignment,
  skipAssignment,
} from "../assignments/assignments.ts";
import { regenerateCandidate } from "../comparisons/generate.ts";
import { viewComparison } from "../comparisons/view.ts";
import type { Context } from "../context.ts";
import { createPrompt } from "../prompts/prompts.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
  writeWaiting,
} from "../temporary.ts";
import { submitRanking } from "./submit.ts";

let installation: Installation;
let labeler: Context;
let other: Context;
let prompt: Prompt;
let comparisonId: string;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ labeler, other } = installation.as);
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
const stored = () => ormOf(installation.db).select().from(rankingTier).all();
const later = () => {
  installation.clock.now += assignmentLeaseMs;
};

test("a ranking is stored as tiers of the candidates behind the labels", async () => {
  const { id, candidates } = await taken(labeler);
  const result = await submitRanking(labeler, { id, ...ranked("b > a = C"), spentMs: 1234 });
  expect(result).toMatchObject({ comparisonId, strict: 2, tied: 1 });
  const tier = Object.fromEntries(stored().map((row) => [row.candidateId, row.tier]));
  expect(candidates.map((one) => [one.label, one.text, tier[one.id]])).toEqual([
    ["A", "Sand.", 2],
    ["B", "Fish.", 1],
    ["C", "Crabs.", 2],
  ]);
  const row = ormOf(installation.db).select().from(ranking).get();
  expect(row).toMatchObject({ k: 3, strict: 2, tied: 1, spentMs: 1234, submittedAt: installation.clock.now });
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({
    state: "ranked",
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
  expect(stored()).toHaveLength(3);
});

test("two submissions at once store one ranking", async () => {
  const { id } = await taken(labeler);
  const results = await Promise.all([1, 2, 3].map(() => submitRanking(labeler, { id, ...ranked("A>B>C") })));
  expect(new Set(results.map((one) => one.rankingId)).size).toBe(1);
  expect(stored()).toHaveLength(3);
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
  expect(stored()).toEqual([]);
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
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).resolves.toMatchObject({ strict: 3 });
  });

  test("once someone else has it, the late one is told so and nothing of theirs is stored", async () => {
    const { id } = await taken(labeler);
    later();
    const second = await taken(other);
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(renewAssignment(labeler, { id })).rejects.toThrow(/ran out and they went to someone else/);
    await submitRanking(other, { id: second.id, ...ranked("C>B>A") });
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(stored()).toHaveLength(3);
  });

  test("when the other gave it back, the late ranking is taken after all", async () => {
    const { id } = await taken(labeler);
    later();
    await releaseAssignment(other, { id: (await taken(other)).id });
    await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).resolves.toMatchObject({ strict: 3 });
    expect(
      ormOf(installation.db)
        .select()
        .from(assignment)
        .all()
        .map((row) => row.state)
        .sort(),
    ).toEqual(["released", "submitted"]);
  });

  test("a reason to skip is stored or refused, never lost; saying it again is no error", async () => {
    const { id } = await taken(labeler);
    later();
    await releaseAssignment(other, { id: (await taken(other)).id });
    const skip = (one: string) => skipAssignment(labeler, { id: one, reason: "sensitive" });
    await expect(skip(id)).rejects.toMatchObject({ code: "CONFLICT", message: leaseLost });

    const { id: again } = await taken(labeler);
    expect(await Promise.all([skip(again), skip(again)])).toEqual([{ ok: true }, { ok: true }]);
    expect(await skip(again)).toEqual({ ok: true });
    const rows = ormOf(installation.db).select().from(assignment).all();
    expect(rows.map((row) => [row.state, row.skipReason]).sort()).toEqual([
      ["expired", null],
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
  const again = () => regenerateCandidate(other, { id: candidates[0]!.id });
  await expect(again()).rejects.toThrow("Someone is ranking these answers just now: they cannot change.");
  later();
  await again();
  await expect(submitRanking(labeler, { id, ...ranked("A>B>C") })).rejects.toThrow(/being written anew/);
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({ state: "generating" });
});

test("nobody ranks answers that were written anew since they saw them", async () => {
  const first = await taken(labeler);
  later();
  const second = await taken(other);
  later();
  await regenerateCandidate(other, { id: first.candidates[0]!.id });
  await writeWaiting(labeler, comparisonId, ["Stones."]);
  expect(await viewComparison(labeler, { id: comparisonId })).toMatchObject({ state: "ready" });

  const changed = { code: "CONFLICT", message: expect.stringMatching(/written anew/) };
  await expect(submitRanking(labeler, { id: first.id, ...ranked("A>B>C") })).rejects.toMatchObject(changed);
  await expect(submitRanking(other, { id: second.id, ...ranked("A>B>C") })).rejects.toMatchObject(changed);
  expect(stored()).toEqual([]);

  const next = await taken(labeler);
  expect(next.candidates.map((one) => one.text)).toEqual(["Stones.", "Fish.", "Crabs."]);
  await expect(submitRanking(labeler, { id: next.id, ...ranked("A>B>C") })).resolves.toMatchObject({ strict: 3 });
});
