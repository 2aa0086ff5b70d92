import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRanking, labelsOf, parseRanking, RankingError } from "./ranking.ts";
import { anyTiers } from "./tiers.fixture.ts";

const abc = ["A", "B", "C"];

describe("notation", () => {
  test("parse after format is the same ranking", () => {
    fc.assert(
      fc.property(anyTiers, (tiers) => {
        expect(parseRanking(formatRanking(tiers), labelsOf(tiers.flat().length))).toEqual(tiers);
      }),
    );
  });

  test("spaces, lower case and any order within a tier are understood", () => {
    fc.assert(
      fc.property(anyTiers, fc.boolean(), (tiers, lower) => {
        const reversed = tiers.map((tier) => tier.toReversed().join(" =\t")).join(" > ");
        const written = ` ${lower ? reversed.toLowerCase() : reversed}\n`;
        expect(parseRanking(written, labelsOf(tiers.flat().length))).toEqual(tiers);
      }),
    );
  });

  test.each([
    ["", "The ranking is empty: write it like A>B=C."],
    ["  ", "The ranking is empty: write it like A>B=C."],
    ["A>B", "C is missing."],
    ["b", "A and C are missing."],
    ["A>B>B", "B appears twice."],
    ["A>a=C", "A appears twice."],
    ["A>X=B", "X is not one of A, B, C."],
    ["A>B>", 'The ranking is unfinished: a label is missing after the last ">".'],
    ["A>B=C=", 'The ranking is unfinished: a label is missing after the last "=".'],
    [">A>B", 'A label is missing before the first ">".'],
    ["A>=B", 'A label is missing between ">" and "=".'],
    ["AB>C", "Write > or = between A and B."],
    ["A b=C", "Write > or = between A and B."],
    ["A<B", "A<B is not one of A, B, C."],
    ["🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦🦦>A", `${"🦦".repeat(20)}… is not one of A, B, C.`],
  ])("%j is refused: %s", (notation, sentence) => {
    expect(() => parseRanking(notation, abc)).toThrow(new RankingError(sentence));
  });
});
