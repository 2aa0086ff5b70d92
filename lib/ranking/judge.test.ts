// The reward model beside people, with real SQLite and a real tiny reward model: what it judges, who sees it and when.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { addModel } from "../../db/database.fixture.ts";
import { requestScoring } from "../../db/queries/judge.ts";
import { comparison, job } from "../../db/schema/index.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Context } from "../context.ts";
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
import { overview } from "../project/overview.ts";
import { updateSettings } from "../project/settings.ts";
import { judgeJob } from "../worker/judge-job.ts";
import { work } from "../worker/loop.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { createPrompt } from "../writing/prompts.ts";
import { nextAssignment } from "./assignments.ts";
import { listDisputes, reviewRanking } from "./disputes.ts";
import { regenerateCandidate } from "./generate.ts";
import { listOwnRankings } from "./own-rankings.ts";
import { judgeStatus } from "./project-model.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison, watchComparison } from "./view.ts";

let installation: Installation;
let shutdown: AbortController;
let as: Installation["as"];
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ as } = installation);
  await addTinyModels(installation);
  await writeTinyModel(path.join(installation.directory, "models", "tiny-reward"), "reward", 4);
});
afterEach(() => installation.remove());

const texts = ["Otters eat fish.", "They live by the river and eat crabs, fish and what there is.", "No."];
const question = "What do otters eat?";
let asked = 0;
async function ready(answers = texts) {
  const prompt = await createPrompt(as.labeler, plain(`${question} ${++asked}`, "open QA"));
  return readyComparison(as.labeler, prompt.id, answers);
}

/** Lets a worker do what waits to be scored. */
async function letJudgeScore(): Promise<void> {
  shutdown = new AbortController();
  const worker = work({
    db: installation.db,
    kinds: ["judge"],
    workerId: "judge",
    run: judgeJob(installation.db),
    shutdown: shutdown.signal,
    pollMs: 5,
    report: () => {},
  });
  const waits = async () =>
    (await ormOf(installation.db).select().from(job).all()).some(
      (one) => one.kind === "judge" && (one.state === "waiting" || one.state === "running"),
    );
  while (await waits()) await new Promise((resolve) => setTimeout(resolve, 10));
  shutdown.abort();
  await worker;
}

async function rank(by: Context, notation: string) {
  const held = await nextAssignment(by);
  if (!held) throw new Error("Nothing waits.");
  await submitRanking(by, { id: held.id, ...ranked(notation) });
  return held;
}

const mine = async (by: Context) => (await listOwnRankings(by, { limit: 30 })).items;
const disputes = async (state: "open" | "reviewed" = "open", by = as.engineer) =>
  (await listDisputes(by, { state, limit: 30 })).items;
const row = async (id: string) =>
  (await ormOf(installation.db).select().from(comparison).all()).find((one) => one.id === id);

/** Orders that the reward model does not share: its own the other way round, and that with the first two exchanged. */
async function against(id: string): Promise<[string, string]> {
  const [a, b, c] = (await truth(id)).scores.map(({ label }) => label);
  return [`${c}>${b}>${a}`, `${b}>${c}>${a}`];
}

/** By the reward model itself: scores by label, and the heads' disagreement. */
async function truth(id: string) {
  const scorer = await RewardScorer.load(path.join(installation.directory, "models", "tiny-reward"), { threads: 1 });
  const { prompt, candidates } = await viewComparison(as.labeler, { id });
  const [found] = await scorer.scoreWithHeads([
    { prompt: prompt.messages, answers: candidates.map(({ text }) => text) },
  ]);
  await scorer.dispose();
  const scores = candidates.map(({ label }, i) => ({ label, score: found!.scores[i]! }));
  return { ...found!, scores: scores.sort((a, b) => b.score - a.score) };
}

