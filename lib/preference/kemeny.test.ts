import fc from "fast-check";
import { expect, test } from "vitest";
import { agreementOfRankings } from "./agreement.ts";
import { kemeny } from "./kemeny.ts";

/** Every order of these places, ties included. */
function orders(places: readonly number[]): number[][][] {
  if (places.length === 0) return [[]];
  const all: number[][][] = [];
  for (let set = 1; set < 1 << places.length; set++) {
    const tier = places.filter((_, at) => set & (1 << at));
    const rest = places.filter((_, at) => !(set & (1 << at)));
    for (const below of orders(rest)) all.push([tier, ...below]);
  }
  return all;
}

const order = (k: number) => fc.constantFrom(...orders([...Array(k).keys()]));

test("it is what trying every order finds: most agreement, then fewest tiers, then the first by place", () => {
  const several = fc
    .integer({ min: 2, max: 5 })
    .chain((k) => fc.tuple(fc.constant(k), fc.array(order(k), { minLength: 1, maxLength: 5 })));
  fc.assert(
    fc.property(several, ([k, rankings]) => {
      const agreed = (tiers: number[][]) =>
        rankings.reduce((sum, one) => sum + agreementOfRankings(tiers, one).agreed, 0);
      const all = orders([...Array(k).keys()]);
      const most = Math.max(...all.map(agreed));
      const best = all.filter((tiers) => agreed(tiers) === most);
      const fewest = Math.min(...best.map(({ length }) => length));
      const byPlace = best.filter(({ length }) => length === fewest).map((tiers) => JSON.stringify(tiers));
      // "[0]" is before "[0,1]" as lists are, and as text too once the bracket counts less than the comma.
      const found = JSON.stringify(kemeny(k, rankings));
      expect(byPlace).toContain(found);
      expect(byPlace.toSorted((a, b) => listOrder(JSON.parse(a), JSON.parse(b)))[0]).toBe(found);
    }),
    { numRuns: 200 },
  );
});

function listOrder(a: number[][], b: number[][]): number {
  for (const [at, tier] of a.entries()) {
    for (const [i, place] of tier.entries()) {
      if (place !== b[at]?.[i]) return place - (b[at]?.[i] ?? -1);
    }
    if (tier.length !== b[at]?.length) return tier.length - (b[at]?.length ?? 0);
  }
  return 0;
}

test("one ranking is its own majority, and of two that contradict each other nothing is above another", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }).chain((k) => fc.tuple(fc.constant(k), order(k))),
      ([k, tiers]) => {
        expect(kemeny(k, [tiers])).toEqual(tiers);
        expect(kemeny(k, [tiers, tiers, tiers.toReversed()])).toEqual(tiers);
      },
    ),
  );
  expect(
    kemeny(2, [
      [[0], [1]],
      [[1], [0]],
    ]),
  ).toEqual([[0, 1]]);
  // Nine answers, as many as are ranked.
  const nine = [...Array(9).keys()].map((place) => [place]);
  expect(kemeny(9, [nine, nine, nine.toReversed()])).toEqual(nine);
});
