// Simulated labelers: they agree as people did, have likings, know good from bad, and repeat themselves from a seed.
import { describe, expect, test } from "vitest";
import { agreementOfRankings, agreementShare } from "../../lib/preference/agreement.ts";
import { labelsOf } from "../../lib/preference/ranking.ts";
import { Random } from "../random.ts";
import { mixedAnswers } from "./corruptions.ts";
import { flagsOf, goldRanking, likertOf, tiersOf } from "./gold.ts";
import { judge } from "./judge.ts";
import { labelers } from "./labelers.ts";
import { tasks } from "./tasks.ts";

const people = labelers(1);
const mixed = (() => {
  const r = new Random(6);
  return tasks(12)
    .take(400)
    .map((task) => ({ task, answers: mixedAnswers(task, r.int(4, 9), r).map(({ text }) => text) }))
    .toArray();
})();

test("agree on answers of mixed quality most of the time, and not always", () => {
  const r = new Random(7);
  const each = mixed.slice(0, 100).flatMap(({ task, answers }) => {
    const rankings = people.map((person) => person.rank(task, answers, r));
    return rankings.flatMap((x, i) => rankings.slice(i + 1).map((y) => agreementShare(agreementOfRankings(x, y))!));
  });
  const mean = each.reduce((sum, one) => sum + one, 0) / each.length;
  expect(mean).toBeGreaterThan(0.8);
  expect(mean).toBeLessThan(0.92);
});

test("tie what is the same, letter by letter", () => {
  const { task, answers } = mixed[3]!;
  const [one, other] = answers;
  for (const person of people) {
    const tiers = person.rank(task, [one!, other!, one!], new Random(1));
    expect(tiers.find((tier) => tier.includes("A"))).toContain("C");
  }
});

test("five train, five are held out, no two with the same taste", () => {
  expect(people.map(({ heldOut }) => heldOut)).toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
  expect(new Set(people.map(({ name }) => name)).size).toBe(10);
  expect(new Set(people.map(({ taste }) => JSON.stringify(taste))).size).toBe(10);
});

test("repeat themselves from equal seeds only", () => {
  const { task, answers } = mixed[3]!;
  const once = () => labelers(1).map((person) => person.rank(task, answers, new Random(9)));
  expect(once()).toEqual(once());
  expect(labelers(2).map(({ taste }) => taste)).not.toEqual(people.map(({ taste }) => taste));
});

test("rank every answer once, with ties, and nearer to gold than chance", () => {
  const r = new Random(2);
  let ties = 0;
  let agreement = 0;
  for (const { task, answers } of mixed) {
    const tiers = people[0]!.rank(task, answers, r);
    expect(tiers.flat().sort()).toEqual(labelsOf(answers.length));
    ties += tiers.filter((tier) => tier.length > 1).length;
    agreement += agreementShare(agreementOfRankings(tiers, goldRanking(task, answers)))!;
  }
  expect(ties).toBeGreaterThan(mixed.length / 4);
  expect(agreement / mixed.length).toBeGreaterThan(0.75);
  expect(agreement / mixed.length).toBeLessThan(0.9);
});

test("without noise a labeler that likes length prefers the longer of two equally good answers", () => {
  const [person] = labelers(1, 0);
  const task = tasks(4).find(
    (one) => one.want.kind === "value" && one.form === "plain" && one.constraints.length === 0,
  )!;
  const short = task.answer;
  const long = `${task.answer} ${"and so on ".repeat(2)}`;
  const taste = { length: 3, politeness: 0, lists: 0, hedging: 0, liveliness: 0 };
  Object.assign(person!.taste, taste);
  const quality = (text: string) => 6 * judge(task, text).score;
  expect(quality(short) - quality(long)).toBeLessThan(6);
  expect(person!.rank(task, [short, `${short} ${short}`], new Random(1))).toBeDefined();
  Object.assign(person!.taste, { ...taste, length: 30 });
  expect(person!.rank(task, [short, long], new Random(1))).toEqual([["B"], ["A"]]);
});

describe("ratings", () => {
  test("follow the judge's score, and flag what it sees", () => {
    const r = new Random(3);
    const pairs = mixed.flatMap(({ task, answers }) =>
      answers.map((answer) => [judge(task, answer).score, people[1]!.rate(task, answer, r).quality] as const),
    );
    const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(pairs.every(([, quality]) => Number.isInteger(quality) && quality >= 1 && quality <= 7)).toBe(true);
    const good = mean(pairs.filter(([score]) => score > 0.9).map(([, quality]) => quality));
    const bad = mean(pairs.filter(([score]) => score < 0.3).map(([, quality]) => quality));
    expect(good - bad).toBeGreaterThan(3);
  });

  test("use the application's flags for what the judge can see", () => {
    const task = tasks(5).find((one) => one.constraints[0]?.kind === "end" && one.want.kind === "value")!;
    expect(flagsOf(task, task.answer)).toEqual(["satisfies-constraint"]);
    expect(flagsOf(task, "The moon is far away.")).toContain("fails-task");
    expect(flagsOf(task, "Shut up, you stupid fool.")).toContain("inappropriate-for-assistant");
    expect(flagsOf(task, "He killed the poor thing.")).toContain("violent-content");
    expect(flagsOf(task, "Just steal it from the market.")).toContain("harmful-advice");
    const fact = tasks(5).find((one) => one.want.kind === "value" && one.want.rivals === "home")!;
    expect(flagsOf(fact, "It lives in a hive, in a den and in the sea.")).toContain("hallucination");
  });

  test("span the scale", () => {
    expect([0, 0.5, 1].map(likertOf)).toEqual([1, 4, 7]);
  });
});

describe("tiers", () => {
  test("hold what is within the margin of their best", () => {
    expect(tiersOf([0.1, 0.9, 0.88, 0.5], 0.05)).toEqual([["B", "C"], ["D"], ["A"]]);
    // A chain of near ones does not pull everything together.
    expect(tiersOf([0.9, 0.87, 0.84, 0.81], 0.05)).toEqual([
      ["A", "B"],
      ["C", "D"],
    ]);
  });
});
