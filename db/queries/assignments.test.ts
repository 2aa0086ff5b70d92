import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, ormOf } from "../client.ts";
import {
  addComparison,
  addModel,
  addPrompt,
  addUser,
  by,
  closeSessions,
  inTests,
  temporaryDatabase,
} from "../database.fixture.ts";
import { assignment, comparison } from "../schema/index.ts";
import {
  claimAssignment,
  claimComparison,
  endAssignment,
  type HeldAssignment,
  renewAssignment,
} from "./assignments.ts";
import { overview } from "./progress.ts";
import { submitRanking } from "./rankings.ts";

let db: Database;
let remove: () => void;
let ada: string;
let bob: string;
let made: { promptId: string; modelId: string; createdBy: string };
let comparisons: string[];
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
  ada = await addUser(db, "ada");
  bob = await addUser(db, "bob");
  made = { promptId: await addPrompt(db), modelId: await addModel(db), createdBy: ada };
  comparisons = await Array.fromAsync(
    [1, 2, 3],
    async () => (await addComparison(db, { ...made, texts: ["a", "b"] })).id,
  );
  await addComparison(db, made);
});
afterEach(() => remove());

const leaseMs = 1_000;
const claim = async (labelerId: string, now: number, after?: string) =>
  claimAssignment(by(db, labelerId, now), { rateFirst: true, leaseMs, after });
const claimUnsure = async (labelerId: string, now: number, after?: string) =>
  claimAssignment(by(db, labelerId, now), { rateFirst: true, order: "disagreement", leaseMs, after });
const choose = async (labelerId: string, comparisonId: string | undefined, now = 0) =>
  claimComparison(by(db, labelerId, now), { rateFirst: true, leaseMs, comparisonId: comparisonId ?? "" });
const release = async (labelerId: string, id: string, now = 0) =>
  endAssignment(by(db, labelerId, now), { id, state: "released" });
const skip = async (labelerId: string, id: string, now = 0) =>
  endAssignment(by(db, labelerId, now), { id, state: "skipped", skipReason: "unclear" });
const rank = async (labelerId: string, assignmentId: string, now = 0) => {
  const content = { tiers: [[0], [1]], ratings: [], promptFlags: [] };
  const rest = { revises: null, guards: [], spentMs: null, guidelinesVersion: null };
  return submitRanking(by(db, labelerId, now), { assignmentId, content, ...rest });
};
const waiting = async (personId: string, now: number) => (await overview(inTests(db), { personId, now })).waitingForMe;
const rows = async () => ormOf(db).select().from(assignment).orderBy(assignment.id).all();
const states = async () => (await rows()).map((row) => row.state);

