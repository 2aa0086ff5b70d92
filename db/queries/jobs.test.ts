import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bySystem } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import {
  addComparison,
  addJob,
  addModel,
  addPrompt,
  addUser,
  temporaryDatabase,
  testProject,
} from "../database.fixture.ts";
import { candidate, candidateCall, candidateScore, comparison } from "../schema/index.ts";
import { generationTask, writeAnswers, writeScores } from "./candidates.ts";
import { regenerateCandidate } from "./comparisons.ts";
import {
  acknowledgeCancel,
  cancelJob,
  capWaits,
  claimJob,
  expireJobsOf,
  failJob,
  finishJob,
  getJob,
  heartbeatJob,
  releaseJobs,
  returnJob,
} from "./jobs.ts";

let db: Database;
let remove: () => void;
let subjectId: string;
let answers: string[];
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
  const createdBy = await addUser(db, "ada");
  const made = await addComparison(db, { promptId: await addPrompt(db), modelId: await addModel(db), createdBy, k: 3 });
  subjectId = made.id;
  answers = made.candidates;
});
afterEach(() => remove());

const leaseMs = 1_000;
const claim = async (workerId: string, now: number) => claimJob(db, { kinds: ["generate"], workerId, leaseMs, now });
const states = async () => (await ormOf(db).select().from(candidate).all()).map((row) => row.state).sort();
const comparisonState = async () => (await ormOf(db).select().from(comparison).get())?.state;

describe("claiming", () => {
  test("takes the oldest of the asked kinds, once", async () => {
    await addJob(db, { kind: "score", subjectId, payload: { modelId: "m" } }, 0);
    const first = await addJob(db, { kind: "generate", subjectId }, 1);
    const second = await addJob(db, { kind: "generate", subjectId }, 2);
    expect((await claim("a", 10))?.id).toBe(first);
    expect((await claim("b", 10))?.id).toBe(second);
    expect(await claim("c", 10)).toBeNull();
    const score = await claimJob(db, { kinds: ["score"], workerId: "c", leaseMs, now: 10 });
    expect(score).toMatchObject({ kind: "score", payload: { modelId: "m" }, attempts: 1, state: "running" });
  });

  test("a lease that ran out lets another worker in, and the first one learns it", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    expect(await heartbeatJob(db, { id, workerId: "a", leaseMs, now: 900 })).toEqual({
      lost: false,
      cancelRequested: false,
    });
    expect(await claim("b", 1_500)).toBeNull();
    expect((await claim("b", 1_900))?.attempts).toBe(2);
    expect((await heartbeatJob(db, { id, workerId: "a", leaseMs, now: 1_950 })).lost).toBe(true);
    expect(await finishJob(db, { id, workerId: "a" })).toBe(false);
    expect((await writeAnswers(db, { id, workerId: "a" }, subjectId, [])).lost).toBe(true);
    expect((await getJob(db, id))?.state).toBe("running");
  });

  test("a job that ends its worker three times is failed, with its candidates", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    for (const now of [0, 2_000, 4_000]) expect((await claim("a", now))?.id).toBe(id);
    expect(await claim("a", 6_000)).toBeNull();
    expect(await getJob(db, id)).toMatchObject({ state: "failed", attempts: 3, finishedAt: 6_000 });
    expect((await getJob(db, id))?.error).toContain("3 times");
    expect(await states()).toEqual(["failed", "failed", "failed"]);
    expect(await comparisonState()).toBe("failed");
  });

  test("a worker that ends after each finished answer is no crashing one; half an answer is no progress", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    const held = { id, workerId: "a" };
    const write = async (place: number, finish: "stop" | null) =>
      writeAnswers(db, held, subjectId, [{ id: answers[place]!, text: "Fish.", tokens: 2, finish }]);
    await claim("a", 0);
    await claim("a", 2_000);
    await write(0, "stop");
    expect((await claim("a", 4_000))?.attempts).toBe(2);
    await write(1, null);
    // Ended already: a write that changes nothing.
    await write(0, "stop");
    expect((await claim("a", 6_000))?.attempts).toBe(3);
    await write(1, null);
    expect(await claim("a", 8_000)).toBeNull();
    expect(await states()).toEqual(["done", "failed", "failed"]);
  });

  test("the jobs of a dead worker are free at once", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    await expireJobsOf(db, "a");
    expect((await claim("b", 1))?.id).toBe(id);
  });

  test("a job whose worker is killed is never given up for that, and waits longer each time", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    const other = await addJob(db, { kind: "generate", subjectId }, 1);
    let now = 0;
    for (const pause of [1_000, 4_000, 16_000, 64_000, 256_000, 300_000, 300_000]) {
      expect((await claim("launch-candidates-0", now))?.id).toBe(id);
      await releaseJobs(db, { workers: "other-", now });
      expect((await getJob(db, id))?.state).toBe("running");
      await releaseJobs(db, { workers: "launch-candidates-", now });
      // Others have their turn meanwhile.
      expect((await claim("launch-candidates-0", now + pause - 1))?.id).toBe(other);
      await returnJob(db, { id: other, workerId: "launch-candidates-0" });
      now += pause;
    }
    // Nor for an error that comes after many kills.
    expect((await claim("a", now))?.attempts).toBe(8);
    await failJob(db, { id, workerId: "a", error: "Away.", retry: "some", now });
    expect(await getJob(db, id)).toMatchObject({ state: "waiting" });
    now += 300_000;
    // Progress counts its starts anew.
    expect((await claim("a", now))?.attempts).toBe(9);
    await writeAnswers(db, { id, workerId: "a" }, subjectId, [
      { id: answers[0]!, text: "Fish.", tokens: 2, finish: "stop" },
    ]);
    expect((await getJob(db, id))?.attempts).toBe(1);
  });

  test("a job that was to be cancelled when its worker was killed is cancelled", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    await cancelJob(bySystem(db), id);
    await releaseJobs(db, { workers: "", now: 1 });
    expect((await getJob(db, id))?.state).toBe("cancelled");
    expect(await comparisonState()).toBe("stopped");
  });

  test("with the clock set back by two days nothing waits for the old time", async () => {
    const [twoDays, now] = [2 * 86_400_000, 1_000];
    const [running, failed] = await Array.fromAsync([0, 1], () => addJob(db, { kind: "generate", subjectId }, twoDays));
    await claim("old-launch", twoDays);
    await claim("old-launch", twoDays);
    await failJob(db, { id: failed!, workerId: "old-launch", error: "Away.", retry: "some", now: twoDays });
    expect(await claim("a", now)).toBeNull();
    await releaseJobs(db, { workers: "", now });
    await capWaits(db, { leaseMs: 10, now });
    const claimed = [await claim("a", now + 1_000), await claim("a", now + 1_000)];
    expect(claimed.map((one) => one?.id).sort()).toEqual([running, failed].sort());
  });

  test("with the clock set back nobody keeps a job for two days who claimed it before, and was killed", async () => {
    const [twoDays, now] = [2 * 86_400_000, 1_000];
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("killed", twoDays);
    await capWaits(db, { leaseMs: 10, now });
    expect(await claim("a", now)).toBeNull();
    expect((await claim("a", now + 10))?.id).toBe(id);
  });

  test("a returned job is as it was", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    expect(await returnJob(db, { id, workerId: "a" })).toBe(true);
    expect(await getJob(db, id)).toMatchObject({ state: "waiting", attempts: 0 });
    expect((await claim("b", 1))?.attempts).toBe(1);
  });
});

