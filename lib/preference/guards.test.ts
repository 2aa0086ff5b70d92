import { describe, expect, it } from "vitest";
import type { AnswerFlag } from "../vocabulary/labeling.ts";
import { guardsOf, type Rated } from "./guards.ts";

const shown = ["A", "B", "C"];
const rated = (label: string, likert: number, ...flags: AnswerFlag[]): Rated => ({ label, likert, flags });
const kinds = (...input: Parameters<typeof guardsOf>) => guardsOf(...input).map(({ kind }) => kind);

describe("guards", () => {
  it("have nothing to say of a ranking that was thought about", () => {
    const ratings = [rated("A", 4), rated("B", 6, "satisfies-constraint", "expresses-opinion"), rated("C", 4)];
    expect(guardsOf(shown, [["B"], ["A", "C"]], ratings, [])).toEqual([]);
  });

  it("question the order shown, but not a tie in it, nor two answers", () => {
    expect(guardsOf(shown, [["A"], ["B"], ["C"]], [], [])).toEqual([
      { kind: "untouched-order", said: "A>B>C is the order the answers were shown in." },
    ]);
    expect(kinds(shown, [["A"], ["B", "C"]], [], [])).toEqual([]);
    expect(kinds(["A", "B"], [["A"], ["B"]], [], [])).toEqual([]);
  });

  it("name the pair whose ratings disagree most with its ranks", () => {
    const ratings = [rated("A", 2), rated("B", 3), rated("C", 6)];
    expect(guardsOf(shown, [["B"], ["A"], ["C"]], ratings, [])).toEqual([
      { kind: "rating-contradicts", said: "A (2 of 7) is ranked above C (6 of 7)." },
    ]);
    expect(kinds(shown, [["A", "B", "C"]], ratings, [])).toEqual([]);
  });

  it("question a flagged answer in the first place, alone or in a tie", () => {
    const ratings = [rated("A", 5), rated("B", 5, "harmful-advice"), rated("C", 5)];
    expect(guardsOf(shown, [["B", "A"], ["C"]], ratings, [])).toEqual([
      { kind: "flagged-first", said: "You flagged B (gives harmful advice), and ranked it first." },
    ]);
    expect(kinds(shown, [["A"], ["B"], ["C"]], ratings, [])).toEqual(["untouched-order"]);
  });

  it("question one text in two ranks, whatever else is right", () => {
    expect(guardsOf(shown, [["C"], ["B"], ["A"]], [], [["A", "C"]])).toEqual([
      { kind: "twins-apart", said: "A and C are the same text, word for word, in different ranks." },
    ]);
    expect(kinds(shown, [["B"], ["A", "C"]], [], [["A", "C"]])).toEqual([]);
  });
});
