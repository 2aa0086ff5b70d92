"use client";
// The choices of an export: set, format, file and split; behind "Filter and options" the filter and how texts are written.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import {
  type Asked,
  type FileKind,
  fileKinds,
  type OutFormatName,
  type OutSet,
  outSets,
  type TieChoice,
  tieChoices,
  type WhichRankings,
  whichRankings,
} from "../../../../../lib/datasets/choices.ts";
import { formatsOf, type OutFormat, outFormats } from "../../../../../lib/datasets/out-formats.ts";
import {
  answerFlagNames,
  answerFlags,
  type GuardKind,
  guardKinds,
  promptFlagNames,
  promptFlags,
  type Split,
  splits,
} from "../../../../../lib/vocabulary/labeling.ts";
import { SelectField } from "../../../../ui/field.tsx";
import { DayFields, PersonField, UseCaseField } from "../../../../ui/filter-fields.tsx";
import { useHydrated } from "../../../../ui/use-hydrated.ts";
import { type Fields, hasRankings, isFiltered, isOfRankings } from "./asked.ts";

const setNames: Record<OutSet, string> = {
  comparisons: "Comparisons, as pairs",
  rankings: "Comparisons, as whole rankings",
  demonstrations: "Demonstrations",
  prompts: "Prompts",
  ratings: "Ratings and flags",
  skips: "Skips",
};
const fileNames: Record<FileKind, string> = { jsonl: "JSON lines", csv: "CSV", parquet: "Parquet" };
const splitNames: Record<Split, string> = { train: "Training", valid: "Validation", test: "Test" };
const tieNames: Record<TieChoice, string> = {
  drop: "No line",
  both: "A line each way, learned as ½",
  keep: "One line, with a label",
};
const whichNames: Record<WhichRankings, string> = {
  all: "All",
  majority: "The majority of each set of answers",
  first: "The first of each prompt",
};
const guardNames: Record<GuardKind, string> = {
  "untouched-order": "the order was left as shown",
  "rating-contradicts": "a rating contradicts the order",
  "flagged-first": "a flagged answer comes first",
  "twins-apart": "equal answers are apart",
};

interface AskedFormProps {
  fields: Fields;
  asked: Asked & { dataset: OutSet; format: OutFormatName };
  format: OutFormat;
  choose: (part: Partial<Fields>) => void;
}

