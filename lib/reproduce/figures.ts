// The report's figures: Vega-Lite specifications, drawn as SVG without a browser.
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Interval } from "../../models/interval.ts";
import { type curves, type Fit, heightOf, type Optimised } from "./over-optimisation.ts";

/** Okabe and Ito's colours, which people of any colour vision can tell apart. */
const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const config = {
    font: "sans-serif",
    background: "white",
    axis: { labelFontSize: 12, titleFontSize: 13, gridColor: "#e5e5e5" },
    legend: { labelFontSize: 12, titleFontSize: 12, labelLimit: 240 },
    header: { labelFontSize: 13 },
    range: { category: colours },
    view: { stroke: null },
  };
  const view = new View(parse(compile({ ...spec, config }).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

const frame = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: 440, height: 280, padding: 8 };

const quantity = (field: string, title: string, scale: object = { zero: false }) =>
  ({ field, type: "quantitative", title, scale }) as const;
const logarithmic = { type: "log", nice: false, padding: 20 };

/** One line for each group, with a point and an interval at each x. */
const linesWithIntervals = (x: object, y: string, title: string, group: string) => [
  {
    mark: { type: "line", opacity: 0.6 },
    encoding: { x, y: quantity(y, title), color: { field: group, type: "nominal", title: null, sort: null } },
  },
  {
    mark: { type: "rule" },
    encoding: {
      x,
      y: quantity("low", title),
      y2: { field: "high" },
      color: { field: group, type: "nominal", sort: null },
    },
  },
  {
    mark: { type: "point", filled: true, size: 55 },
    encoding: { x, y: quantity(y, title), color: { field: group, type: "nominal", sort: null } },
  },
];

/** Figure 1 of InstructGPT: who is preferred to the largest SFT model, against the number of parameters. */
export const winRates = (rows: readonly ({ parameters: number; policy: string } & Interval)[]): TopLevelSpec =>
  ({
    ...frame,
    data: { values: rows },
    layer: [
      { mark: { type: "rule", strokeDash: [4, 4], color: "#888" }, encoding: { y: { datum: 0.5 } } },
      ...linesWithIntervals(
        quantity("parameters", "Parameters", logarithmic),
        "value",
        "Win rate against the largest SFT model",
        "policy",
      ),
    ],
  }) as TopLevelSpec;

/** Shares with their intervals, one below the other, and the paper's shares as open marks. */
export const shares = (rows: readonly ({ what: string; paper?: number } & Interval)[], title: string): TopLevelSpec => {
  const y = { field: "what", type: "nominal", sort: null, title: null, axis: { labelLimit: 300 } };
  return {
    ...frame,
    height: 28 * rows.length,
    data: { values: rows },
    layer: [
      { mark: { type: "rule" }, encoding: { y, x: quantity("low", title), x2: { field: "high" } } },
      { mark: { type: "point", filled: true, size: 70 }, encoding: { y, x: quantity("value", title) } },
      {
        transform: [{ filter: "isValid(datum.paper)" }],
        mark: { type: "point", shape: "diamond", size: 80, color: colours[1] },
        encoding: { y, x: quantity("paper", title) },
      },
    ],
  } as TopLevelSpec;
};

/** Accuracy against the size of the data, one line for each kind; the bars reach from the lowest seed to the highest. */
export const scaling = (rows: readonly ({ at: number; kind: string } & Interval)[], x: string): TopLevelSpec =>
  ({
    ...frame,
    data: { values: rows },
    layer: linesWithIntervals(quantity("at", x, logarithmic), "value", "Accuracy", "kind"),
  }) as TopLevelSpec;

/** Gao's figure 1: proxy and gold against the distance, each with its points, and the curve fitted to the gold ones. */
export const overOptimised = (
  panels: readonly { kind: keyof typeof curves; points: readonly Optimised[]; fit: Fit | null }[],
): TopLevelSpec => {
  const x = quantity("d", "√KL to the SFT model", { zero: true });
  const y = quantity("score", "Standard deviations");
  return {
    $schema: frame.$schema,
    padding: frame.padding,
    hconcat: panels.map(({ kind, points, fit }) => {
      const far = Math.max(...points.map(({ d }) => d));
      const line = Array.from({ length: 60 }, (_, i) => (far * i) / 59);
      return {
        width: 300,
        height: 280,
        title: kind === "ppo" ? "PPO, β = 0" : "Best of n",
        layer: [
          {
            data: {
              values: points.flatMap(({ d, proxy, gold }) => [
                { d, score: proxy, by: "proxy" },
                { d, score: gold, by: "gold" },
              ]),
            },
            mark: { type: "point", filled: true, size: 28, opacity: 0.7 },
            encoding: { x, y, color: { field: "by", type: "nominal", title: null, sort: ["proxy", "gold"] } },
          },
          {
            data: { values: fit ? line.map((d) => ({ d, score: heightOf(kind, fit, d) })) : [] },
            mark: { type: "line", color: colours[1], strokeDash: [6, 3] },
            encoding: { x, y },
          },
        ],
      };
    }),
  } as TopLevelSpec;
};

/** What a policy gained against what it lost: gold score, and loss on pre-training text. */
export const tax = (
  rows: readonly { loss: number; gold: number; what: string; low: number; high: number }[],
): TopLevelSpec => {
  const x = quantity("loss", "Loss on pre-training documents, nats a token");
  return {
    ...frame,
    data: { values: rows },
    layer: [
      {
        mark: { type: "rule", color: "#999" },
        encoding: { x, y: quantity("low", "Gold score"), y2: { field: "high" } },
      },
      { mark: { type: "point", filled: true, size: 60 }, encoding: { x, y: quantity("gold", "Gold score") } },
      {
        mark: { type: "text", align: "left", dx: 8, fontSize: 12 },
        encoding: { x, y: quantity("gold", "Gold score"), text: { field: "what" } },
      },
    ],
  } as TopLevelSpec;
};
