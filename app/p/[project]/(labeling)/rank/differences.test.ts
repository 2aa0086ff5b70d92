import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differencesOf, type Run, wordsOnlyHere } from "./differences.ts";

const marked = (runs: Run[] = []) => runs.map(({ text, isOnlyHere }) => (isOnlyHere ? `[${text}]` : text)).join("");
const both = (one: string, other: string) => differencesOf(one, other, 1_000)?.map(marked);

describe("word-level differences", () => {
  it.each([
    ["The fox ran.", "The red fox ran.", "The fox ran.", "The [red ]fox ran."],
    ["one two", "one  \n two", "one two", "one  \n two"],
    ["same", "same", "same", "same"],
    ["", "new", "", "[new]"],
    ["It is 5 kg.", "It is 6 kg.", "It is [5 ]kg.", "It is [6 ]kg."],
    ["我喜欢猫", "我喜欢狗", "我喜欢[猫]", "我喜欢[狗]"],
    ["مرحبا بكم", "مرحبا بك", "مرحبا [بكم]", "مرحبا [بك]"],
    ["Yes 👩‍👧!", "Yes 👩!", "Yes [👩‍👧]!", "Yes [👩]!"],
  ])("%j against %j", (one, other, left, right) => expect(both(one, other)).toEqual([left, right]));

  it("are the whole of both texts, and what they share is the same but for space", () => {
    const text = fc.array(fc.constantFrom("fox", "ran", "away", ".", " ", "\n", "🦊"), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [one, other] = [a.join(""), b.join("")];
        const sides = differencesOf(one, other, 1_000)!;
        expect(sides.map((runs) => runs.map((run) => run.text).join(""))).toEqual([one, other]);
        for (const runs of sides) for (const run of runs) expect(run.start).toBeGreaterThanOrEqual(0);
        const [left, right] = sides.map((runs) =>
          runs
            .filter(({ isOnlyHere }) => !isOnlyHere)
            .map((run) => run.text.replaceAll(/\s/g, ""))
            .join(""),
        );
        expect(left).toBe(right);
      }),
    );
  });

  it("are counted in words", () => {
    const [left, right] = differencesOf("The fox ran away.", "The red, old fox ran.", 1_000)!;
    expect([wordsOnlyHere(left), wordsOnlyHere(right)]).toEqual([1, 2]);
  });

  it("are given up where they take too long", () => {
    const noise = (seed: number) =>
      Array.from({ length: 4_000 }, (_, index) => ((index * seed) % 7_919).toString(36)).join(" ");
    expect(differencesOf(noise(31), noise(47), 1)).toBeNull();
  });
});
