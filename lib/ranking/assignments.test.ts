import { afterEach, beforeEach, expect, test } from "vitest";
import { addPrompt, runSql } from "../../db/database.fixture.ts";
import type { Context } from "../context.ts";
import {
  addTinyModels,
  type Installation,
  ranked,
  readyComparison,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import type { Assignment } from "../vocabulary/shapes.ts";
import { saveDraft } from "../writing/drafts.ts";
import {
  assignmentLeaseMs,
  getAssignment,
  leaseLost,
  nextAssignment,
  releaseAssignment,
  renewAssignment,
  skipAssignment,
} from "./assignments.ts";
import { createComparison, stopComparison } from "./generate.ts";
import { listOwnRankings } from "./own-rankings.ts";
import { submitRanking } from "./submit.ts";

let installation: Installation;
let labeler: Context;
let other: Context;
let comparisons: string[];
const turns = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "What do otters eat?" },
] as const;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ labeler, other } = installation.as);
  await addTinyModels(installation);
  comparisons = [];
  for (const text of [turns, "Why?"]) {
    const made = await readyComparison(labeler, await addPrompt(installation.db, text), ["Sand.", "Fish.", "Crabs."]);
    comparisons.push(made.id);
  }
});
afterEach(() => installation.remove());

async function taken(ctx: Context, input?: { after?: string; comparisonId?: string }): Promise<Assignment> {
  const next = await nextAssignment(ctx, input);
  if (!next) throw new Error("Nothing to rank.");
  return next;
}
const refused = (message: string | RegExp, code = "CONFLICT") =>
  expect.objectContaining({ code, message: typeof message === "string" ? message : expect.stringMatching(message) });

test("shows the turns of the prompt, the answers by label, and whether to rate first", async () => {
  const first = await taken(labeler);
  expect(first).toMatchObject({
    comparisonId: comparisons[0],
    prompt: { kind: "plain", messages: turns, useCase: "open QA" },
    candidates: [
      { label: "A", text: "Sand.", tokens: 3 },
      { label: "B", text: "Fish." },
      { label: "C", text: "Crabs." },
    ],
    rateFirst: true,
    leaseUntil: installation.clock.now + assignmentLeaseMs,
    isLate: false,
    draft: null,
    submitted: null,
  });
  await runSql(
    installation.db,
    "insert into project_setting (project_id, name, value) values ('practice', 'rateFirst', 'false')",
  );
  // What is begun ends as it began; the next one is as the project has it by then.
  expect(await taken(labeler)).toEqual(first);
  expect(await getAssignment(labeler, { id: first.id })).toEqual(first);
  await releaseAssignment(labeler, { id: first.id });
  expect(await taken(labeler)).toMatchObject({ comparisonId: first.comparisonId, rateFirst: false });
});

test("the one after the one on the screen comes ahead, and stays after the first is submitted", async () => {
  const first = await taken(labeler);
  const ahead = await taken(labeler, { after: first.id });
  expect([first, ahead].map((one) => one.comparisonId)).toEqual(comparisons);
  expect(await nextAssignment(other)).toBeNull();
  await submitRanking(labeler, { id: first.id, ...ranked("A>B>C") });
  expect((await taken(labeler)).id).toBe(ahead.id);
  expect(await nextAssignment(labeler, { after: ahead.id })).toBeNull();
  await releaseAssignment(labeler, { id: ahead.id });
  expect((await taken(other)).comparisonId).toBe(comparisons[1]);
});

test("renewing keeps both; the one whose lease ran out goes to others and says so", async () => {
  const first = await taken(labeler);
  const ahead = await taken(labeler, { after: first.id });
  installation.clock.now += assignmentLeaseMs - 1;
  const { leaseUntil } = await renewAssignment(labeler, { id: first.id });
  expect((await getAssignment(labeler, { id: ahead.id })).leaseUntil).toBe(leaseUntil);
  expect(await nextAssignment(other)).toBeNull();
  installation.clock.now = leaseUntil;
  expect((await taken(other)).comparisonId).toBe(first.comparisonId);
  await expect(renewAssignment(labeler, { id: first.id })).rejects.toEqual(refused(leaseLost));
  // It can still be finished, and says that it comes late.
  expect([first.isLate, (await getAssignment(labeler, { id: first.id })).isLate]).toEqual([false, true]);
  expect(await taken(labeler, { comparisonId: first.comparisonId })).toMatchObject({ id: first.id, isLate: true });
  expect((await renewAssignment(labeler, { id: ahead.id })).leaseUntil).toBeGreaterThan(leaseUntil);
});

