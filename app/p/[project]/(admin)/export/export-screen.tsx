"use client";
// Which set, in which format, and which part of it; what the file holds, what reads it, and the download.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { inAddress } from "../../../../../lib/datasets/choices.ts";
import { type OutFormat, outFormats } from "../../../../../lib/datasets/out-formats.ts";
import { useProject } from "../../../../shell/user-context.tsx";
import { DownloadLink } from "../../../../ui/button.tsx";
import { CopyButton } from "../../../../ui/copy-button.tsx";
import { addressOf } from "../../../../ui/form.ts";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { askedIn, chosenIn, type Fields, isFiltered } from "./asked.ts";
import { AskedForm } from "./asked-form.tsx";
import { Counts } from "./counts.tsx";
import { RowsTable } from "./rows-table.tsx";

export function ExportScreen() {
  const parameters = useSearchParams();
  const project = useProject();
  const [fields, setFields] = useState(() => chosenIn(parameters));
  const choose = (part: Partial<Fields>) => {
    const chosen = { ...fields, ...part };
    setFields(chosen);
    // Without a visit to the server: the page is the same, and a reload finds what was chosen.
    window.history.replaceState(null, "", window.location.pathname + addressOf(chosen));
  };
  const input = askedIn(fields);
  const format = outFormats[input.dataset][input.format]!;
  const preview = useQuery(orpc.exports.preview.queryOptions({ input, placeholderData: keepPreviousData }));
  const counts = useQuery(orpc.exports.count.queryOptions({ input }));
  const error = preview.error ?? counts.error;
  const isEmpty = counts.data?.lines === 0;
  return (
    <Page title="Export" lead="What people made, in the files that trainers open. Each prompt is in one split only.">
      <AskedForm fields={fields} asked={input} format={format} choose={choose} />
      {error ? (
        <Failed
          error={error}
          retry={() => {
            void preview.refetch();
            void counts.refetch();
          }}
        />
      ) : (
        <>
          <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
            <Counts asked={input} format={format} tally={counts.data} />
            {isEmpty ? null : (
              <DownloadLink
                kind="primary"
                href={`/api/export/${project?.id}/${input.dataset}?${inAddress(input)}`}
                title={preview.data?.file}
              >
                Download {input.dataset}
              </DownloadLink>
            )}
          </div>
          {isEmpty ? (
            <Empty>
              {(counts.data?.read ?? 0) === 0 && (isFiltered(fields) || fields.split !== "")
                ? "There is nothing in this file: nothing of what people made is in this split and passes the filter."
                : `There is nothing in this file: ${emptyReasons[input.dataset]}`}
            </Empty>
          ) : (
            <>
              {preview.data ? <ReadBy format={format} file={preview.data.file} /> : null}
              {preview.data ? (
                <RowsTable rows={preview.data.rows} total={counts.data?.lines} />
              ) : (
                <Skeleton lines={6} height="3rem" />
              )}
            </>
          )}
        </>
      )}
    </Page>
  );
}

const emptyReasons = {
  comparisons: "rank some answers, and their pairs stand here. Ties make no line of their own, unless you say so.",
  rankings: "rank some answers, and each ranking stands here.",
  demonstrations: "demonstrations of prompts stand here, but for those a reviewer sent back.",
  prompts: "write some prompts, and they stand here.",
  ratings: "answers that were rated before they were ranked stand here.",
  skips: "nobody has skipped anything that this part of the data holds.",
} as const;

/** The command that eats the file, and what stands in its settings. */
function ReadBy({ format, file }: { format: OutFormat; file: string }) {
  const use = format.use?.(file);
  if (!use) return null;
  const { command, settings } = use;
  return (
    <Section title="What reads it">
      <Snippet label="Command" text={command} />
      {settings ? <Snippet label={`In ${settings.name}`} text={settings.text} /> : null}
    </Section>
  );
}

function Snippet({ label, text }: { label: string; text: string }) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-80">
        <p className="text-muted text-sm">{label}</p>
        <Scroller label={label} className="mt-1 rounded-md border border-line bg-surface px-3 py-2">
          <code className="whitespace-pre text-sm">{text}</code>
        </Scroller>
      </div>
      <div className="sm:pt-6">
        <CopyButton text={text} what={label.toLowerCase()} kind="plain" />
      </div>
    </div>
  );
}
