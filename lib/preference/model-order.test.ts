import fc from "fast-check";
import { expect, test } from "vitest";
import { modelOrder } from "./model-order.ts";
import { anyTiers } from "./tiers.fixture.ts";

const scores = (...all: number[]) => new Map(all.map((score, i) => ["ABCDEFGHI"[i] ?? "", score]));

test("the model's order is by score, and what would be shown as equal is a tie", () => {
  expect(modelOrder(scores(0.31, 1.2, 0.312, -4))).toEqual([["B"], ["A", "C"], ["D"]]);
  expect(modelOrder(scores(-0.001, 0.001))).toEqual([["A", "B"]]);
});

test("a model that scores by a ranking has its order", () => {
  fc.assert(
    fc.property(anyTiers, (tiers) => {
      const byTier = new Map(tiers.flatMap((tier, i) => tier.map((label) => [label, -i] as const)));
      expect(modelOrder(byTier).map((tier) => tier.sort())).toEqual(tiers);
    }),
  );
});
