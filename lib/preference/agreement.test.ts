import fc from "fast-check";
import { expect, test } from "vitest";
import {
  agreementOfRankings,
  agreementOnOrdered,
  agreementOnPairs,
  agreementShare,
  modelAgreement,
  modelOrder,
} from "./agreement.ts";
import { countPairs } from "./pairs.ts";
import { anyTiers } from "./tiers.fixture.ts";

const scores = (...all: number[]) => new Map(all.map((score, i) => ["ABCDEFGHI"[i] ?? "", score]));
const nll = (x: number) => Math.log1p(Math.exp(-x));

test("a model's agreement, by hand: the pairs the same way round, and −log σ of each pair's difference", () => {
  // B over A and C, which are a tie: the model has C above B.
  const { agreed, pairs, loss } = modelAgreement([["B"], ["A", "C"]], scores(0.5, 1, 3))!;
  expect([agreed, pairs]).toEqual([1, 2]);
  expect(loss).toBeCloseTo((nll(0.5) + nll(-2)) / 2, 12);
  expect(modelAgreement([["A", "B"]], scores(1, 2))).toBeNull();
  expect(modelAgreement([["A"], ["B"]], scores(-1000, 1000))!.loss).toBe(2000);
});

test("equal scores count half, and so do those that are shown as equal", () => {
  expect(modelAgreement([["A"], ["B"]], scores(1, 1))).toEqual({ agreed: 0.5, pairs: 1, loss: Math.LN2 });
  expect(modelAgreement([["A"], ["B"]], scores(0.312, 0.314))).toMatchObject({ agreed: 0.5, pairs: 1 });
  expect(agreementOnPairs([[0, 1]] as const, (i) => [0.5, 0.5][i]!)).toEqual({ agreed: 0.5, pairs: 1 });
});

test("two rankings, by hand: the same way round or both a tie 1, a tie against an order ½, opposite 0", () => {
  const share = (one: string[][], other: string[][]) => agreementShare(agreementOfRankings(one, other));
  expect(share([["A"], ["B"], ["C"]], [["C"], ["B"], ["A"]])).toBe(0);
  expect(share([["A", "B"]], [["B", "A"]])).toBe(1);
  expect(share([["A", "B"]], [["A"], ["B"]])).toBe(0.5);
  // A>B the same, A>C a tie in the other, B>C opposite.
  expect(agreementOfRankings([["A"], ["B"], ["C"]], [["A", "C"], ["B"]])).toEqual({ agreed: 1.5, pairs: 3 });
  expect(share([["A"]], [["A"]])).toBeNull();
});

test("every rule agrees with the others, and with a ranking's own order in every pair", () => {
  fc.assert(
    fc.property(anyTiers, fc.infiniteStream(fc.nat(3)), (tiers, drawn) => {
      const byTier = new Map(tiers.flatMap((tier, i) => tier.map((label) => [label, -i] as const)));
      const { strict, tied } = countPairs(tiers);
      expect(agreementOfRankings(tiers, tiers)).toEqual({ agreed: strict + tied, pairs: strict + tied });
      expect(agreementOnOrdered(tiers, tiers)).toEqual({ agreed: strict, pairs: strict });
      const own = modelAgreement(tiers, byTier);
      if (strict === 0) expect(own).toBeNull();
      else {
        expect(own).toMatchObject({ agreed: strict, pairs: strict });
        expect(own!.loss).toBeLessThan(Math.LN2);
      }
      // Scores, and the ranking that they make.
      const some = new Map(tiers.flat().map((label) => [label, drawn.next().value ?? 0] as const));
      const ranked = [...Map.groupBy(some.keys(), (label) => some.get(label) ?? 0)]
        .sort(([a], [b]) => b - a)
        .map(([, tier]) => tier);
      const byRanking = agreementOnOrdered(tiers, ranked);
      if (strict > 0) expect(modelAgreement(tiers, some)).toMatchObject(byRanking);
      // The opposite order agrees where this one does not.
      const opposite = agreementOnOrdered(tiers, ranked.toReversed());
      expect(byRanking.agreed + opposite.agreed).toBe(strict);
    }),
  );
});

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
