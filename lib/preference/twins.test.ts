import { expect, test } from "vitest";
import { twinsAmong, twinsApart, twinsOf } from "./twins.ts";

const labels = ["A", "B", "C", "D"];
const twins = twinsAmong(["Yes.", "No.", "Yes.\n", "Yes."].map((text, at) => ({ label: labels[at]!, text })));

test("answers with one text are found, spaces around it aside", () => {
  expect(twins).toEqual([["A", "C", "D"]]);
  expect(
    twinsAmong([
      { label: "A", text: "Yes." },
      { label: "B", text: "yes." },
    ]),
  ).toEqual([]);
});

test("each knows the others of its group", () => {
  expect(twinsOf(twins, "C")).toEqual(["A", "D"]);
  expect(twinsOf(twins, "B")).toEqual([]);
});

test("they are spoken of when they are ranked apart, and only those that are ranked", () => {
  const said = (...tiers: string[][]) => twinsApart(twins, tiers);
  expect(said(["A", "C", "D"], ["B"])).toBeNull();
  expect(said(["A"], ["B"])).toBeNull();
  expect(said(["A"], ["B"], ["C"])).toBe("A and C are the same text, word for word, in different ranks.");
  expect(said(["A", "C"], ["B"], ["D"])).toBe("A, C and D are the same text, word for word, in different ranks.");
  expect(twinsApart([], [["A"], ["B"], ["C"], ["D"]])).toBeNull();
});