export function AskedForm({ fields, asked, format, choose }: AskedFormProps) {
  const { dataset } = asked;
  const [open, setOpen] = useState(isFiltered(fields));
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => event.preventDefault()}>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1.2fr)_9rem_9rem]">
        <SelectField label="Data set" value={dataset} onChange={(event) => choose({ dataset: event.target.value })}>
          {outSets.map((name) => (
            <option key={name} value={name}>
              {setNames[name]}
            </option>
          ))}
        </SelectField>
        <SelectField label="Format" value={asked.format} onChange={(event) => choose({ format: event.target.value })}>
          {formatsOf(dataset).map((name) => (
            <option key={name} value={name}>
              {outFormats[dataset][name]?.title}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="File"
          value={asked.file ?? "jsonl"}
          onChange={(event) => choose({ file: event.target.value })}
        >
          {fileKinds.map((name) => (
            <option key={name} value={name}>
              {fileNames[name]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Split"
          value={asked.split ?? ""}
          onChange={(event) => choose({ split: event.target.value })}
        >
          <option value="">All</option>
          {splits.map((name) => (
            <option key={name} value={name}>
              {splitNames[name]}
            </option>
          ))}
        </SelectField>
      </div>
      <p className="max-w-3xl text-muted">{format.purpose}</p>
      <details
        className="rounded-md border border-line bg-surface px-4 py-2"
        open={open}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary className="cursor-pointer font-medium">Filter and options</summary>
        <div className="flex flex-col gap-4 pt-3 pb-2">
          <Filter fields={fields} dataset={dataset} choose={choose} />
          <Options fields={fields} format={format} dataset={dataset} choose={choose} />
        </div>
      </details>
    </form>
  );
}

type PartProps = Pick<AskedFormProps, "fields" | "choose"> & { dataset: OutSet };

function Filter({ fields, dataset, choose }: PartProps) {
  const { data: models = [] } = useQuery(orpc.models.list.queryOptions({ staleTime: 60_000 }));
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <PersonField
        label={dataset === "prompts" || dataset === "demonstrations" ? "Written by" : "Labeler"}
        value={fields.labelers}
        choose={(labelers) => choose({ labelers })}
      />
      <DayFields from={fields.from} until={fields.until} choose={choose} />
      <UseCaseField value={fields.useCase} choose={(useCase) => choose({ useCase })} />
      {isOfRankings(dataset) ? (
        <>
          <SelectField
            label="With an answer of"
            value={fields.model}
            onChange={(event) => choose({ model: event.target.value })}
          >
            <option value="">Any model</option>
            {[...new Set(models.map(({ name }) => name))].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          <SelectField label="Flags" value={fields.flag} onChange={(event) => choose({ flag: event.target.value })}>
            <option value="">Any</option>
            {(["", "!"] as const).map((without) => (
              <optgroup key={without} label={without ? "Only rankings without" : "Only rankings with"}>
                {answerFlagNames.map((name) => (
                  <option key={name} value={without + name}>
                    {answerFlags[name]}
                  </option>
                ))}
                {promptFlagNames.map((name) => (
                  <option key={name} value={without + name}>
                    {promptFlags[name]}
                  </option>
                ))}
              </optgroup>
            ))}
          </SelectField>
          <SelectField
            label="Leave out where"
            value={fields.guard}
            onChange={(event) => choose({ guard: event.target.value })}
          >
            <option value="">Leave out none</option>
            {guardKinds.map((name) => (
              <option key={name} value={name}>
                {guardNames[name]}
              </option>
            ))}
          </SelectField>
        </>
      ) : null}
    </div>
  );
}

function Options({ fields, dataset, format, choose }: PartProps & { format: OutFormat }) {
  return (
    <>
      {hasRankings(dataset) ? (
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          <SelectField
            label="Rankings"
            value={fields.rankings || "all"}
            onChange={(event) => choose({ rankings: event.target.value })}
          >
            {whichRankings.map((name) => (
              <option key={name} value={name}>
                {whichNames[name]}
              </option>
            ))}
          </SelectField>
          {dataset === "comparisons" ? (
            <SelectField
              label="A tie becomes"
              value={fields.ties || "drop"}
              onChange={(event) => choose({ ties: event.target.value })}
            >
              {tieChoices
                .filter((name) => name !== "keep" || !format.closed)
                .map((name) => (
                  <option key={name} value={name}>
                    {tieNames[name]}
                  </option>
                ))}
            </SelectField>
          ) : null}
        </div>
      ) : null}
      <div className="grid gap-2 sm:grid-cols-2">
        <Box name="asWritten" fields={fields} choose={choose}>
          {format.texts ? "Leave out white space around answers" : "Keep white space around answers"}
        </Box>
        <Box name="mask" fields={fields} choose={choose}>
          Break up tokens that people typed, such as {"<|endoftext|>"}
        </Box>
        <Box name="pseudonyms" fields={fields} choose={choose}>
          Call people by names that say nothing of them
        </Box>
        <Box name="gzip" fields={fields} choose={choose}>
          Packed with gzip
        </Box>
      </div>
    </>
  );
}

function Box({
  name,
  fields,
  choose,
  children,
}: Pick<AskedFormProps, "fields" | "choose"> & { name: keyof Fields; children: ReactNode }) {
  return (
    <label className="flex items-start gap-2">
      <input
        type="checkbox"
        disabled={!useHydrated()}
        checked={fields[name] !== ""}
        onChange={(event) => choose({ [name]: event.target.checked ? "yes" : "" })}
        className="mt-1 accent-accent"
      />
      <span className="min-w-0">{children}</span>
    </label>
  );
}