describe("failing and cancelling", () => {
  test("a failure is tried again later, at most three times in all", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    let now = 0;
    const errors = async () =>
      (await ormOf(db).select().from(candidate).orderBy(candidate.position).all()).map((row) => row.error);
    for (const wait of [1_000, 4_000]) {
      await claim("a", now);
      const [first, second] = answers as [string, string];
      const text = { text: "Fish", tokens: 1 };
      await writeAnswers(db, { id, workerId: "a" }, subjectId, [
        { ...text, id: first, finish: "stop" },
        { ...text, id: second, finish: null },
      ]);
      expect((await errors())[1]).toBeNull();
      await failJob(db, { id, workerId: "a", error: "The model is gone.", retry: "some", now });
      expect(await claim("a", now + wait - 1)).toBeNull();
      // The one that is there stays as it is; the others say why they wait.
      expect(await errors()).toEqual([null, "The model is gone.", "The model is gone."]);
      now += wait;
    }
    await claim("a", now);
    await failJob(db, { id, workerId: "a", error: "The model is gone.", retry: "some", now });
    expect(await getJob(db, id)).toMatchObject({ state: "failed", error: "The model is gone." });
    expect(await comparisonState()).toBe("failed");
  });

  test("cancelling a waiting job stops its candidates at once", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await cancelJob(bySystem(db), id);
    expect((await getJob(db, id))?.state).toBe("cancelled");
    expect(await states()).toEqual(["stopped", "stopped", "stopped"]);
    expect(await comparisonState()).toBe("stopped");
  });

  test("cancelling a running job reaches its worker, and what is written stays", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    const held = { id, workerId: "a" };
    await writeAnswers(db, held, subjectId, [
      { id: answers[0]!, text: "Fish.", tokens: 2, finish: "stop" },
      { id: answers[1]!, text: "Cra", tokens: 1, finish: null },
    ]);
    await cancelJob(bySystem(db), id);
    expect(await heartbeatJob(db, { ...held, leaseMs, now: 1 })).toEqual({ lost: false, cancelRequested: true });
    expect(await acknowledgeCancel(db, held)).toBe(true);
    expect(await states()).toEqual(["done", "stopped", "stopped"]);
    const texts = await ormOf(db).select().from(candidate).all();
    expect(texts.find((row) => row.id === answers[1])?.text).toBe("Cra");
  });

  test("a cancelled job whose worker died is not started again", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    await cancelJob(bySystem(db), id);
    expect(await claim("b", 5_000)).toBeNull();
    expect((await getJob(db, id))?.state).toBe("cancelled");
  });
});

