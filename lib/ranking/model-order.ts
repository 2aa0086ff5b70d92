// A reward model's order beside a person's, in the form people read.

import { modelAgreement, modelOrder } from "../preference/agreement.ts";
import { labelsOf } from "../preference/ranking.ts";
import type { ModelOrder } from "../vocabulary/shapes.ts";
import { notationOf } from "./labels.ts";

/** The order of a reward model beside a ranking. @param tiers the person's, of positions; `scores` are by position, too */
export function modelOrderOf(
  tiers: readonly number[][],
  { modelName, scores }: { modelName: string; scores: ReadonlyMap<number, number> },
): ModelOrder {
  const labels = labelsOf(tiers.flat().length);
  const { agreed, pairs } = modelAgreement(tiers, scores) ?? { agreed: 0, pairs: 0 };
  return {
    modelName,
    scores: [...scores]
      .sort(([, a], [, b]) => b - a)
      .map(([position, score]) => ({ label: labels[position] ?? "?", score })),
    notation: notationOf(modelOrder(scores)),
    agreed,
    strict: pairs,
  };
}
