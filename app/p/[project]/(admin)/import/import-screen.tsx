"use client";
// Choose a file, see what is in it, import it; below, what came in before.
import { lazy, Suspense } from "react";
import { cameIn, type ImportReport } from "../../../../../lib/datasets/import-report.ts";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { count, counted } from "../../../../ui/figures.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Meter } from "../../../../ui/meter.tsx";
import { shown } from "../../../../ui/written.ts";
import { CameIn } from "./came-in.tsx";
import { FileBox } from "./file-box.tsx";
import { useImport } from "./use-import.ts";

// What reads files and conversations is not needed before there is one.
const Looked = lazy(async () => ({ default: (await import("./looked.tsx")).Looked }));

export function ImportScreen() {
  const { step, read, start, stop, again } = useImport();
  return (
    <Page
      title="Import"
      lead="Prompts, demonstrations, answers and rankings come in from a file. It is looked into first, and nothing is stored before you say so."
    >
      {step.at === "choose" ? <FileBox problem={step.problem} onFile={(file) => void read(file)} /> : null}
      {step.at === "reading" ? (
        <UnderWay label={`Reading ${step.file.name}`} rows={step.rows} total={null} stop={stop} />
      ) : null}
      {step.at === "looked" ? (
        <Suspense>
          <Looked
            key={step.file.name}
            step={step}
            onFormat={(format) => void read(step.file, format)}
            onImport={(terms) => void start(terms)}
            again={again}
          />
        </Suspense>
      ) : null}
      {step.at === "importing" ? (
        <UnderWay
          label={`Importing ${step.file.name}`}
          rows={step.rows}
          total={step.surveyed.survey.rows}
          stop={stop}
        />
      ) : null}
      {step.at === "done" ? <Report name={step.name} report={step.report} again={again} /> : null}
      <CameIn />
    </Page>
  );
}

interface UnderWayProps {
  label: string;
  rows: number;
  /** Null: not known yet. */
  total: number | null;
  stop: () => void;
}

function UnderWay({ label, rows, total, stop }: UnderWayProps) {
  return (
    <div className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 wrap-anywhere">
          {shown(label)}: {total === null ? counted(rows, "row") : `${count(rows)} of ${counted(total, "row")}`}
        </p>
        <Button onClick={stop}>Stop</Button>
      </div>
      {total === null ? null : <Meter label={label} share={total === 0 ? 0 : rows / total} />}
      {total === null ? null : (
        <p className="text-muted text-sm">Leave this page open: without it the import stops, and can go on later.</p>
      )}
    </div>
  );
}

function Report({ name, report, again }: { name: string; report: ImportReport; again: () => void }) {
  const { source, repeated, leftOut } = report;
  const added = cameIn(report);
  return (
    <div role="status" className="flex flex-col items-start gap-3 rounded-md border border-line bg-surface p-4">
      <p className="wrap-anywhere">
        <strong>
          {added === "" ? `Nothing new came in from ${shown(name)}.` : `${added} came in from ${shown(name)}.`}
        </strong>
      </p>
      {repeated > 0 ? <p>{count(repeated)} were there already, and stay as they are.</p> : null}
      {leftOut > 0 ? <p>{counted(leftOut, "row")} could not be read and stayed out.</p> : null}
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={`/prompts?source=${source}`} kind="primary">
          See the prompts
        </ButtonLink>
        <Button onClick={again}>Import another file</Button>
      </div>
    </div>
  );
}
