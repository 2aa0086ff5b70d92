// What a person has said so far (ranks, ratings, flags) and the steps back and forth through it.
import type { AnswerFlag, PromptFlag } from "../../../../../lib/vocabulary/labeling.ts";
import type { Ranks } from "./places.ts";

/** Stage one of one answer; `likert` is null until it is rated. Flags stand in the order of the list. */
export interface Rating {
  readonly likert: number | null;
  readonly flags: readonly AnswerFlag[];
  readonly note: string;
}

export interface Work {
  readonly ranks: Ranks;
  /** By answer, in the order shown. */
  readonly ratings: readonly Rating[];
  readonly promptFlags: readonly PromptFlag[];
}

/** One change: what was there before it and after it, so that it can be gone both ways. */
export type Step =
  | { readonly what: "ranks"; readonly before: Ranks; readonly after: Ranks }
  | { readonly what: "rating"; readonly index: number; readonly before: Rating; readonly after: Rating }
  | { readonly what: "promptFlags"; readonly before: readonly PromptFlag[]; readonly after: readonly PromptFlag[] };

export interface History {
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

/** More than anyone goes back, and little enough for a draft that is saved at every change. */
const mostSteps = 200;
const mostCharacters = 60_000;

export function apply(work: Work, step: Step, way: "before" | "after"): Work {
  switch (step.what) {
    case "ranks":
      return { ...work, ranks: step[way] };
    case "promptFlags":
      return { ...work, promptFlags: step[way] };
    case "rating":
      return { ...work, ratings: work.ratings.with(step.index, step[way]) };
  }
}

/** @param joins the step goes on with the one before it: both are undone as one */
export function record({ past }: History, step: Step, joins: boolean): History {
  const last = past.at(-1);
  const joined = joins && last ? ({ ...step, before: last.before } as Step) : null;
  return { past: bounded(joined ? [...past.slice(0, -1), joined] : [...past, step]), future: [] };
}

/** The oldest steps go first. */
function bounded(steps: readonly Step[]): readonly Step[] {
  let kept = steps.slice(-mostSteps);
  let characters = kept.reduce((sum, step) => sum + sizeOf(step), 0);
  while (characters > mostCharacters && kept.length > 1) {
    const [oldest, ...rest] = kept;
    characters -= oldest ? sizeOf(oldest) : 0;
    kept = rest;
  }
  return kept;
}

const sizeOf = (step: Step) => (step.what === "rating" ? step.before.note.length + step.after.note.length : 0);
