// From a key to what it does on the ranking screen, as a pure function: the list behind `?` says the same in words.
import type { Move } from "./workbench.ts";

export type Command = { type: "move"; move: Move } | { type: "confirm" } | { type: "back" } | { type: "list-keys" };

export interface KeyPress {
  key: string;
  /** The key's place, e.g. "Digit1": on layouts that need Shift for digits, its `key` is another character. */
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** Where the focus is: in a text field, or on the card with this label. */
export interface KeyPlace {
  inField: boolean;
  card: string | null;
  k: number;
}

function digitOf({ key, code, shiftKey }: KeyPress): number | null {
  if (/^[0-9]$/.test(key)) return Number(key);
  const place = /^Digit([0-9])$/.exec(code)?.[1];
  return place && !shiftKey ? Number(place) : null;
}

/** @returns null for a key that is not ours: it does what it always does. */
export function commandOf(press: KeyPress, { inField, card, k }: KeyPlace): Command | null {
  const key = press.key.toLowerCase();
  // Alt is the browser's (back, forward) and the menus'.
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    if (key === "enter") return { type: "confirm" };
    if (key === "z") return { type: "move", move: { type: press.shiftKey ? "redo" : "undo" } };
    if (key === "y") return { type: "move", move: { type: "redo" } };
    return null;
  }
  if (key === "escape") return { type: "back" };
  if (inField) return null;
  if (key === "?") return { type: "list-keys" };
  if (card === null) return null;
  const rank = key === "u" ? 0 : digitOf(press);
  if (rank !== null) {
    return rank <= k ? { type: "move", move: { type: "put", label: card, rank, goOn: rank > 0 } } : null;
  }
  if (key === "arrowleft") return { type: "move", move: { type: "shift", label: card, by: -1 } };
  if (key === "arrowright") return { type: "move", move: { type: "shift", label: card, by: 1 } };
  return null;
}
