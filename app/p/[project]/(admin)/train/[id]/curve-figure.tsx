"use client";
// A plot with its title, what it shows in one sentence, and the same figures as a table.
import dynamic from "next/dynamic";
import { figure } from "../../../../../ui/figures.ts";
import { Cell, Head, Table } from "../../../../../ui/table.tsx";
import { metricMeaning } from "../../metrics.ts";
import { type Curves, curveName, thinned } from "./curves.ts";

// The plot draws on a canvas: nothing of it can be made on the server.
const Plot = dynamic(() => import("./plot.tsx"), { ssr: false, loading: () => <div className="h-[270px]" /> });

const mostRows = 100;

function summary(title: string, { steps, curves }: Curves): string {
  const last = curves.map((curve) => {
    const value = curve.values.findLast((one) => one !== null) ?? null;
    return `${curveName(curve)} ${value === null ? "not measured" : figure(value)}`;
  });
  return `${title} up to step ${steps.at(-1) ?? 0}: ${last.join(", ")}`;
}

interface CurveFigureProps {
  title: string;
  data: Curves;
  range?: [number, number] | undefined;
}

export function CurveFigure({ title, data, range }: CurveFigureProps) {
  const meanings = new Set(data.curves.map(({ name }) => metricMeaning(name)));
  return (
    <figure aria-label={title} className="flex min-w-0 flex-col gap-2 rounded-md border border-line bg-surface p-4">
      <figcaption>
        <span className="font-medium">{title}</span>
        <span className="block text-muted text-sm">{[...meanings].join(" ")}</span>
      </figcaption>
      {data.steps.length === 0 ? (
        <p className="flex h-[270px] items-center text-muted">The first figures come with the first step.</p>
      ) : (
        <Plot data={data} label={summary(title, data)} range={range} />
      )}
      {data.steps.length > 0 ? <FiguresTable title={title} data={data} /> : null}
    </figure>
  );
}

function FiguresTable({ title, data: { steps, curves } }: { title: string; data: Curves }) {
  const rows = thinned(steps.length, mostRows);
  return (
    <details>
      <summary className="text-muted text-sm">{title} as a table</summary>
      <Table label={`${title} as a table`} className="mt-2 max-h-72">
        <thead>
          <tr>
            <Head numeric>Step</Head>
            {curves.map((curve) => (
              <Head key={curveName(curve)} numeric>
                {curveName(curve)}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={steps[row]}>
              <Cell numeric>{steps[row]}</Cell>
              {curves.map((curve) => {
                const value = curve.values[row] ?? null;
                return (
                  <Cell key={curveName(curve)} numeric>
                    {value === null ? "" : figure(value)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
