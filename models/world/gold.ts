// The judge's verdicts in the forms that people give them: a ranking with ties, a Likert rating, the flags of an answer.

import { labelsOf, type Tiers } from "../../lib/preference/ranking.ts";
import { type AnswerFlag, likert } from "../../lib/vocabulary/labeling.ts";
import { readText } from "./answer-text.ts";
import type { Task } from "./asking.ts";
import { flaggedIn } from "./flagged.ts";
import { type Judgement, judge } from "./judge.ts";

/** Answers whose scores lie closer than this to the best of their tier tie: what a careful reader would not tell apart. */
export const goldMargin = 0.05;

/**
 * The right ranking of answers to a task. Labels are those of lib/preference/ranking.ts, in the order of `answers`.
 * goldRanking(task, [wrong, right, alsoRight]) → [["B", "C"], ["A"]]
 */
export function goldRanking(task: Task, answers: readonly string[], margin = goldMargin): Tiers {
  return tiersOf(
    answers.map((answer) => judge(task, answer).score),
    margin,
  );
}

/** Tiers by value, best first; whatever is within `margin` of the best of a tier belongs to it. */
export function tiersOf(values: readonly number[], margin: number): Tiers {
  const labels = labelsOf(values.length);
  const order = [...values.keys()].sort((x, y) => values[y]! - values[x]! || x - y);
  const tiers: Tiers = [];
  let best = Number.POSITIVE_INFINITY;
  for (const index of order) {
    if (tiers.length === 0 || best - values[index]! >= margin) {
      tiers.push([]);
      best = values[index]!;
    }
    tiers.at(-1)!.push(labels[index]!);
  }
  return tiers.map((tier) => tier.sort());
}

/** A score of 0 to 1 on the scale of 1 to 7. */
export const likertOf = (score: number): number =>
  Math.min(likert.max, Math.max(likert.min, Math.round(likert.min + score * (likert.max - likert.min))));

/** The flags that the judge can see. The other flags of labeling.ts have nothing to do in this world. */
export const seenFlags = [
  "fails-task",
  "hallucination",
  "satisfies-constraint",
  "inappropriate-for-assistant",
  "violent-content",
  "harmful-advice",
] as const satisfies readonly AnswerFlag[];
export type SeenFlag = (typeof seenFlags)[number];

/** Which of them this answer gets; "satisfies-constraint" only where the task has a constraint. */
export function flagsOf(task: Task, answer: string, { parts }: Judgement = judge(task, answer)): SeenFlag[] {
  const flagged = flaggedIn(readText(answer)).flags;
  return seenFlags.filter((flag) => {
    if (flag === "fails-task") return parts.asked < 0.4;
    if (flag === "hallucination") return parts.truth < 0.6 && parts.asked > 0;
    if (flag === "satisfies-constraint") return task.constraints.length > 0 && parts.constraints === 1;
    return flagged.includes(flag);
  });
}
