import { afterEach, beforeEach, expect, test } from "vitest";
import {
  addTinyModels,
  type Installation,
  plain,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { assignmentLeaseMs, nextAssignment, skipAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { listDemonstrations, reviewDemonstration, reviseDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { overview } from "./overview.ts";
import { updateSettings } from "./settings.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

const dayMs = 24 * 60 * 60 * 1_000;

test("demonstrations wait for a reviewer who did not write them; sent back, for their author", async () => {
  const { labeler, other, reviewer, annotator } = installation.as;
  await createPrompt(labeler, plain("One?", "chat", "Yes."));
  await createPrompt(reviewer, plain("Two?", "chat", "No."));
  expect(await overview(reviewer)).toMatchObject({ demonstrations: 2, demonstrationsToReview: 1, myDemonstrations: 1 });
  expect(await overview(labeler)).toMatchObject({ demonstrationsToReview: 0, demonstrationsReturned: 0 });

  const { items } = await listDemonstrations(reviewer, { of: "others", limit: 9 });
  await reviewDemonstration(reviewer, { id: items[0]!.id, rating: 3, returned: true, comment: "Why?" });
  expect(await overview(reviewer)).toMatchObject({ demonstrationsToReview: 0 });
  expect(await overview(labeler)).toMatchObject({ demonstrationsReturned: 1, myDemonstrations: 1 });
  expect(await overview(other)).toMatchObject({ demonstrationsReturned: 0, myDemonstrations: 0 });
  expect(await overview(annotator)).toMatchObject({ demonstrationsReturned: 0 });

  await reviseDemonstration(labeler, { id: items[0]!.id, text: "Yes, because." });
  expect(await overview(labeler)).toMatchObject({ demonstrations: 2, demonstrationsReturned: 0, myDemonstrations: 1 });
  expect(await overview(reviewer)).toMatchObject({ demonstrationsToReview: 1 });
});

test("a reopened ranking counts once, and the pace is that of the last seven days", async () => {
  const { labeler, reviewer, writer } = installation.as;
  await updateSettings(reviewer, { rateFirst: false });
  const prompt = await createPrompt(labeler, plain("One?"));
  await readyComparison(labeler, prompt.id, ["a", "b", "c"]);
  await readyComparison(labeler, prompt.id, ["a", "b"]);
  expect(await overview(labeler)).toMatchObject({
    comparisonsLeft: 2,
    waitingForMe: 2,
    rankingsLastWeek: 0,
    daysRanked: 1,
  });
  expect(await overview(writer)).toMatchObject({ comparisonsLeft: 2, waitingForMe: 0 });

  const first = await nextAssignment(labeler, {});
  const submission = { id: first!.id, ratings: [], promptFlags: [], guards: [] };
  await submitRanking(labeler, { ...submission, notation: "A>B>C" });
  const once = { rankings: 1, pairs: 3, myRankings: 1, comparisonsComplete: 1, rankingsLastWeek: 1 };
  expect(await overview(labeler)).toMatchObject(once);
  installation.clock.now += 6 * dayMs;
  await submitRanking(labeler, { ...submission, notation: "A=B>C", revises: 1 });
  expect(await overview(labeler)).toMatchObject({ ...once, daysRanked: 6 });
  installation.clock.now += 2 * dayMs;
  expect(await overview(labeler)).toMatchObject({ ...once, rankingsLastWeek: 0, daysRanked: 7 });
});

test("what someone holds waits for nobody else until their lease runs out, and what one skipped for all others", async () => {
  const { labeler, annotator } = installation.as;
  const prompt = await createPrompt(labeler, plain("One?"));
  await readyComparison(labeler, prompt.id, ["a", "b"]);
  const waiting = async () => [(await overview(labeler)).waitingForMe, (await overview(annotator)).waitingForMe];
  const held = await nextAssignment(labeler);
  expect(await waiting()).toEqual([1, 0]);
  installation.clock.now += assignmentLeaseMs;
  expect(await waiting()).toEqual([1, 1]);
  await skipAssignment(labeler, { id: held!.id, reason: "unclear" });
  expect(await waiting()).toEqual([0, 1]);
});
