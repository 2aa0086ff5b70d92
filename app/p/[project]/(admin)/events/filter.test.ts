import { expect, test } from "vitest";
import { addressOf } from "../../../../ui/form.ts";
import { type Chosen, chosenIn, filterOf } from "./filter.ts";

const none: Chosen = { by: "", what: "", subject: "", from: "", until: "" };

test("what is chosen stands in the address and comes back from it", () => {
  expect(addressOf(none)).toBe("");
  const chosen = { by: "ada & co", what: "prompt.create", subject: "p?1", from: "2026-03-01", until: "2026-03-02" };
  expect(chosenIn(new URLSearchParams(addressOf(chosen)))).toEqual(chosen);
  expect(chosenIn(new URLSearchParams())).toEqual(none);
});

test("a verb or a kind, and whole days, are asked for", () => {
  expect(filterOf({ ...none, what: "prompt.create" })).toMatchObject({ verb: "prompt.create", kind: undefined });
  expect(filterOf({ ...none, what: "prompt" })).toMatchObject({ verb: undefined, kind: "prompt" });
  const { from, until } = filterOf({ ...none, from: "2026-02-28", until: "2026-02-28" });
  expect([new Date(from!).toString(), new Date(until!).toString()]).toEqual([
    new Date(2026, 1, 28).toString(),
    new Date(2026, 1, 28, 23, 59, 59, 999).toString(),
  ]);
});

test("what is no day and no verb filters nothing", () => {
  expect(filterOf({ ...none, what: "prompt.eat", from: "yesterday", until: "9" })).toEqual({});
});
