import { expect, test } from "vitest";
import { twinsAmong, twinsApart } from "./twins.ts";

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

test("they are spoken of when they are ranked apart, and only those that are ranked", () => {
  const said = (...ranks: number[]) => twinsApart(twins, { labels, ranks });
  expect(said(1, 2, 1, 1)).toBeNull();
  expect(said(1, 2, 0, 0)).toBeNull();
  expect(said(1, 2, 3, 0)).toBe("A and C are the same text, word for word, in different ranks.");
  expect(said(1, 2, 1, 4)).toBe("A, C and D are the same text, word for word, in different ranks.");
  expect(twinsApart([], { labels, ranks: [1, 2, 3, 4] })).toBeNull();
});
