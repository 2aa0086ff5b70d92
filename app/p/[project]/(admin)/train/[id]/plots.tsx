"use client";
// The curves of a run, alone or on those of another of its kind.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { orpc } from "../../../../../../lib/api/client.ts";
import type { MetricPoint, TrainingRun } from "../../../../../../lib/training/shapes.ts";
import { SelectField } from "../../../../../ui/field.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { Failed } from "../../../../../ui/states.tsx";
import { CurveFigure } from "./curve-figure.tsx";
import { curvesOf, type RunPoints } from "./curves.ts";
import { type Panel, panels } from "./panels.ts";
import { useRun } from "./use-run.ts";

export function Plots({ run, points }: { run: TrainingRun; points: MetricPoint[] }) {
  const [otherId, setOtherId] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const list = useQuery(orpc.training.list.queryOptions());
  const others = list.data?.filter(({ id, kind }) => kind === run.kind && id !== run.id) ?? [];
  const other = useRun(otherId);
  const otherName = other.run ? nameAmong(others, run, other.run) : null;
  const all = useMemo(() => {
    const runs: RunPoints[] =
      otherId === null || otherName === null
        ? [{ run: null, points }]
        : [
            { run: run.name, points },
            { run: otherName, points: other.points },
          ];
    return panels[run.kind].map((panel) => ({ ...panel, data: curvesOf(runs, panel.names) }));
  }, [otherId, otherName, other.points, run.name, run.kind, points]);
  const shown = all.filter(({ more, data }) => !more && data.steps.length > 0);
  const more = all.filter((panel) => panel.more && panel.data.steps.length > 0);
  return (
    <Section
      title="Curves"
      action={
        others.length > 0 ? (
          <SelectField
            label="Compare with"
            value={otherId ?? ""}
            onChange={(event) => setOtherId(event.target.value || null)}
          >
            <option value="">No other run</option>
            {others.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}, {moment(one.createdAt)}
              </option>
            ))}
          </SelectField>
        ) : null
      }
    >
      {other.error ? <Failed error={other.error} retry={other.watchAgain} /> : null}
      {/* Before the first step: the plots there will be. */}
      <Figures panels={shown.length > 0 ? shown : all.slice(0, 2)} />
      {more.length > 0 ? (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary className="w-fit py-1 font-medium">More curves ({more.length})</summary>
          {isOpen ? (
            <div className="mt-3">
              <Figures panels={more} />
            </div>
          ) : null}
        </details>
      ) : null}
    </Section>
  );
}

/** Runs may share a name: then the moment it was started tells it apart. */
function nameAmong(others: readonly TrainingRun[], run: TrainingRun, { name, createdAt }: TrainingRun): string {
  const isShared = name === run.name || others.filter((other) => other.name === name).length > 1;
  return isShared ? `${name}, ${moment(createdAt)}` : name;
}

function Figures({ panels }: { panels: readonly (Panel & { data: ReturnType<typeof curvesOf> })[] }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {panels.map(({ title, data, range }) => (
        <CurveFigure key={title} title={title} data={data} range={range} />
      ))}
    </div>
  );
}