describe("the judge", () => {
  test("a comparison is scored as soon as its answers are there, and nobody who may rank it sees any of it", async () => {
    const { id } = await ready();
    await letJudgeScore();
    const { disagreement, scores } = await truth(id);
    expect(await row(id)).toMatchObject({ judgedBy: "tiny-reward", state: "ready" });
    expect((await row(id))?.disagreement).toBeCloseTo(disagreement!, 6);
    for (const who of [as.labeler, as.annotator, as.reviewer, as.engineer]) {
      const seen = JSON.stringify([await viewComparison(who, { id }), await judgeStatus(as.engineer)]);
      for (const { score } of scores) expect(seen).not.toContain(String(score).slice(0, 6));
      expect(seen).not.toContain("disagreement");
    }
    const held = await nextAssignment(as.annotator);
    expect(Object.keys(held!.candidates[0]!).sort()).toEqual(["id", "label", "text", "tokens"]);
    expect(await disputes()).toEqual([]);
    expect(await mine(as.annotator)).toEqual([]);
  });

  test("none judges until a lead chooses it, then it judges all that is there, ranked or not", async () => {
    await updateSettings(as.reviewer, { rewardModelId: null });
    const [first, second] = [await ready(), await ready()];
    await rank(as.labeler, "A>B>C");
    await letJudgeScore();
    const nobody = { model: null, problem: null, hidden: null, comparisons: 2, scored: 0 };
    expect(await judgeStatus(as.engineer)).toEqual(nobody);
    await requestScoring(installation.db, 0);
    await letJudgeScore();
    expect(await judgeStatus(as.engineer)).toEqual(nobody);
    await updateSettings(as.reviewer, { rewardModelId: "tiny-reward" });
    await letJudgeScore();
    expect([(await row(first.id))?.judgedBy, (await row(second.id))?.judgedBy]).toEqual(["tiny-reward", "tiny-reward"]);
    expect(await judgeStatus(as.engineer)).toEqual({
      model: { id: "tiny-reward", name: "reward model", heads: 4 },
      problem: null,
      hidden: null,
      comparisons: 2,
      scored: 2,
    });
  });

  test("an answer written anew is scored anew, and nothing of the one before is left", async () => {
    const { id, candidates } = await ready();
    await letJudgeScore();
    const before = await truth(id);
    await regenerateCandidate(as.labeler, { id: candidates[0]!.id });
    expect(await row(id)).toMatchObject({ judgedBy: null, disagreement: null });
    await writeWaiting(as.labeler, id, ["Crabs, crabs, crabs."]);
    await letJudgeScore();
    const after = await truth(id);
    expect(after.disagreement).not.toBeCloseTo(before.disagreement!, 6);
    expect((await row(id))?.disagreement).toBeCloseTo(after.disagreement!, 6);
  });

  test("another reward model takes over when it is chosen; one that is not there says so and judges nothing", async () => {
    const { id } = await ready();
    await letJudgeScore();
    await addModel(installation.db, "reward", "plain-reward");
    await updateSettings(as.reviewer, { rewardModelId: "plain-reward" });
    await letJudgeScore();
    expect((await row(id))?.judgedBy).toBe("tiny-reward");
    const { model, problem } = await judgeStatus(as.engineer);
    expect([model, problem]).toEqual([null, expect.stringContaining("plain-reward")]);
    // One without an ensemble scores, and says nothing of how unsure it is.
    await writeTinyModel(path.join(installation.directory, "models", "plain-reward"), "reward");
    await updateSettings(as.reviewer, { rewardModelId: "plain-reward" });
    await letJudgeScore();
    expect(await row(id)).toMatchObject({ judgedBy: "plain-reward", disagreement: null });
    expect((await judgeStatus(as.engineer)).model).toMatchObject({ id: "plain-reward", heads: 0 });
  });

  test("a reward model that fails says why", async () => {
    await ready();
    const file = path.join(installation.directory, "models", "tiny-reward", "tokenizer.json");
    await writeFile(file, "{}");
    await letJudgeScore();
    const status = await judgeStatus(as.engineer);
    expect(status).toMatchObject({ model: { id: "tiny-reward" }, scored: 0, problem: expect.stringMatching(/./) });
  });

  test("the next comparison is the one it is most unsure of, where the project wants it so", async () => {
    const same = "Otters eat fish.";
    const made = [await ready([same, same]), await ready(), await ready([same, `${same} They eat crabs.`])];
    await letJudgeScore();
    await updateSettings(as.reviewer, { promptOrder: "disagreement" });
    const unsure = new Map(
      await Array.fromAsync(made, async ({ id }) => [id, (await row(id))!.disagreement!] as const),
    );
    const order = made.map(({ id }) => id).sort((a, b) => unsure.get(b)! - unsure.get(a)!);
    expect((await row(made[0]!.id))?.disagreement).toBeLessThan(1e-12);
    const seen: string[] = [];
    for (const _ of made) {
      const { candidates } = (await nextAssignment(as.labeler))!;
      // Those of the same text are a tie.
      const isSame = candidates.every(({ text }) => text === candidates[0]?.text);
      const notation = candidates.map(({ label }) => label).join(isSame ? "=" : ">");
      seen.push((await rank(as.labeler, notation)).comparisonId);
    }
    expect(seen).toEqual(order);
    expect(seen).not.toEqual(made.map(({ id }) => id));
  });
});