describe("the next one", () => {
  test("the oldest ready one, one person each; what is still being generated is nobody's", async () => {
    const first = await claim(ada, 0);
    expect(first?.comparisonId).toBe(comparisons[0]);
    expect((await claim(bob, 0))?.comparisonId).toBe(comparisons[1]);
    expect(await claim(ada, 100)).toEqual(first);
    expect((await claim(await addUser(db, "cem"), 0))?.comparisonId).toBe(comparisons[2]);
    expect(await claim(await addUser(db, "dee"), 0)).toBeNull();
  });

  test("asking again late in the lease prolongs it, so that it never runs out under someone's hands", async () => {
    const first = await claim(ada, 0);
    expect((await claim(ada, 499))?.leaseUntil).toBe(1_000);
    expect(await claim(ada, 500)).toEqual({ ...first, leaseUntil: 1_500 });
    expect(await claim(ada, 99_999)).toEqual({ ...first, leaseUntil: 100_999 });
  });

  test("a lease that ran out is free for others, and its holder cannot renew what they took", async () => {
    const first = await claim(ada, 0);
    expect(await waiting(bob, 999)).toBe(2);
    expect(await waiting(bob, 1_000)).toBe(3);
    expect((await claim(bob, 1_000))?.comparisonId).toBe(first?.comparisonId);
    expect(await renewAssignment(by(db, ada), { id: first!.id, leaseUntil: 9_999 })).toBe(false);
    expect((await claim(ada, 1_001))?.comparisonId).toBe(comparisons[1]);
    expect(await states()).toEqual(["expired", "held", "held"]);
  });

  test("what ran out and comes back to the same person is the assignment it was", async () => {
    const first = await claim(ada, 0);
    const theirs = await claim(bob, 1_000);
    expect(theirs?.comparisonId).toBe(first?.comparisonId);
    await release(bob, theirs!.id, 1_001);
    expect(await claim(ada, 1_002)).toEqual({ ...first, leaseUntil: 2_002 });
    expect(await states()).toEqual(["held", "released"]);
  });

  test("a skipped one goes to others and never back to whoever skipped it", async () => {
    const seen: (string | undefined)[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const held = await claim(ada, turn);
      seen.push(held?.comparisonId);
      if (held) await skip(ada, held.id, turn);
    }
    expect(seen).toEqual([...comparisons, undefined]);
    expect(await waiting(ada, 5)).toBe(0);
    expect(await waiting(bob, 5)).toBe(3);
    expect((await claim(bob, 5))?.comparisonId).toBe(comparisons[0]);
  });

  test("one skipped by all who rank is set aside, also where that is a single person", async () => {
    const held = await claim(ada, 0);
    await skip(ada, held!.id, 1);
    const left = async () => {
      const { comparisonsLeft, setAside } = await overview(inTests(db), { personId: ada, now: 2 });
      return [comparisonsLeft, setAside];
    };
    expect(await left()).toEqual([3, 0]);
    await closeSessions(db, "bob", "ban");
    expect(await left()).toEqual([2, 1]);
  });

  test("a released one is anyone's; nobody ends what another holds", async () => {
    const held = await claim(ada, 0);
    expect(await release(bob, held!.id)).toBe(false);
    expect(await release(ada, held!.id)).toBe(true);
    expect(await release(ada, held!.id)).toBe(false);
    expect((await claim(bob, 2))?.comparisonId).toBe(comparisons[0]);
  });
});

describe("the one after it", () => {
  test("is another one, the same at every call, and a third is never handed out", async () => {
    const first = await claim(ada, 0);
    const second = await claim(ada, 0, first?.id);
    expect([first, second].map((one) => one?.comparisonId)).toEqual(comparisons.slice(0, 2));
    expect(await claim(ada, 1, first?.id)).toEqual(second);
    expect(await claim(ada, 1)).toEqual(first);
    // Once the first is submitted or skipped, the one fetched ahead is the one on the screen.
    await skip(ada, first!.id, 2);
    expect(await claim(ada, 3)).toEqual(second);
    expect((await claim(ada, 3, second?.id))?.comparisonId).toBe(comparisons[2]);
    expect((await claim(ada, 3, first?.id))?.id).toBe(second?.id);
    expect((await states()).filter((state) => state === "held")).toHaveLength(2);
  });

  test("is none when nothing else waits, also when one's own lease has run out", async () => {
    await claim(bob, 0);
    await claim(await addUser(db, "cem"), 0);
    const last = await claim(ada, 0);
    expect(await claim(ada, 0, last?.id)).toBeNull();
    const lapsed = await claim(ada, 1_000, last?.id);
    expect(lapsed?.comparisonId).toBe(comparisons[0]);
  });

  test("both are kept by renewing one, or by asking for either", async () => {
    const first = await claim(ada, 0);
    const second = await claim(ada, 300, first?.id);
    const until = async () => (await rows()).map((row) => row.leaseUntil);
    expect(await until()).toEqual([1_300, 1_300]);
    expect(await renewAssignment(by(db, ada), { id: second!.id, leaseUntil: 2_000 })).toBe(true);
    expect(await until()).toEqual([2_000, 2_000]);
    expect(await claim(ada, 1_600)).toEqual({ ...first, leaseUntil: 2_600 });
    expect(await until()).toEqual([2_600, 2_600]);
    await release(ada, first!.id, 1_700);
    expect(await renewAssignment(by(db, ada), { id: first!.id, leaseUntil: 9_000 })).toBe(false);
    expect(await until()).toEqual([2_600, 2_600]);
  });

  test("can be given back alone", async () => {
    const first = await claim(ada, 0);
    const second = await claim(ada, 0, first?.id);
    await release(ada, second!.id);
    expect(await claim(ada, 1)).toEqual(first);
    expect((await claim(bob, 1))?.comparisonId).toBe(comparisons[1]);
  });
});

