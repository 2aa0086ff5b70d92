import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRanking, labelsOf } from "../preference/ranking.ts";
import { anyTiers } from "../preference/tiers.fixture.ts";
import { answerFlagNames, promptFlagNames } from "../vocabulary/labeling.ts";
import { byLabel, byPosition, notationOf, unrated } from "./labels.ts";

/** Everything that may be said of any number of answers, in any order and with repetitions. */
const anySubmission = anyTiers.chain((tiers) => {
  const labels = labelsOf(tiers.flat().length);
  const rating = fc.record({
    likert: fc.integer({ min: 1, max: 7 }),
    flags: fc.array(fc.constantFrom(...answerFlagNames)),
    note: fc.string(),
    spentMs: fc.nat(),
  });
  return fc.record({
    k: fc.constant(labels.length),
    notation: fc.constant(formatRanking(tiers)),
    ratings: fc
      .tuple(...labels.map((label) => rating.map((one) => ({ label, ...one }))))
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    promptFlags: fc.array(fc.constantFrom(...promptFlagNames)),
  });
});

describe("what is said of K answers", () => {
  test("comes back over the labels, in one order, whatever order it was said in", () => {
    fc.assert(
      fc.property(anySubmission, ({ k, ...labeled }) => {
        const content = byPosition(k, labeled);
        expect(content.tiers.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: k }, (_, place) => place));
        const back = byLabel(content);
        expect(back.notation).toBe(labeled.notation);
        expect(back.ratings.map((one) => one.label)).toEqual(labelsOf(k));
        expect(byPosition(k, back)).toEqual(content);
        for (const { label, likert, note, spentMs, flags } of labeled.ratings) {
          const same = back.ratings.find((one) => one.label === label);
          expect(same).toMatchObject({ likert, note, spentMs });
          expect(new Set(same?.flags)).toEqual(new Set(flags));
        }
        expect(new Set(back.promptFlags)).toEqual(new Set(labeled.promptFlags));
        expect(back.promptFlags).toHaveLength(new Set(labeled.promptFlags).size);
      }),
    );
  });

  test("has every rating but those left out, of which the first is named", () => {
    fc.assert(
      fc.property(anySubmission, fc.nat(), ({ k, ...labeled }, at) => {
        expect(unrated(byPosition(k, labeled))).toBeUndefined();
        const [missing, last] = [labelsOf(k)[at % k], labelsOf(k).at(-1)];
        const ratings = labeled.ratings.filter((one) => one.label !== missing && one.label !== last);
        const content = byPosition(k, { ...labeled, ratings });
        expect(content.ratings).toHaveLength(ratings.length);
        expect(unrated(content)).toBe(missing);
      }),
    );
  });

  test("places become letters", () => {
    expect(notationOf([[1], [0, 2]])).toBe("B>A=C");
  });
});
