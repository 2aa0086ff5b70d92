import { describe, expect, it } from "vitest";
import { answerFlagNames, promptFlagNames } from "../../../../../lib/vocabulary/labeling.ts";
import { commandOf, flagKeys, type KeyPlace, type KeyPress, promptFlagKeys } from "./keys.ts";
import type { Move } from "./workbench.ts";

const press = (key: string, rest: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...rest,
});
const move = (move: Move) => ({ type: "move", move });
const onCard: KeyPlace = { stage: "rank", on: "other", card: "B", current: "A", k: 4, areSinglesOn: true };
const onBoard: KeyPlace = { ...onCard, card: null };
const rating: KeyPlace = { ...onBoard, stage: "rate" };
const inNote: KeyPlace = { ...rating, on: "text" };
const inNotation: KeyPlace = { ...onBoard, on: "notation" };

describe("keys on a card of the board", () => {
  it("put it in a rank by digit, on any keyboard layout", () => {
    const rank2 = move({ type: "put", label: "B", rank: 2, goOn: true });
    expect(commandOf(press("2"), onCard)).toEqual(rank2);
    expect(commandOf(press("é", { code: "Digit2" }), onCard)).toEqual(rank2);
  });

  it("take it back by 0 and u, keeping the focus on it", () => {
    const back = move({ type: "put", label: "B", rank: 0, goOn: false });
    expect(commandOf(press("0"), onCard)).toEqual(back);
    expect(commandOf(press("u"), onCard)).toEqual(back);
  });

  it("shift it, pin it, and lead back to its rating", () => {
    expect(commandOf(press("ArrowRight"), onCard)).toEqual(move({ type: "shift", label: "B", by: 1 }));
    expect(commandOf(press("p"), onCard)).toEqual(move({ type: "pin", label: "B" }));
    expect(commandOf(press("r"), onCard)).toEqual(move({ type: "go", label: "B" }));
  });

  it("tie it with its twins, and lead to the notation, where Enter goes on and letters are text", () => {
    expect(commandOf(press("t"), onCard)).toEqual({ type: "tie-twins", label: "B" });
    expect(commandOf(press("t"), onBoard)).toBeNull();
    expect(commandOf(press("n"), onCard)).toEqual({ type: "write" });
    expect(commandOf(press("Enter"), inNotation)).toEqual({ type: "confirm" });
    for (const key of ["t", "n", "1", "m"]) expect(commandOf(press(key), inNotation)).toBeNull();
  });

  it("leave digits beyond K, Backspace, other keys and the browser's Alt combinations alone", () => {
    for (const place of [onCard, rating]) {
      expect(commandOf(press("9"), place)).toBeNull();
      expect(commandOf(press("Backspace"), place)).toBeNull();
      expect(commandOf(press("ArrowLeft", { altKey: true }), place)).toBeNull();
      expect(commandOf(press("1", { ctrlKey: true }), place)).toBeNull();
    }
    expect(commandOf(press("1"), onBoard)).toBeNull();
  });
});

describe("letters with Shift", () => {
  const capital = (letter: string) => press(letter.toUpperCase(), { shiftKey: true });

  it("flag the prompt in both stages, each flag by one of its own, and never an answer", () => {
    expect(new Set(Object.values(promptFlagKeys)).size).toBe(promptFlagNames.length);
    for (const place of [rating, onCard, onBoard]) {
      for (const flag of promptFlagNames) {
        expect(commandOf(capital(promptFlagKeys[flag]), place)).toEqual(move({ type: "flag-prompt", flag }));
      }
      for (const letter of Object.values(flagKeys)) {
        expect(commandOf(capital(letter), place)).not.toMatchObject({ move: { type: "flag" } });
      }
    }
    expect(commandOf(capital("a"), inNote)).toBeNull();
  });

  it("are letters alone under Caps Lock", () => {
    expect(commandOf(press("A"), rating)).toEqual(move({ type: "flag", label: "A", flag: "harmful-advice" }));
    expect(commandOf(press("a", { shiftKey: true }), rating)).toEqual(move({ type: "flag-prompt", flag: "ambiguous" }));
  });
});

describe("keys in stage one", () => {
  it("rate the answer on the screen, wherever the focus is but in a text", () => {
    expect(commandOf(press("5"), rating)).toEqual(move({ type: "rate", label: "A", likert: 5 }));
    expect(commandOf(press("&", { code: "Digit1" }), rating)).toEqual(move({ type: "rate", label: "A", likert: 1 }));
    expect(commandOf(press("0"), rating)).toEqual(move({ type: "rate", label: "A", likert: null }));
    expect(commandOf(press("8"), rating)).toBeNull();
    expect(commandOf(press("5"), inNote)).toBeNull();
  });

  it("flag it, each flag by a letter of its own that means nothing else", () => {
    const letters = Object.values(flagKeys);
    expect(new Set([...letters, "n", "m", "g", "u", "?"]).size).toBe(answerFlagNames.length + 5);
    for (const flag of answerFlagNames) {
      expect(commandOf(press(flagKeys[flag]), rating)).toEqual(move({ type: "flag", label: "A", flag }));
    }
  });

  it("go on by Enter, but not where Enter presses a button, and by arrows, but not where they move a choice", () => {
    expect(commandOf(press("Enter"), rating)).toEqual(move({ type: "on" }));
    expect(commandOf(press("Enter"), { ...rating, on: "choice" })).toEqual(move({ type: "on" }));
    expect(commandOf(press("Enter"), { ...rating, on: "button" })).toBeNull();
    expect(commandOf(press("Enter"), inNote)).toBeNull();
    expect(commandOf(press("ArrowLeft"), rating)).toEqual(move({ type: "step", by: -1 }));
    expect(commandOf(press("ArrowLeft"), { ...rating, on: "choice" })).toBeNull();
  });

  it("work only on the focused answer for whoever has switched single keys off", () => {
    const off = { ...rating, areSinglesOn: false };
    expect(commandOf(press("5"), off)).toBeNull();
    expect(commandOf(press("5"), { ...off, card: "A" })).toEqual(move({ type: "rate", label: "A", likert: 5 }));
    expect(commandOf(press("Enter", { ctrlKey: true }), off)).toEqual({ type: "confirm" });
  });
});

describe("keys anywhere", () => {
  it("confirm, undo and redo, from inside a text too", () => {
    expect(commandOf(press("Enter", { ctrlKey: true }), inNotation)).toEqual({ type: "confirm" });
    expect(commandOf(press("Enter", { metaKey: true }), inNote)).toEqual({ type: "confirm" });
    expect(commandOf(press("z", { ctrlKey: true }), inNotation)).toEqual(move({ type: "undo" }));
    expect(commandOf(press("Z", { metaKey: true, shiftKey: true }), onCard)).toEqual(move({ type: "redo" }));
    expect(commandOf(press("y", { ctrlKey: true }), rating)).toEqual(move({ type: "redo" }));
  });

  it("do nothing but that while text is typed", () => {
    for (const key of ["1", "?", "m", "p", "n", "h"]) expect(commandOf(press(key), inNote)).toBeNull();
    expect(commandOf(press("m"), onBoard)).toEqual({ type: "toggle-markdown" });
    expect(commandOf(press("Escape"), inNote)).toEqual({ type: "back" });
  });
});
