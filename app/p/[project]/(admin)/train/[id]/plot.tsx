"use client";
// One plot: curves over steps, in the colours of the theme, as wide as its place. Metrics differ in dashes as in colour,
// held-out figures are dots, and the run compared with is dotted and thin, so that nothing depends on colour alone.
import { useTheme } from "next-themes";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { figure } from "../../../../../ui/figures.ts";
import { type Curve, type Curves, curveName, isAlone, rangeAround, tickTexts } from "./curves.ts";

const height = 240;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const colours = ["accent", "caution", "ink"] as const;
/** Of the run itself by metric, and of the one it is compared with. */
const dashes = [undefined, [8, 3], [2, 3, 8, 3]];
const compared = [2, 3];

/** There is no half of a step. */
const wholeSteps = Array.from({ length: 8 }, (_, digits) => [1, 2, 5].map((first) => first * 10 ** digits)).flat();

/** What the look of a curve depends on. */
type Look = Pick<Curve, "name" | "run"> & { isAlone: boolean };

/** Is it of the other run, which this one is compared with? */
const isCompared = (curve: Look | undefined, curves: readonly Look[]): boolean =>
  curve !== undefined && curve.run !== null && curve.run !== curves[0]?.run;

function seriesOf(curve: Look, curves: readonly Look[]): uPlot.Series {
  const metric = [...new Set(curves.map(({ name }) => name))].indexOf(curve.name);
  const isOther = isCompared(curve, curves);
  const isHeldOut = curve.name.startsWith("eval/");
  const stroke = colour(colours[metric % colours.length]!);
  return {
    label: curveName(curve),
    stroke,
    width: isOther ? 1.25 : 1.75,
    dash: isOther ? compared : dashes[metric % dashes.length],
    // A line needs two values: one alone is a dot.
    points: { show: isHeldOut || curve.isAlone ? true : undefined, size: isOther ? 4 : 6, fill: stroke },
    spanGaps: true,
    // Held-out figures come every so many steps: between two of them the earlier one holds.
    value: (plot, _, series, index) => {
      const values = Array.from(plot.data[series] ?? []).slice(0, (index ?? -1) + 1);
      const value = values.findLast((one) => one !== null && one !== undefined);
      return value === null || value === undefined ? "–" : figure(value);
    },
  };
}

function optionsOf(curves: readonly Look[], width: number, range: [number, number] | undefined): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { stroke: colour("line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height,
    scales: { x: { time: false }, y: { range: range ?? ((_, low, high) => rangeAround(low, high)) } },
    axes: [
      { ...axis, incrs: wholeSteps },
      { ...axis, size: 60, values: (_, ticks) => tickTexts(ticks) },
    ],
    series: [{ label: "Step" }, ...curves.map((curve) => seriesOf(curve, curves))],
    // As its line is drawn.
    legend: { markers: { dash: (_, series) => (isCompared(curves[series - 1], curves) ? "dotted" : "solid") } },
    cursor: { drag: { x: false, y: false } },
  };
}

/** After uPlot's own update, which is a microtask too and empties the legend where no pointer is. */
function tellLatest(plot: uPlot) {
  queueMicrotask(() => plot.setLegend({ idx: plot.data[0].length - 1 }));
}

/** @param range of the vertical axis where it is known (shares: 0 to 1) */
export default function Plot({
  data,
  label,
  range,
}: {
  data: Curves;
  label: string;
  range?: [number, number] | undefined;
}) {
  const { resolvedTheme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  // A new plot where there are other curves, or one has its second value; new values go into the old one.
  const looks = JSON.stringify(
    data.curves.map((curve): Look => ({ name: curve.name, run: curve.run, isAlone: isAlone(curve) })),
  );
  const aligned = [data.steps, ...data.curves.map(({ values }) => values)] as uPlot.AlignedData;
  const latest = useRef(aligned);
  latest.current = aligned;
  const [low, high] = range ?? [];

  useEffect(() => {
    const box = place.current;
    if (!box || resolvedTheme === undefined) return;
    const fixed: [number, number] | undefined = low === undefined || high === undefined ? undefined : [low, high];
    const made = new uPlot(optionsOf(JSON.parse(looks) as Look[], box.clientWidth, fixed), latest.current, box);
    plot.current = made;
    // The legend says the latest figures, and those under the pointer while it is over the plot.
    made.over.addEventListener("mouseleave", () => tellLatest(made));
    tellLatest(made);
    const resize = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    resize.observe(box);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [looks, resolvedTheme, low, high]);

  useEffect(() => {
    if (!plot.current) return;
    plot.current.setData(aligned);
    tellLatest(plot.current);
  });

  return (
    <div
      ref={place}
      role="img"
      aria-label={label}
      className="min-w-0 overflow-hidden text-sm"
      style={{ minHeight: height + 30 }}
    />
  );
}
