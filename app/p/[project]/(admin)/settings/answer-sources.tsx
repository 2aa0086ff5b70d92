"use client";
// Which models write the answers that are asked for from now on: the answering model alone, or several, each with its number.
import { useState } from "react";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Model, ProjectSettings, Source } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { SourceFields } from "../../source-fields.tsx";
import { firstRows, sourcesIn, withAnother, writersAmong } from "../../source-rows.ts";

interface AnswerSourcesProps {
  settings: ProjectSettings;
  models: readonly Model[];
  onChange: (sources: Source[] | null) => void;
}

export function AnswerSources({ settings, models, onChange }: AnswerSourcesProps) {
  const writers = writersAmong(models);
  const [rows, setRows] = useState(() => (settings.sources ? firstRows(settings, writers) : null));
  if (writers.length === 0) return null;
  return (
    <fieldset className="flex max-w-xl min-w-0 flex-col items-start gap-2">
      <legend className="mb-1 font-medium">Who writes the answers to a prompt</legend>
      <p className="text-muted text-sm">
        For answers that are asked for from now on; whoever asks may choose otherwise. Of several models nobody sees
        which wrote what before they have ranked it.
      </p>
      {rows === null ? (
        <>
          <p>The answering model writes all {settings.k}.</p>
          <Button onClick={() => setRows(withAnother(firstRows(settings, writers), writers))}>
            Have several models answer
          </Button>
        </>
      ) : (
        <form
          className="grid grid-cols-2 gap-4 self-stretch"
          onSubmit={(event) => {
            event.preventDefault();
            onChange(sourcesIn(new FormData(event.currentTarget)));
          }}
        >
          <SourceFields rows={rows} onChange={setRows} models={writers} />
          <div className="col-span-2 flex flex-wrap items-center gap-2">
            {rows.reduce((sum, { count }) => sum + count, 0) < limits.k.max ? (
              <Button onClick={() => setRows(withAnother(rows, writers))}>Add another model</Button>
            ) : null}
            <Button type="submit">Save who answers</Button>
            <Button
              kind="quiet"
              onClick={() => {
                setRows(null);
                if (settings.sources) onChange(null);
              }}
            >
              The answering model alone
            </Button>
          </div>
        </form>
      )}
    </fieldset>
  );
}
