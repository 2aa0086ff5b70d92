import { describe, expect, it } from "vitest";
import { commandOf, type KeyPlace, type KeyPress } from "./keys.ts";

const press = (key: string, rest: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...rest,
});
const onCard: KeyPlace = { inField: false, card: "B", k: 4 };
const inField: KeyPlace = { inField: true, card: null, k: 4 };
const elsewhere: KeyPlace = { inField: false, card: null, k: 4 };

describe("keys on a card", () => {
  it("puts it in a rank by digit, on any keyboard layout", () => {
    const rank2 = { type: "move", move: { type: "put", label: "B", rank: 2, goOn: true } };
    expect(commandOf(press("2"), onCard)).toEqual(rank2);
    expect(commandOf(press("é", { code: "Digit2" }), onCard)).toEqual(rank2);
  });

  it("takes it back by 0 and u, keeping the focus on it", () => {
    const back = { type: "move", move: { type: "put", label: "B", rank: 0, goOn: false } };
    expect(commandOf(press("0"), onCard)).toEqual(back);
    expect(commandOf(press("u"), onCard)).toEqual(back);
  });

  it("leaves digits beyond K, other keys and the browser's Alt combinations alone", () => {
    expect(commandOf(press("5"), onCard)).toBeNull();
    expect(commandOf(press("Backspace"), onCard)).toBeNull();
    expect(commandOf(press("ArrowLeft", { altKey: true }), onCard)).toBeNull();
    expect(commandOf(press("1", { ctrlKey: true }), onCard)).toBeNull();
  });
});

describe("keys elsewhere", () => {
  it("confirms, undoes and redoes from inside the text field too", () => {
    expect(commandOf(press("Enter", { ctrlKey: true }), inField)).toEqual({ type: "confirm" });
    expect(commandOf(press("Enter", { metaKey: true }), elsewhere)).toEqual({ type: "confirm" });
    expect(commandOf(press("z", { ctrlKey: true }), inField)).toEqual({ type: "move", move: { type: "undo" } });
    expect(commandOf(press("Z", { metaKey: true, shiftKey: true }), onCard)).toEqual({
      type: "move",
      move: { type: "redo" },
    });
  });

  it("moves nothing by digits and opens no list by ? while text is typed", () => {
    expect(commandOf(press("1"), inField)).toBeNull();
    expect(commandOf(press("?"), inField)).toBeNull();
    expect(commandOf(press("1"), elsewhere)).toBeNull();
    expect(commandOf(press("?"), elsewhere)).toEqual({ type: "list-keys" });
  });
});
