import { describe, expect, it } from "vitest";
import { curvesOf, isAlone, rangeAround, thinned, tickTexts } from "./curves.ts";

describe("curves from metric points", () => {
  it("line up on common steps, with gaps where a metric was not measured", () => {
    const points = [
      { step: 2, name: "loss", value: 0.6 },
      { step: 1, name: "loss", value: 0.7 },
      { step: 2, name: "eval/loss", value: 0.65 },
    ];
    expect(curvesOf([{ run: null, points }], ["loss", "eval/loss", "never measured"])).toEqual({
      steps: [1, 2],
      curves: [
        { name: "loss", run: null, values: [0.7, 0.6] },
        { name: "eval/loss", run: null, values: [null, 0.65] },
      ],
    });
  });

  it("count a point sent again once, as it was sent last, and leave out what is not asked for", () => {
    const points = [
      { step: 1, name: "loss", value: 0.8 },
      { step: 1, name: "loss", value: 0.7 },
      { step: 9, name: "accuracy", value: 1 },
    ];
    expect(curvesOf([{ run: null, points }], ["loss"])).toEqual({
      steps: [1],
      curves: [{ name: "loss", run: null, values: [0.7] }],
    });
  });

  it("of two runs stand side by side, metric by metric, though one is longer", () => {
    const one = [{ step: 1, name: "loss", value: 0.7 }];
    const other = [
      { step: 1, name: "loss", value: 0.9 },
      { step: 2, name: "loss", value: 0.8 },
      { step: 2, name: "eval/loss", value: 0.6 },
    ];
    const runs = [
      { run: "First", points: one },
      { run: "Second", points: other },
    ];
    expect(curvesOf(runs, ["loss", "eval/loss"])).toEqual({
      steps: [1, 2],
      curves: [
        { name: "loss", run: "First", values: [0.7, null] },
        { name: "loss", run: "Second", values: [0.9, 0.8] },
        { name: "eval/loss", run: "Second", values: [null, 0.6] },
      ],
    });
  });
});

describe("rows of a long run", () => {
  it("keep the first and the last", () => {
    expect(thinned(3, 10)).toEqual([0, 1, 2]);
    expect(thinned(1_000, 5)).toEqual([0, 250, 500, 749, 999]);
  });
});

describe("a plot with little in it", () => {
  it("shows a single value as a dot, with room around it", () => {
    expect(isAlone({ name: "loss", run: null, values: [null, 0.69, null] })).toBe(true);
    expect(isAlone({ name: "loss", run: null, values: [0.7, 0.69] })).toBe(false);
    expect(rangeAround(2, 2)).toEqual([1.8, 2.2]);
    expect(rangeAround(0, 0)).toEqual([-1, 1]);
    expect(rangeAround(0, 10)).toEqual([-1, 11]);
    expect(rangeAround(null, null)).toEqual([0, 1]);
  });

  it("has no number twice on its axis", () => {
    expect(tickTexts([0, 0.5, 1])).toEqual(["0", "0.5", "1"]);
    const narrow = tickTexts([0.5001, 0.50012, 0.50014, 0.50016]);
    expect(new Set(narrow).size).toBe(4);
  });
});
