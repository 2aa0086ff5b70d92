import { describe, expect, it } from "vitest";
import { curvesOf, thinned } from "./curves.ts";

const all = () => true;

describe("curves from metric points", () => {
  it("line up on common steps, with gaps where a metric was not measured", () => {
    const points = [
      { step: 2, name: "loss", value: 0.6 },
      { step: 1, name: "loss", value: 0.7 },
      { step: 2, name: "eval/loss", value: 0.65 },
    ];
    expect(curvesOf(points, all)).toEqual({
      steps: [1, 2],
      curves: [
        { name: "loss", values: [0.7, 0.6] },
        { name: "eval/loss", values: [null, 0.65] },
      ],
    });
  });

  it("count a point sent again once, and leave out what is not asked for", () => {
    const points = [
      { step: 1, name: "loss", value: 0.7 },
      { step: 1, name: "loss", value: 0.7 },
      { step: 9, name: "accuracy", value: 1 },
    ];
    expect(curvesOf(points, (name) => name === "loss")).toEqual({
      steps: [1],
      curves: [{ name: "loss", values: [0.7] }],
    });
  });
});

describe("rows of a long run", () => {
  it("keep the first and the last", () => {
    expect(thinned(3, 10)).toEqual([0, 1, 2]);
    expect(thinned(1_000, 5)).toEqual([0, 250, 500, 749, 999]);
  });
});
