import fc from "fast-check";
import { expect, test } from "vitest";
import { anyTiers } from "./any-tiers.ts";
import { agreementOf, modelOrder } from "./model-order.ts";
import { countPairs } from "./pairs.ts";

const scores = (...all: number[]) => new Map(all.map((score, i) => ["ABCDEFGHI"[i] ?? "", score]));
const nll = (x: number) => Math.log1p(Math.exp(-x));

test("the model's order is by score, and what would be shown as equal is a tie", () => {
  expect(modelOrder(scores(0.31, 1.2, 0.312, -4))).toEqual([["B"], ["A", "C"], ["D"]]);
  expect(modelOrder(scores(-0.001, 0.001))).toEqual([["A", "B"]]);
});

test("agreement, by hand: the pairs the same way round, and −log σ of each pair's difference", () => {
  // B over A and C, which are a tie: the model has C above B.
  const { agreed, strict, loss } = agreementOf([["B"], ["A", "C"]], scores(0.5, 1, 3))!;
  expect([agreed, strict]).toEqual([1, 2]);
  expect(loss).toBeCloseTo((nll(0.5) + nll(-2)) / 2, 12);
  expect(agreementOf([["A", "B"]], scores(1, 2))).toBeNull();
  // Equal scores have no order to agree with.
  expect(agreementOf([["A"], ["B"]], scores(1, 1))).toEqual({ agreed: 0, strict: 1, loss: Math.LN2 });
  expect(agreementOf([["A"], ["B"]], scores(-1000, 1000))!.loss).toBe(2000);
});

test("a model that scores by the ranking itself agrees with every pair of it", () => {
  fc.assert(
    fc.property(anyTiers, (tiers) => {
      const byTier = new Map(tiers.flatMap((tier, i) => tier.map((label) => [label, -i] as const)));
      expect(modelOrder(byTier).map((tier) => tier.sort())).toEqual(tiers);
      const { strict } = countPairs(tiers);
      const found = agreementOf(tiers, byTier);
      if (strict === 0) expect(found).toBeNull();
      else {
        expect(found).toMatchObject({ agreed: strict, strict });
        expect(found!.loss).toBeLessThan(Math.LN2);
      }
    }),
  );
});
