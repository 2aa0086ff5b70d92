import { describe, expect, it } from "vitest";
import { curvesOf, thinned } from "./curves.ts";

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
