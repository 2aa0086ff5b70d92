// What is sent of a bench when it is submitted.

import type { Guard } from "../../../../../lib/preference/guards.ts";
import type { Submission } from "../../../../../lib/vocabulary/shapes.ts";
import type { Spent } from "./activity.ts";
import { notationOf } from "./places.ts";
import { ratingOf, type Workbench } from "./workbench.ts";

/** @param guards those the person sees and goes past; what was asked before and is so no more was heeded */
export function submissionOf(
  bench: Workbench,
  said: { guards: readonly Guard[]; spent: Spent; guidelinesVersion: number | undefined },
): Submission {
  const ratings = bench.labels.flatMap((label, index) => {
    const { likert, flags, note } = ratingOf(bench, label);
    const spentMs = said.spent.answers[index] ?? 0;
    return bench.rateFirst && likert !== null ? [{ label, likert, flags: [...flags], note, spentMs }] : [];
  });
  return {
    notation: notationOf(bench),
    ratings,
    promptFlags: [...bench.promptFlags],
    guards: [
      ...said.guards.map((guard) => ({ ...guard, heeded: false })),
      ...bench.asked
        .filter(({ kind }) => said.guards.every((guard) => guard.kind !== kind))
        .map((guard) => ({ ...guard, heeded: true })),
    ],
    spentMs: said.spent.total,
    guidelinesVersion: said.guidelinesVersion,
  };
}
