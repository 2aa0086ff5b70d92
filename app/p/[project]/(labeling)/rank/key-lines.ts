// The list behind `?`: the keys of the stage the person is in, then those of both.
import { answerFlagNames, answerFlags, promptFlagNames, promptFlags } from "../../../../../lib/vocabulary/labeling.ts";
import type { KeyLines } from "../key-list.tsx";
import { flagKeys, promptFlagKeys } from "./keys.ts";
import type { Stage } from "./workbench.ts";

const stages: Record<Stage, (k: number) => KeyLines> = {
  rate: () => [
    ["1 … 7", "Rate this answer; 0 or U takes the rating back"],
    ...answerFlagNames.map((flag) => [flagKeys[flag].toUpperCase(), answerFlags[flag]] as const),
    ["N", "Write a note; Esc leads back to the answer"],
    ["Enter", "On: to the next answer that is not rated, and after the last to the board"],
    ["← →", "The answer before and after this one"],
  ],
  rank: (k) => [
    [`1 … ${k}`, "Put the focused answer in that rank; the focus goes to the next unranked one"],
    ["0 or U", "Take it back to Unranked"],
    ["← →", "Move it one column; two answers in one column are a tie"],
    ["T", "Tie it with the answers that are the same text"],
    ["N", "Type the ranking, like B>A=C; Enter reviews it, Enter again submits it, Esc leads back to the answer"],
    ["P", "Pin it: two pinned ones stand side by side with their differences"],
    ["R", "Back to its rating, where answers are rated first"],
    ["Tab, Shift+Tab", "Next and previous answer"],
    ["Esc", "Back from the review to the board; close the side-by-side view"],
  ],
};

const both: KeyLines = [
  ["↑ ↓", "Scroll a long answer"],
  ["Ctrl+Enter", "On: next answer, review, submit; also from inside a text field (⌘ on a Mac)"],
  ["Ctrl+Z, Ctrl+Shift+Z", "Undo and redo, also across a reload (⌘ on a Mac)"],
  ["M", "Show Markdown, or the texts as they were written"],
  ["G", "Guidelines"],
  ["?", "This list"],
  ...promptFlagNames.map(
    (flag) => [`Shift+${promptFlagKeys[flag].toUpperCase()}`, `Prompt flag: ${promptFlags[flag]}`] as const,
  ),
];

/** @param k how many answers there are to rank */
export function keyLines(stage: Stage, k: number): KeyLines {
  return [...stages[stage](k), ...both];
}
