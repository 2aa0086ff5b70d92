// For tests: fast-check's rankings of every size and shape.
import fc from "fast-check";
import { labelsOf, type Tiers } from "./ranking.ts";

/** Every tier shape of K = 2..9 labels: which label goes where, and where a tier ends. */
export const anyTiers: fc.Arbitrary<Tiers> = fc
  .integer({ min: 2, max: 9 })
  .chain((k) =>
    fc.record({
      order: fc.shuffledSubarray(labelsOf(k), { minLength: k, maxLength: k }),
      ends: fc.array(fc.boolean(), { minLength: k - 1, maxLength: k - 1 }),
    }),
  )
  .map(({ order, ends }) => {
    const tiers: Tiers = [[]];
    order.forEach((label, at) => {
      if (at > 0 && ends[at - 1]) tiers.push([]);
      tiers.at(-1)?.push(label);
    });
    return tiers.map((tier) => tier.sort());
  });
