// One comparison ranked by several people: as many as are wanted at one time, each blind to the others.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { addPrompt, inTests } from "../../db/database.fixture.ts";
import { candidate, candidateScore, comparison, rankingAgreement } from "../../db/schema/index.ts";
import type { Context } from "../context.ts";
import { comparisonLines } from "../datasets/export.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  ranked,
  readyComparison,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { updateSettings } from "../project/settings.ts";
import { archivePrompt } from "../writing/prompt-changes.ts";
import { listPrompts } from "../writing/prompts.ts";
import { nextAssignment, skipAssignment } from "./assignments.ts";
import { listDisputes } from "./disputes.ts";
import { createComparison, regenerateCandidate } from "./generate.ts";
import { scoreComparison } from "./score.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison } from "./view.ts";

let installation: Installation;
let as: Installation["as"];
let promptId: string;
let id: string;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ as } = installation);
  await addTinyModels(installation);
  promptId = await addPrompt(installation.db);
  ({ id } = await readyComparison(as.labeler, promptId, ["Sand.", "Fish.", "Crabs."]));
});
afterEach(() => installation.remove());

const want = async (rankingsWanted: number) => updateSettings(as.reviewer, { rankingsWanted });
const claim = async (ctx: Context) => (await nextAssignment(ctx, { comparisonId: id }))!;
const rank = async (ctx: Context, notation: string) =>
  submitRanking(ctx, { id: (await claim(ctx)).id, ...ranked(notation) });

test("with three wanted, four people claim one at once: three are served, one is not, and all three rankings leave", async () => {
  await want(3);
  const people = [as.labeler, as.other, as.annotator, as.admin];
  const claims = await Promise.allSettled(people.map(async (ctx) => [ctx, await claim(ctx)] as const));
  const served = claims.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = claims.flatMap((one) => (one.status === "rejected" ? [one.reason.message] : []));
  expect(refused).toEqual(["Someone else is ranking these answers just now."]);
  expect(new Set(served.map(([, { id }]) => id)).size).toBe(3);
  const orders = ["A>B>C", "C=A>B", "B>C>A"];
  await Promise.all(served.map(([ctx, held], i) => submitRanking(ctx, { id: held.id, ...ranked(orders[i] ?? "") })));
  for (const ctx of people) expect(await nextAssignment(ctx)).toBeNull();
  const lines = (await listed(comparisonLines(inTests(installation.db)))).map((line) => JSON.parse(line));
  const pairs = Map.groupBy(lines, ({ labeler }) => labeler);
  expect([...pairs.keys()].sort()).toEqual(served.map(([{ actor }]) => actor?.username).sort());
  expect([...pairs.values()].map((of) => of.length)).toEqual(expect.arrayContaining([3, 3, 2]));
  expect(new Set(lines.map(({ ranking_id }) => ranking_id)).size).toBe(3);
});

test("who has ranked sees the models and their own ranking, the others nothing until all are in; names are for leads", async () => {
  await want(2);
  await rank(as.labeler, "A>B>C");
  const mine = await viewComparison(as.labeler, { id });
  expect(mine).toMatchObject({ wanted: 2, rankingCount: 1, isRankedByMe: true });
  expect([mine.candidates[0]?.modelName, mine.rankings.length]).toEqual(["lm model", 1]);
  for (const ctx of [as.other, as.admin, as.reviewer, as.engineer, as.writer]) {
    const seen = await viewComparison(ctx, { id });
    expect([seen.rankingCount, seen.isRankedByMe, seen.rankings]).toEqual([1, false, []]);
    for (const { modelName, seed, scores } of seen.candidates)
      expect([modelName, seed, scores]).toEqual([null, null, []]);
  }
  await rank(as.other, "C>B>A");
  const names = async (ctx: Context) => (await viewComparison(ctx, { id })).rankings.map(({ labeler }) => labeler);
  expect(await names(as.reviewer)).toEqual(["other", "labeler"]);
  expect(await names(as.engineer)).toEqual(["other", "labeler"]);
  expect(await names(as.labeler)).toEqual([null, "labeler"]);
  expect(await names(as.writer)).toEqual([null, null]);
});

