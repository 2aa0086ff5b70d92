"use client";
// One plot: curves over steps, in the colours of the theme, as wide as its place. Held-out figures are dots joined by
// a dashed line, so that nothing depends on colour alone.
import { useTheme } from "next-themes";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { figure } from "../../../ui/figures.ts";
import { metricName } from "../../metrics.ts";
import type { Curves } from "./curves.ts";

const height = 240;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function seriesOf(name: string): uPlot.Series {
  const isHeldOut = name.startsWith("eval/");
  const stroke = colour(isHeldOut ? "caution" : "accent");
  return {
    label: metricName(name),
    stroke,
    width: isHeldOut ? 1.5 : 1.75,
    dash: isHeldOut ? [5, 4] : undefined,
    points: { show: isHeldOut ? true : undefined, size: 6, fill: stroke },
    spanGaps: true,
    // Held-out figures come every so many steps: between two of them the earlier one holds.
    value: (plot, _, series, index) => {
      const values = Array.from(plot.data[series] ?? []).slice(0, (index ?? -1) + 1);
      const value = values.findLast((one) => one !== null && one !== undefined);
      return value === null || value === undefined ? "–" : figure(value);
    },
  };
}

function optionsOf(names: string[], width: number, range: [number, number] | undefined): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { stroke: colour("line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height,
    scales: { x: { time: false }, y: range ? { range } : {} },
    axes: [axis, { ...axis, size: 56 }],
    series: [{ label: "Step" }, ...names.map(seriesOf)],
    cursor: { drag: { x: false, y: false } },
  };
}

/** After uPlot's own update, which is a microtask too and empties the legend where no pointer is. */
function tellLatest(plot: uPlot) {
  queueMicrotask(() => plot.setLegend({ idx: plot.data[0].length - 1 }));
}

/** @param range of the vertical axis where it is known (shares: 0 to 1) */
export default function Plot({ data, label, range }: { data: Curves; label: string; range?: [number, number] }) {
  const { resolvedTheme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const names = data.curves.map(({ name }) => name).join("\n");
  const aligned = [data.steps, ...data.curves.map(({ values }) => values)] as uPlot.AlignedData;
  const latest = useRef(aligned);
  latest.current = aligned;
  const [low, high] = range ?? [];

  useEffect(() => {
    const box = place.current;
    if (!box || resolvedTheme === undefined) return;
    const fixed: [number, number] | undefined = low === undefined || high === undefined ? undefined : [low, high];
    const made = new uPlot(optionsOf(names.split("\n"), box.clientWidth, fixed), latest.current, box);
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
  }, [names, resolvedTheme, low, high]);

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
