import { expect, it } from "vitest";
import { sayClosed, sayOpen } from "./open-windows.ts";

function memory() {
  const kept = new Map<string, string>();
  return {
    size: () => kept.size,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

it("the last window to close an assignment is told so", () => {
  const store = memory();
  sayOpen(store, "a", "one", 1_000);
  sayOpen(store, "a", "two", 2_000);
  sayOpen(store, "b", "two", 2_000);
  expect(sayClosed(store, "a", "two", 3_000)).toBe(false);
  expect(sayClosed(store, "a", "one", 4_000)).toBe(true);
  expect(sayClosed(store, "b", "two", 4_000)).toBe(true);
  expect(store.size()).toBe(0);
});

it("a window that crashed is not waited for", () => {
  const store = memory();
  sayOpen(store, "a", "crashed", 0);
  sayOpen(store, "a", "one", 200_000);
  expect(sayClosed(store, "a", "one", 200_001)).toBe(true);
});

it("what is not a list of windows is none", () => {
  const store = memory();
  store.setItem("rankloop.open.a", "{half");
  expect(sayClosed(store, "a", "one", 0)).toBe(true);
});
