import { describe, expect, it } from "vitest";
import { type DraftStore, dropOldDrafts, forgetDraft, readDraft, saveDraft } from "./draft.ts";

function memory(): DraftStore {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

describe("a board kept on this device", () => {
  it("comes back by candidate, in whatever order they are shown", () => {
    const store = memory();
    saveDraft(store, ["x", "y", "z"], [2, 0, 1]);
    expect(readDraft(store, ["z", "x", "y"])).toEqual([1, 2, 0]);
  });

  it("is another one for other candidates, and gone once forgotten", () => {
    const store = memory();
    saveDraft(store, ["x", "y"], [1, 2]);
    expect(readDraft(store, ["x", "y", "z"])).toBeUndefined();
    forgetDraft(store, ["y", "x"]);
    expect(readDraft(store, ["x", "y"])).toBeUndefined();
  });

  it("is ignored when what is stored is not a board", () => {
    const store = memory();
    store.setItem("rankloop.board.x.y", "{half");
    expect(readDraft(store, ["x", "y"])).toBeUndefined();
  });

  it("says so when the device keeps nothing", () => {
    const full: DraftStore = {
      ...memory(),
      length: 0,
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    };
    expect(saveDraft(full, ["x"], [1])).toBe(false);
  });

  it("is dropped after a month, and nothing else with it", () => {
    const store = memory();
    const day = 24 * 3_600_000;
    saveDraft(store, ["old"], [1], 0);
    saveDraft(store, ["new"], [1], 20 * day);
    store.setItem("theme", "dark");
    dropOldDrafts(store, 31 * day);
    expect(readDraft(store, ["old"])).toBeUndefined();
    expect(readDraft(store, ["new"])).toEqual([1]);
    expect(store.getItem("theme")).toBe("dark");
  });
});