test("scores, and what the reward model disagrees with, wait until all are in", async () => {
  await want(2);
  const { rankingId } = await rank(as.labeler, "A>B>C");
  const { db } = installation;
  await ormOf(db).update(comparison).set({ judgedBy: "tiny-reward" }).run();
  await ormOf(db).insert(rankingAgreement).values({ rankingId, modelId: "tiny-reward", agreed: 0, loss: 2 }).run();
  for (const { id: candidateId, position } of await ormOf(db).select().from(candidate).all()) {
    const score = { candidateId, modelId: "tiny-reward", score: position, scoredAt: 1 };
    await ormOf(db).insert(candidateScore).values(score).run();
  }
  const disputes = async () => (await listDisputes(as.reviewer, { state: "open", limit: 9 })).items.length;
  expect(await disputes()).toBe(0);
  const score = async () => scoreComparison(as.engineer, { id, modelId: "tiny-reward" });
  await expect(score()).rejects.toThrow("These answers have 1 of 2 rankings: rank them first.");
  await rank(as.other, "A=B=C");
  expect(await disputes()).toBe(1);
  await expect(score()).resolves.toEqual({ ok: true });
});

describe("another number", () => {
  test("more brings back what was ranked, to others; fewer takes nothing from anybody", async () => {
    await rank(as.labeler, "A>B>C");
    const figures = async (ctx: Context) => {
      const { comparisonsLeft, rankingsLeft, comparisonsComplete, waitingForMe } = await overview(ctx);
      return [comparisonsLeft, rankingsLeft, comparisonsComplete, waitingForMe];
    };
    const ofPrompt = async () => (await listPrompts(as.labeler, { limit: 9 })).items.map((one) => one.rankingsLeft);
    expect([await figures(as.other), await ofPrompt()]).toEqual([[0, 0, 1, 0], [0]]);
    await want(3);
    expect([await figures(as.other), await ofPrompt()]).toEqual([[1, 2, 0, 1], [2]]);
    expect(await figures(as.labeler)).toEqual([1, 2, 0, 0]);
    expect(await nextAssignment(as.labeler)).toBeNull();
    const [one, two] = [await claim(as.other), await claim(as.annotator)];
    expect((await overview(as.admin)).rankedByOthers).toBe(1);
    await want(1);
    expect(await nextAssignment(as.admin)).toBeNull();
    for (const [ctx, held] of [
      [as.other, one],
      [as.annotator, two],
    ] as const) {
      expect(await submitRanking(ctx, { id: held.id, ...ranked("A>B>C") })).toMatchObject({ isLate: false });
    }
    expect(await viewComparison(as.reviewer, { id })).toMatchObject({ wanted: 1, rankingCount: 3 });
  });

  test("a lead gives one comparison its own, which the project's does not touch", async () => {
    const own = await createComparison(as.reviewer, { ...settings, promptId, k: 2, wanted: 2 });
    await want(4);
    expect([own.wanted, (await viewComparison(as.labeler, { id: own.id })).wanted]).toEqual([2, 2]);
    expect((await viewComparison(as.labeler, { id })).wanted).toBe(4);
    expect(await createComparison(as.labeler, { ...settings, promptId, k: 2 })).toMatchObject({ wanted: 4 });
    await expect(createComparison(as.labeler, { ...settings, promptId, k: 2, wanted: 2 })).rejects.toThrow(
      "Only admins and reviewers may say how many rankings of these answers are wanted.",
    );
  });
});

test("after the first ranking no answer changes; what is archived or skipped is not left", async () => {
  await want(3);
  const { candidates } = await claim(as.labeler);
  await rank(as.labeler, "A>B>C");
  await expect(regenerateCandidate(as.admin, { id: candidates[0]!.id })).rejects.toThrow("These answers are ranked");
  for (const ctx of [as.other, as.annotator]) {
    expect((await overview(as.admin)).rankingsLeft).toBe(2);
    await skipAssignment(ctx, { id: (await claim(ctx)).id, reason: "broken" });
  }
  expect(await overview(as.admin)).toMatchObject({ rankingsLeft: 0, comparisonsLeft: 0, setAside: 1 });
  await archivePrompt(as.admin, { id: promptId, archived: true });
  expect(await overview(as.admin)).toMatchObject({ rankingsLeft: 0, setAside: 0 });
});
