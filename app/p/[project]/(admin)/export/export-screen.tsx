"use client";
// Data set and split, what the file would hold, and the download.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { type Split, splits } from "../../../../../lib/vocabulary/labeling.ts";
import type { ExportFormat } from "../../../../../lib/vocabulary/shapes.ts";
import { useProject } from "../../../../shell/user-context.tsx";
import { DownloadLink } from "../../../../ui/button.tsx";
import { SelectField } from "../../../../ui/field.tsx";
import { count, counted } from "../../../../ui/figures.ts";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { shown } from "../../../../ui/written.ts";

type Dataset = "comparisons" | "demonstrations";

const datasets: Record<Dataset, string> = {
  comparisons: "Comparisons: one line a pair, {prompt, chosen, rejected}",
  demonstrations: "Demonstrations: one line each, {prompt, completion}",
};
const formats: Record<ExportFormat, string> = {
  text: "Texts: turns of a conversation as one string",
  conversational: "Turns: lists of {role, content}",
};
const splitNames: Record<Split | "all", string> = {
  all: "All",
  train: "Training",
  valid: "Validation",
  test: "Test",
};

export function ExportScreen() {
  const [dataset, setDataset] = useState<Dataset>("comparisons");
  const [split, setSplit] = useState<Split | "all">("all");
  const [format, setFormat] = useState<ExportFormat>("text");
  const input = { dataset, split, format };
  const {
    data: preview,
    error,
    refetch,
  } = useQuery(orpc.exports.preview.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <Page
      title="Export"
      lead="JSON lines that TRL and the trainer here open as they are. Each prompt is in one split only."
    >
      <form className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_9rem]">
        <SelectField label="Data set" value={dataset} onChange={(event) => setDataset(event.target.value as Dataset)}>
          {Object.entries(datasets).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label="Format" value={format} onChange={(event) => setFormat(event.target.value as ExportFormat)}>
          {Object.entries(formats).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label="Split" value={split} onChange={(event) => setSplit(event.target.value as Split | "all")}>
          {(["all", ...splits] as const).map((value) => (
            <option key={value} value={value}>
              {splitNames[value]}
            </option>
          ))}
        </SelectField>
      </form>
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!preview && !error ? <Skeleton lines={6} height="3rem" /> : null}
      {preview && !error ? <Preview {...{ ...input, preview }} /> : null}
    </Page>
  );
}

interface PreviewProps {
  dataset: Dataset;
  split: string;
  format: ExportFormat;
  preview: { lines: string[]; total: number; rankings: number; strict: number; tied: number };
}

function Preview({ dataset, split, format, preview }: PreviewProps) {
  const project = useProject();
  const { lines, total, rankings, strict, tied } = preview;
  if (total === 0) {
    return (
      <Empty>
        {dataset === "comparisons"
          ? "There is nothing in this file yet: rank some answers, and their pairs stand here. Ties make no line."
          : "There is nothing in this file yet: demonstrations of prompts stand here, but for those a reviewer sent back."}
      </Empty>
    );
  }
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p role="status">
          <strong>{counted(total, "line")}.</strong>{" "}
          {dataset === "comparisons"
            ? `${counted(rankings, "ranking")} made ${count(strict + tied)} pairs: ${count(strict)} strict + ${count(tied)} tied. Ties make no line.`
            : "Latest versions; those still waiting for a review are in, those sent back are not."}
        </p>
        <DownloadLink kind="primary" href={`/api/export/${project?.id}/${dataset}?split=${split}&format=${format}`}>
          Download {dataset}
        </DownloadLink>
      </div>
      <Section title={lines.length < total ? `The first ${lines.length} lines` : "All lines"}>
        <ol className="flex flex-col gap-2">
          {lines.map((line, index) => (
            <li key={line} className="flex gap-3">
              <span className="w-6 shrink-0 pt-2 text-end text-muted text-sm tabular-nums">{index + 1}</span>
              <Scroller
                label={`Line ${index + 1}`}
                className="max-h-[7.25rem] min-w-0 flex-1 rounded-md border border-line bg-surface px-3 py-2 leading-5"
              >
                <code className="as-written text-sm leading-5">{shown(line)}</code>
              </Scroller>
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}