test("a chosen comparison is claimed, or refused with the reason", async () => {
  const [one, two] = comparisons;
  const choose = (ctx: Context, comparisonId = "") => nextAssignment(ctx, { comparisonId });
  const chosen = await taken(labeler, { comparisonId: two });
  expect(chosen.comparisonId).toBe(two);
  expect((await taken(labeler)).id).toBe(chosen.id);
  await expect(choose(other, two)).rejects.toEqual(refused("Someone else is ranking these answers just now."));
  await submitRanking(labeler, { id: chosen.id, ...ranked("A>B>C") });
  await expect(choose(other, two)).rejects.toEqual(refused("These answers are ranked already."));
  await expect(choose(labeler, two)).rejects.toEqual(refused(/^You have ranked these answers already: reopen/));
  await skipAssignment(labeler, { id: (await taken(labeler, { comparisonId: one })).id, reason: "unclear" });
  await expect(choose(labeler, one)).rejects.toEqual(refused(/^You have skipped these answers/));
  await expect(choose(labeler, "nothing")).rejects.toEqual(refused("There is no such comparison.", "NOT_FOUND"));
  const promptId = await addPrompt(installation.db);
  const { id } = await createComparison(labeler, { ...settings, promptId, k: 2 });
  await expect(choose(labeler, id)).rejects.toEqual(refused(/still being generated/));
  await stopComparison(labeler, { id });
  await expect(choose(labeler, id)).rejects.toEqual(refused(/^Some of these answers are not there/));
});

test("the draft comes along, also when it is handed out anew", async () => {
  const { id, comparisonId } = await taken(labeler);
  const subject = `ranking:${comparisonId}`;
  const content = { ranks: { A: 1 }, note: "half \ud83d" };
  const save = (basedOn = 0) => saveDraft(labeler, { subject, basedOn, writer: "w", content });
  const { draft } = await save();
  expect((await taken(labeler)).draft).toEqual({ ...draft, content });
  await releaseAssignment(labeler, { id });
  expect((await taken(other)).draft).toBeNull();
  await releaseAssignment(other, { id: (await taken(other)).id });
  const again = await taken(labeler);
  expect(again.draft).toEqual({ ...draft, content });
});

test("a submitted one is got again with all that was said, and what was given back is not", async () => {
  const { id } = await taken(labeler);
  const said = {
    ...ranked("B>A=C"),
    ratings: [
      { label: "A", likert: 2, flags: ["hallucination" as const], note: "No.", spentMs: 10 },
      { label: "B", likert: 7, flags: [], note: "", spentMs: 20 },
      { label: "C", likert: 1, flags: [], note: "", spentMs: 30 },
    ],
    promptFlags: ["ambiguous" as const],
    guards: [{ kind: "flagged-first" as const, said: "You flagged B.", heeded: true }],
    spentMs: 99,
    guidelinesVersion: 3,
  };
  await submitRanking(labeler, { id, ...said });
  const submittedAt = installation.clock.now;
  expect(await getAssignment(labeler, { id })).toMatchObject({
    id,
    candidates: [{ label: "A" }, {}, {}],
    draft: null,
    submitted: { ...said, version: 1, submittedAt },
  });
  await expect(getAssignment(other, { id })).rejects.toEqual(
    refused("This assignment is someone else's.", "FORBIDDEN"),
  );

  const second = await taken(labeler);
  await skipAssignment(labeler, { id: second.id, reason: "sensitive" });
  await expect(getAssignment(labeler, { id: second.id })).rejects.toEqual(refused(/^You have skipped these answers/));
  const others = await taken(other);
  await releaseAssignment(other, { id: others.id });
  await expect(getAssignment(other, { id: others.id })).rejects.toEqual(refused(/^You have given these answers back/));
});

test("whoever only writes or trains ranks nothing", async () => {
  const { writer, engineer, annotator } = installation.as;
  const { id } = await taken(annotator);
  for (const ctx of [writer, engineer]) {
    for (const call of [
      nextAssignment(ctx),
      getAssignment(ctx, { id }),
      renewAssignment(ctx, { id }),
      releaseAssignment(ctx, { id }),
      skipAssignment(ctx, { id, reason: "unclear" }),
      submitRanking(ctx, { id, ...ranked("A>B>C") }),
      listOwnRankings(ctx, { limit: 1 }),
    ]) {
      const sentence = "Only admins, reviewers, labelers, and annotators may rank answers.";
      await expect(call).rejects.toEqual(refused(sentence, "FORBIDDEN"));
    }
  }
});
