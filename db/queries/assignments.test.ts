import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, ormOf } from "../client.ts";
import { assignment } from "../schema/index.ts";
import { addComparison, addModel, addPrompt, addUser, temporaryDatabase } from "../temporary.ts";
import { claimAssignment, endAssignment, renewAssignment } from "./assignments.ts";
import { overview } from "./progress.ts";

let db: Database;
let remove: () => void;
let ada: string;
let bob: string;
let comparisons: string[];
beforeEach(() => {
  ({ db, remove } = temporaryDatabase());
  ada = addUser(db, "ada");
  bob = addUser(db, "bob");
  const made = { promptId: addPrompt(db), modelId: addModel(db), createdBy: ada };
  comparisons = [1, 2, 3].map(() => addComparison(db, { ...made, texts: ["a", "b"] }).id);
  addComparison(db, made);
});
afterEach(() => remove());

const leaseMs = 1_000;
const claim = (labelerId: string, now: number) => claimAssignment(db, { labelerId, leaseMs, now });
const waiting = async (personId: string, now: number) => (await overview(db, { personId, now })).waitingForMe;

test("the oldest ready one, one person each; what is still being generated is nobody's", async () => {
  const first = await claim(ada, 0);
  expect(first?.comparisonId).toBe(comparisons[0]);
  expect((await claim(bob, 0))?.comparisonId).toBe(comparisons[1]);
  expect(await claim(ada, 100)).toEqual(first);
  expect((await claim(addUser(db, "cem"), 0))?.comparisonId).toBe(comparisons[2]);
  expect(await claim(addUser(db, "dee"), 0)).toBeNull();
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
  expect(await renewAssignment(db, { id: first!.id, labelerId: ada, leaseUntil: 9_999 })).toBe(false);
  expect((await claim(ada, 1_001))?.comparisonId).toBe(comparisons[1]);
  const states = ormOf(db).select({ state: assignment.state }).from(assignment).all();
  expect(states.map((row) => row.state)).toEqual(["expired", "held", "held"]);
});

test("a skipped one goes to others and never back to whoever skipped it", async () => {
  const seen: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const held = await claim(ada, turn);
    seen.push(held?.comparisonId);
    if (held)
      await endAssignment(db, { id: held.id, labelerId: ada, now: turn, state: "skipped", skipReason: "unclear" });
  }
  expect(seen).toEqual([...comparisons, undefined]);
  expect(await waiting(ada, 5)).toBe(0);
  expect(await waiting(bob, 5)).toBe(3);
  expect((await claim(bob, 5))?.comparisonId).toBe(comparisons[0]);
});

test("a released one is anyone's; nobody ends what another holds", async () => {
  const held = await claim(ada, 0);
  expect(await endAssignment(db, { id: held!.id, labelerId: bob, now: 1, state: "released" })).toBe(false);
  expect(await endAssignment(db, { id: held!.id, labelerId: ada, now: 1, state: "released" })).toBe(true);
  expect(await endAssignment(db, { id: held!.id, labelerId: ada, now: 2, state: "released" })).toBe(false);
  expect((await claim(bob, 2))?.comparisonId).toBe(comparisons[0]);
});
