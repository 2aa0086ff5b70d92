// What a run was started with: its data by hash, and every setting.

import { settingFields } from "../../../../lib/training/settings.ts";
import type { TrainingRun } from "../../../../lib/training/shapes.ts";
import { counted, figure } from "../../../ui/figures.ts";
import { Cell, Head, Table } from "../../../ui/table.tsx";
import { dataText } from "./train/goals.ts";

export function RunFacts({ run }: { run: TrainingRun }) {
  return (
    <div className="flex flex-col gap-4">
      <Table label="Data">
        <thead>
          <tr>
            <Head>Data</Head>
            <Head numeric>Lines</Head>
            <Head>SHA-256 of the file</Head>
          </tr>
        </thead>
        <tbody>
          {run.data.map((data) => (
            <tr key={data.dataset}>
              <Cell>{dataText(data)}</Cell>
              <Cell numeric>{data.lines === 0 ? "" : data.lines.toLocaleString("en")}</Cell>
              <Cell>{data.hash ? <code className="break-all text-sm">{data.hash}</code> : "Not written yet"}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      <Settings run={run} />
    </div>
  );
}

function Settings({ run: { kind, settings } }: { run: TrainingRun }) {
  const fields = settingFields(kind).filter(({ name }) => name in settings);
  const changed = fields.filter((field) => settings[field.name] !== field.default);
  const others = fields.filter((field) => settings[field.name] === field.default);
  const facts = (some: typeof fields) => (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      {some.map(({ name, label }) => (
        <div key={name}>
          <dt className="text-muted text-sm">{label}</dt>
          <dd className="tabular-nums">{settingText(settings[name])}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <>
      {changed.length > 0 ? (
        <div className="flex flex-col gap-2">
          <h3 className="font-medium">Settings that are not the default</h3>
          {facts(changed)}
        </div>
      ) : null}
      <details open={changed.length === 0}>
        <summary className="w-fit py-1 font-medium">{counted(others.length, "setting")} at the default</summary>
        <div className="mt-2">{facts(others)}</div>
      </details>
    </>
  );
}

function settingText(value: TrainingRun["settings"][string] | undefined): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  // A seed is told whole, whatever its length.
  return typeof value === "number" && !Number.isInteger(value) ? figure(value) : String(value);
}