describe("what a generating worker writes", () => {
  const call = {
    url: "https://models.example/v1/chat/completions",
    sent: "{}",
    serverModel: "otter\0",
    fingerprint: null,
    finishReason: "length",
    promptTokens: 5,
    tokens: 3,
    cost: null,
  };

  test("all answers done makes the comparison ready; a dead worker's half answers are handed out again", async () => {
    const id = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    await writeAnswers(db, { id, workerId: "a" }, subjectId, [
      { id: answers[0]!, text: "Fish.", tokens: 2, finish: "stop" },
      { id: answers[1]!, text: "Half an ans", tokens: 4, finish: null },
    ]);
    await claim("b", 2_000);
    const task = await generationTask(db, subjectId);
    expect(task?.candidates.map((one) => one.id)).toEqual([answers[1], answers[2]]);
    await writeAnswers(db, { id, workerId: "b" }, subjectId, [
      { id: answers[1]!, text: "Crabs.", tokens: 3, finish: "stop" },
      { id: answers[2]!, text: "\u0000lone \ud83d", tokens: 3, finish: "length", call },
    ]);
    expect(await comparisonState()).toBe("generating");
    await finishJob(db, { id, workerId: "b" });
    expect(await comparisonState()).toBe("ready");
    const last = await ormOf(db).select().from(candidate).all();
    expect(last.find((row) => row.id === answers[2])?.text).toBe("\ufffdlone \ufffd");
    expect(await ormOf(db).select().from(candidateCall).all()).toMatchObject([
      { serverModel: "otter\ufffd", tokens: 3 },
    ]);
  });

  test("an answer written anew meanwhile is left to its own job when the first one ends", async () => {
    const first = await addJob(db, { kind: "generate", subjectId }, 0);
    await claim("a", 0);
    const write = async (id: string, job: string, text: string) =>
      writeAnswers(db, { id: job, workerId: "a" }, subjectId, [{ id, text, tokens: 2, finish: "stop" }]);
    await write(answers[0]!, first, "Fish.");
    expect(
      await regenerateCandidate({ ...bySystem(db, 1), project: testProject }, { candidateId: answers[0]!, seed: 7 }),
    ).toEqual({ seed: 7 });
    await write(answers[1]!, first, "Crabs.");
    await write(answers[2]!, first, "Clams.");
    await finishJob(db, { id: first, workerId: "a" });
    expect([await states(), await comparisonState()]).toEqual([["done", "done", "waiting"], "generating"]);
    const second = await claim("a", 2);
    await write(answers[0]!, second?.id ?? "", "Mussels.");
    await finishJob(db, { id: second?.id ?? "", workerId: "a" });
    expect([await states(), await comparisonState()]).toEqual([["done", "done", "done"], "ready"]);
  });

  test("scores of a second scoring take the place of the first", async () => {
    const modelId = await addModel(db, "reward");
    const id = await addJob(db, { kind: "score", subjectId, payload: { modelId } }, 0);
    await claimJob(db, { kinds: ["score"], workerId: "a", leaseMs, now: 0 });
    for (const score of [1.5, -2]) {
      await writeScores(
        db,
        { id, workerId: "a" },
        { comparisonId: subjectId, modelId, scores: [{ candidateId: answers[0]!, score }] },
      );
    }
    expect(await ormOf(db).select().from(candidateScore).all()).toMatchObject([
      { candidateId: answers[0], modelId, score: -2 },
    ]);
  });
});
