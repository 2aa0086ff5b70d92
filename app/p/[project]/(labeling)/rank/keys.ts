// From a key to what it does on the ranking screen, as a pure function: the list behind `?` says the same in words.
import type { AnswerFlag, PromptFlag } from "../../../../../lib/vocabulary/labeling.ts";
import type { Move, Stage } from "./workbench.ts";

/** Of the field for the notation, which has keys of its own. */
export const notationId = "notation";

/** Of the hidden sentence that tells a screen reader the keys of a focused answer. */
export const keysHintId = "rank-keys-hint";

export type Command =
  | { type: "move"; move: Move }
  /** Onwards: to the next answer, to the review, to the next prompt. */
  | { type: "confirm" }
  | { type: "back" }
  /** To the note in stage one, to the notation in stage two. */
  | { type: "write" }
  /** An answer and those with the same text. */
  | { type: "tie-twins"; label: string }
  | { type: "toggle-markdown" };

export interface KeyPress {
  key: string;
  /** The key's place, e.g. "Digit1": on layouts that need Shift for digits, its `key` is another character. */
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** Where the focus is. */
export interface KeyPlace {
  stage: Stage;
  /** In a text or the notation; on a control with keys of its own (Enter presses a button, arrows move a choice); elsewhere. */
  on: "text" | "notation" | "button" | "choice" | "other";
  /** On the card with this label, in stage one the only one. */
  card: string | null;
  /** The answer rated in stage one. */
  current: string;
  k: number;
  /** Single keys work anywhere on the screen, or (switched off by this person) on a focused card only. */
  areSinglesOn: boolean;
}

/** The letter of each flag, from a word of its name. */
export const flagKeys: Record<AnswerFlag, string> = {
  "fails-task": "f",
  "inappropriate-for-assistant": "i",
  hallucination: "h",
  "satisfies-constraint": "c",
  "sexual-content": "s",
  "violent-content": "v",
  "encourages-harm": "e",
  "denigrates-protected-class": "d",
  "harmful-advice": "a",
  "expresses-opinion": "o",
  "expresses-moral-judgment": "j",
};
/** The letter of each flag of the prompt, pressed with Shift. */
export const promptFlagKeys: Record<PromptFlag, string> = {
  ambiguous: "a",
  "sensitive-content": "s",
  "identity-dependent": "w",
  "closed-domain": "c",
  "continuation-style": "t",
  "requests-opinion": "o",
  "safety-constraints": "e",
  "other-constraints": "h",
  "intent-unclear": "i",
};
const flagOfKey = new Map(Object.entries(flagKeys).map(([flag, key]) => [key, flag as AnswerFlag]));
const promptFlagOfKey = new Map(Object.entries(promptFlagKeys).map(([flag, key]) => [key, flag as PromptFlag]));

/** @returns null for a key that is not ours: it does what it always does. */
export function commandOf(press: KeyPress, place: KeyPlace): Command | null {
  const key = press.key.toLowerCase();
  // Alt is the browser's (back, forward) and the menus'.
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) return chordOf(key, press.shiftKey);
  if (key === "escape") return { type: "back" };
  if (place.on === "notation" && key === "enter") return { type: "confirm" };
  if (place.on === "text" || place.on === "notation" || (place.card === null && !place.areSinglesOn)) return null;
  // Not told by the letter's case: with Caps Lock a letter alone is a capital one.
  const promptFlag = press.shiftKey ? promptFlagOfKey.get(key) : undefined;
  if (promptFlag) return { type: "move", move: { type: "flag-prompt", flag: promptFlag } };
  if (key === "m") return { type: "toggle-markdown" };
  if (key === "n") return { type: "write" };
  if (key === "t" && place.stage === "rank" && place.card !== null) return { type: "tie-twins", label: place.card };
  const move = place.stage === "rate" ? ratingMove(press, key, place) : boardMove(press, key, place);
  return move ? { type: "move", move } : null;
}

function chordOf(key: string, isShift: boolean): Command | null {
  if (key === "enter") return { type: "confirm" };
  if (key === "z") return { type: "move", move: { type: isShift ? "redo" : "undo" } };
  if (key === "y") return { type: "move", move: { type: "redo" } };
  return null;
}

function ratingMove(press: KeyPress, key: string, { on, current: label }: KeyPlace): Move | null {
  const digit = digitOf(press);
  if (digit === 0 || key === "u") return { type: "rate", label, likert: null };
  if (digit !== null) return digit <= 7 ? { type: "rate", label, likert: digit } : null;
  const flag = press.shiftKey ? undefined : flagOfKey.get(key);
  if (flag) return { type: "flag", label, flag };
  if (key === "enter" && on !== "button") return { type: "on" };
  if (on === "choice") return null;
  if (key === "arrowleft") return { type: "step", by: -1 };
  return key === "arrowright" ? { type: "step", by: 1 } : null;
}

function boardMove(press: KeyPress, key: string, { card: label, k }: KeyPlace): Move | null {
  if (label === null) return null;
  const rank = key === "u" ? 0 : digitOf(press);
  if (rank !== null) return rank <= k ? { type: "put", label, rank, goOn: rank > 0 } : null;
  if (key === "arrowleft") return { type: "shift", label, by: -1 };
  if (key === "arrowright") return { type: "shift", label, by: 1 };
  if (key === "p") return { type: "pin", label };
  return key === "r" ? { type: "go", label } : null;
}

function digitOf({ key, code, shiftKey }: KeyPress): number | null {
  if (/^[0-9]$/.test(key)) return Number(key);
  const place = /^Digit([0-9])$/.exec(code)?.[1];
  return place && !shiftKey ? Number(place) : null;
}