describe("beside a ranking", () => {
  const figures = (accuracy: number, low: number, high: number) => ({
    "eval/accuracy": accuracy,
    "eval/accuracy_low": low,
    "eval/accuracy_high": high,
  });

  test.each([
    [
      figures(0.125, 0, 0.471),
      "It orders 12.5 % of held-out pairs as people did (95 % interval 0 % to 47.1 %): a coin may be as good.",
    ],
    [
      figures(0.6, 0.5, 0.7),
      "It orders 60 % of held-out pairs as people did (95 % interval 50 % to 70 %): a coin may be as good.",
    ],
    [
      { ...figures(0.667, 0.667, 0.667), "eval/prompts": 1 },
      "It was measured on 1 held-out prompt only: too few to tell it from a coin.",
    ],
    [
      { ...figures(0.8, 0.6, 1), "eval/prompts": 5 },
      "It was measured on 5 held-out prompts only: too few to tell it from a coin.",
    ],
    [{ ...figures(0.8, 0.6, 1), "eval/prompts": 6 }, null],
    [{}, "It was never measured on held-out prompts."],
    [figures(0.6, 0.51, 0.7), null],
  ])("a judge with the figures %j is shown to labelers, or a lead hears why not", async (metrics, why) => {
    await addModel(installation.db, "reward", "judge", metrics);
    await writeTinyModel(path.join(installation.directory, "models", "judge"), "reward");
    await updateSettings(as.reviewer, { rewardModelId: "judge" });
    const { id } = await ready();
    await rank(as.labeler, "A>B=C");
    await letJudgeScore();
    expect((await judgeStatus(as.engineer)).hidden).toBe(why);
    const sees = async (who: Context) => (await viewComparison(who, { id })).candidates[0]?.scores.length;
    expect([await sees(as.labeler), await sees(as.reviewer)]).toEqual([why === null ? 1 : 0, 1]);
    expect((await mine(as.labeler))[0]?.modelOrder === null).toBe(why !== null);
    // Leads see it anyway.
    expect(await disputes()).toHaveLength(1);
    // What it thought is not shown either once another one is chosen.
    await updateSettings(as.reviewer, { rewardModelId: null });
    expect((await mine(as.labeler))[0]?.modelOrder).toBeNull();
  });

  test("the labeler sees the model's order beside their own, by score, with the pairs that agree", async () => {
    const { id } = await ready();
    await rank(as.labeler, "A>B=C");
    expect((await mine(as.labeler))[0]?.modelOrder).toBeNull();
    await letJudgeScore();
    const { scores } = await truth(id);
    const [{ modelOrder } = { modelOrder: null }] = await mine(as.labeler);
    expect(modelOrder).toMatchObject({
      modelName: "reward model",
      strict: 2,
      notation: scores.map(({ label }) => label).join(">"),
    });
    expect(modelOrder?.scores.map(({ label }) => label)).toEqual(scores.map(({ label }) => label));
    const below = (label: string) =>
      scores.findIndex((one) => one.label === "A") < scores.findIndex((one) => one.label === label);
    expect(modelOrder?.agreed).toBe(["B", "C"].filter(below).length);
    expect(await mine(as.other)).toEqual([]);
  });

  test("rankings are listed by how far the model is from them, and only where they differ", async () => {
    const made = [await ready(), await ready(), await ready(), await ready(), await ready()];
    await letJudgeScore();
    const orders: ((best: string, middle: string, worst: string) => string)[] = [
      (a, b, c) => `${c}>${b}>${a}`,
      (a, b, c) => `${b}>${a}>${c}`,
      (a, b, c) => `${a}=${b}=${c}`,
      (a, b, c) => `${a}>${b}=${c}`,
      (a, b, c) => `${c}>${a}=${b}`,
    ];
    for (const [i, { id }] of made.entries()) {
      const [a, b, c] = (await truth(id)).scores.map(({ label }) => label) as [string, string, string];
      await rank(as.labeler, orders[i]!(a, b, c));
    }
    const listed = await disputes();
    // Neither what is all ties nor what agrees in every pair.
    expect(new Set(listed.map(({ comparisonId }) => comparisonId))).toEqual(new Set([0, 1, 4].map((i) => made[i]!.id)));
    const losses = listed.map(({ loss }) => loss);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(listed.find(({ comparisonId }) => comparisonId === made[1]!.id)).toMatchObject({
      labeler: "labeler",
      version: 1,
      split: expect.any(String),
      review: null,
      modelOrder: { agreed: 2, strict: 3 },
    });

    const page = await listDisputes(as.engineer, { state: "open", limit: 2 });
    const next = await listDisputes(as.engineer, { state: "open", limit: 2, cursor: page.next! });
    expect([...page.items, ...next.items]).toEqual(listed);
    expect(next.next).toBeNull();

    // Changed to what the model says: only the version that counts is held against it.
    const own = (await mine(as.labeler)).find(({ comparisonId }) => comparisonId === made[0]!.id)!;
    await submitRanking(as.labeler, { id: own.assignmentId, ...ranked(own.modelOrder!.notation), revises: 1 });
    expect(await disputes()).toHaveLength(2);
  });

  test("a reviewer lets one stand, or asks its labeler to look again, who is shown the reason and not the model", async () => {
    const [order, other] = await against((await ready()).id);
    await rank(as.labeler, order);
    await letJudgeScore();
    const [{ id } = { id: "" }] = await disputes();
    const review = (by: Context, verdict: "stands" | "again", comment = "") =>
      reviewRanking(by, { id, verdict, comment });
    await expect(review(as.engineer, "stands")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(review(as.reviewer, "again", " ")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await review(as.reviewer, "stands");
    expect(await disputes()).toEqual([]);
    expect((await disputes("reviewed"))[0]?.review).toMatchObject({ verdict: "stands", reviewer: "reviewer" });

    await review(as.reviewer, "again", "B is not true.");
    const [asked] = await mine(as.labeler);
    expect(asked).toMatchObject({ askedAgain: "B is not true.", modelOrder: null });
    expect([await overview(as.labeler), await overview(as.reviewer)]).toMatchObject([
      { rankingsAskedAgain: 1 },
      { rankingsAskedAgain: 0 },
    ]);
    // Left as it was: it is open again, and says that it was looked at.
    const again = { id: asked!.assignmentId, revises: 1 };
    await submitRanking(as.labeler, { ...again, ...ranked(order) });
    expect(await overview(as.labeler)).toMatchObject({ rankingsAskedAgain: 0 });
    expect((await mine(as.labeler))[0]).toMatchObject({ askedAgain: null, modelOrder: { strict: 3 } });
    expect((await disputes())[0]).toMatchObject({
      review: { verdict: "again", answeredAt: expect.any(Number) },
      earlierReviews: [{ verdict: "stands", reviewer: "reviewer", answeredAt: null }],
    });

    await review(as.reviewer, "again", "B is still not true.");
    await submitRanking(as.labeler, { ...again, ...ranked(other) });
    expect((await disputes())[0]).toMatchObject({ notation: other, version: 2, review: null });
    await expect(review(as.reviewer, "stands")).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("whoever is to look again is blind again until they have, on every way, and others are not", async () => {
    const { id } = await ready();
    const [order] = await against(id);
    await rank(as.reviewer, order);
    await letJudgeScore();
    const [{ id: rankingId } = { id: "" }] = await disputes();
    await reviewRanking(as.admin, { id: rankingId, verdict: "again", comment: "B is not true." });
    const told = /lm model|reward model|"seed":\d|"score":/;
    const seenBy = async (who: Context) => {
      const [first] = await listed(await watchComparison(who, { id }));
      return JSON.stringify([
        await viewComparison(who, { id }),
        first,
        await disputes("reviewed", who),
        await disputes("open", who),
        await mine(who),
      ]);
    };
    expect(await seenBy(as.reviewer)).not.toMatch(told);
    expect((await viewComparison(as.reviewer, { id })).rankings).toMatchObject([
      { labeler: "reviewer", notation: order },
    ]);
    expect(await seenBy(as.admin)).toMatch(told);

    const [asked] = await mine(as.reviewer);
    await submitRanking(as.reviewer, { id: asked!.assignmentId, revises: 1, ...ranked(order) });
    expect(await seenBy(as.reviewer)).toMatch(told);
  });

  test("nobody reviews their own ranking", async () => {
    const [order] = await against((await ready()).id);
    await rank(as.reviewer, order);
    await letJudgeScore();
    const [{ id } = { id: "" }] = await disputes();
    await expect(reviewRanking(as.reviewer, { id, verdict: "stands", comment: "" })).rejects.toThrow("is your own");
    await expect(reviewRanking(as.admin, { id: "nothing", verdict: "stands", comment: "" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
