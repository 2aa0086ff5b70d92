import fc from "fast-check";
import { expect, test } from "vitest";
import { countPairs, orderedPairs } from "./pairs.ts";
import { anyTiers } from "./tiers.fixture.ts";

test("strict + tied = C(K,2) for every shape of a ranking, and every pair is there once", () => {
  fc.assert(
    fc.property(anyTiers, (tiers) => {
      const k = tiers.flat().length;
      const { strict, tied } = countPairs(tiers);
      const pairs = orderedPairs(tiers);
      expect(strict + tied).toBe((k * (k - 1)) / 2);
      expect(pairs).toHaveLength(strict);
      expect(new Set(pairs.map((pair) => [pair.chosen, pair.rejected].sort().join())).size).toBe(strict);
      expect(orderedPairs(tiers, "both")).toHaveLength(strict + 2 * tied);
      const rank = (label: string) => tiers.findIndex((tier) => tier.includes(label)) + 1;
      for (const pair of pairs) {
        expect(pair.chosenRank).toBe(rank(pair.chosen));
        expect(pair.rejectedRank).toBe(rank(pair.rejected));
        expect(pair.chosenRank).toBeLessThan(pair.rejectedRank);
      }
    }),
  );
});

test("the better one is chosen, and ties make no pair", () => {
  expect(orderedPairs([["B"], ["A", "C"]])).toEqual([
    { chosen: "B", rejected: "A", chosenRank: 1, rejectedRank: 2 },
    { chosen: "B", rejected: "C", chosenRank: 1, rejectedRank: 2 },
  ]);
  expect(countPairs([["B"], ["A", "C"]])).toEqual({ strict: 2, tied: 1 });
  expect(orderedPairs([["A", "B"]])).toEqual([]);
});