describe("by disagreement", () => {
  const judge = async (disagreements: (number | null)[]) => {
    for (const [i, disagreement] of disagreements.entries()) {
      await ormOf(db)
        .update(comparison)
        .set({ disagreement })
        .where(eq(comparison.id, comparisons[i] ?? ""))
        .run();
    }
  };

  test("the one the heads disagree on most comes first, those not scored after all of them, the oldest first", async () => {
    for (const _ of [4, 5]) comparisons.push((await addComparison(db, { ...made, texts: ["a", "b"] })).id);
    await judge([null, 0.01, 0.2, null, 0]);
    const seen: (string | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const held = await claimUnsure(ada, turn);
      seen.push(held?.comparisonId);
      if (held) await skip(ada, held.id, turn);
    }
    expect(seen).toEqual([2, 1, 4, 0, 3, 5].map((i) => comparisons[i]));
    expect((await claim(bob, 9))?.comparisonId).toBe(comparisons[0]);
  });

  test("what others hold, what is ranked and what one holds already is passed over", async () => {
    await judge([0.1, 0.2, 0.05]);
    expect((await claimUnsure(bob, 0))?.comparisonId).toBe(comparisons[1]);
    const first = await claimUnsure(ada, 0);
    expect(first?.comparisonId).toBe(comparisons[0]);
    expect((await claimUnsure(ada, 0, first?.id))?.comparisonId).toBe(comparisons[2]);
    // A new number moves nothing that is handed out.
    await judge([0, 0, 0.25]);
    expect(await claimUnsure(ada, 1)).toEqual(first);
    expect(await claimUnsure(await addUser(db, "cem"), 1)).toBeNull();
  });
});

describe("a chosen one", () => {
  test("is claimed, is the same when it is held already, and takes the place of the one fetched ahead", async () => {
    const third = await choose(ada, comparisons[2]);
    expect(third).toMatchObject({ comparisonId: comparisons[2], leaseUntil: 1_000 });
    expect(await choose(ada, comparisons[2], 400)).toEqual({ ...(third as HeldAssignment), leaseUntil: 1_400 });
    const first = await claim(ada, 0, (third as HeldAssignment).id);
    expect(first?.comparisonId).toBe(comparisons[0]);
    expect(await choose(ada, comparisons[1])).toMatchObject({ comparisonId: comparisons[1] });
    expect(await states()).toEqual(["held", "released", "held"]);
  });

  test("is refused with the reason", async () => {
    const stopped = (await addComparison(db, { ...made, texts: ["a", "b"] })).id;
    const become = async (id: string | undefined, state: "stopped" | "generating") =>
      ormOf(db)
        .update(comparison)
        .set({ state })
        .where(eq(comparison.id, id ?? ""))
        .run();
    await become(stopped, "stopped");
    expect(await choose(ada, "nothing")).toBe("not found");
    expect(await choose(ada, stopped)).toBe("unfinished");
    await become(stopped, "generating");
    expect(await choose(ada, stopped)).toBe("generating");
    const held = await claim(bob, 0);
    expect(await choose(ada, held?.comparisonId, 999)).toBe("held");
    expect(await choose(ada, held?.comparisonId, 1_000)).toMatchObject({ comparisonId: held?.comparisonId });
    const mine = (await choose(ada, comparisons[1])) as HeldAssignment;
    await skip(ada, mine.id);
    expect(await choose(ada, comparisons[1])).toBe("skipped");
    await rank(bob, ((await choose(bob, comparisons[2])) as HeldAssignment).id);
    expect(await choose(bob, comparisons[2])).toBe("submitted");
    expect(await choose(ada, comparisons[2])).toBe("ranked");
  });
});
