"use client";
// What a file holds: its format, its first rows, the rows that cannot be read; and the terms under which it comes in.
import { useState } from "react";
import {
  answersOf,
  type FormatName,
  formatNames,
  formatTitles,
  type Item,
} from "../../../../../lib/datasets/formats/format.ts";
import { promptText } from "../../../../../lib/vocabulary/conversation.ts";
import { type UseCase, useCases } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { Button } from "../../../../ui/button.tsx";
import { SelectField, TextField } from "../../../../ui/field.tsx";
import { count, counted } from "../../../../ui/figures.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { Cell, Head, Table } from "../../../../ui/table.tsx";
import { shown } from "../../../../ui/written.ts";
import type { Step } from "./steps.ts";
import type { Terms } from "./use-import.ts";

interface LookedProps {
  step: Extract<Step, { at: "looked" }>;
  onFormat: (format: FormatName) => void;
  onImport: (terms: Terms) => void;
  again: () => void;
}

export function Looked({ step, onFormat, onImport, again }: LookedProps) {
  const { file, surveyed, problem, stoppedAfter } = step;
  const { survey } = surveyed;
  const [terms, setTerms] = useState<Terms>({ name: file.name, revision: "", licence: "", useCase: "other" });
  const change = (part: Partial<Terms>) => setTerms({ ...terms, ...part });
  const most = { maxLength: limits.sourceCharacters };
  return (
    <>
      <div className="flex flex-col gap-1" role="status">
        <p className="wrap-anywhere">
          <strong>{shown(file.name)}</strong> holds {contents(survey.counts)}.
        </p>
        <p className="text-muted">
          Read as {formatTitles[survey.format.name]}: rows with {survey.format.looks}.
        </p>
      </div>
      {survey.first.length > 0 ? <FirstRows items={survey.first} total={total(survey.counts)} /> : null}
      {survey.bad > 0 ? <BadRows surveyed={surveyed} /> : null}
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onImport(terms);
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Format"
            value={survey.format.name}
            onChange={(event) => onFormat(event.target.value as FormatName)}
          >
            {formatNames.map((name) => (
              <option key={name} value={name}>
                {formatTitles[name]}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Use case"
            hint="Of prompts that do not say theirs."
            value={terms.useCase}
            onChange={(event) => change({ useCase: event.target.value as UseCase })}
          >
            {useCases.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          <TextField
            label="Name"
            required
            {...most}
            value={terms.name}
            onChange={(event) => change({ name: event.target.value })}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Revision"
              {...most}
              value={terms.revision}
              onChange={(event) => change({ revision: event.target.value })}
            />
            <TextField
              label="Licence"
              {...most}
              value={terms.licence}
              onChange={(event) => change({ licence: event.target.value })}
            />
          </div>
        </div>
        {stoppedAfter !== null ? (
          <p role="status">
            Stopped after {count(stoppedAfter)} of {counted(survey.rows, "row")}: what came in stays, and the import
            goes on from there.
          </p>
        ) : null}
        <Problem error={problem ?? survey.refusal} />
        <div className="flex flex-wrap gap-2">
          {survey.refusal === null ? (
            <Button type="submit" kind="primary">
              {stoppedAfter !== null ? "Go on" : survey.bad > 0 ? "Import all but these" : "Import"}
            </Button>
          ) : null}
          <Button onClick={again}>{survey.bad > 0 ? "Import nothing" : "Choose another file"}</Button>
        </div>
      </form>
    </>
  );
}

type Counts = Record<Item["kind"], number>;

const total = (counts: Counts) => Object.values(counts).reduce((sum, one) => sum + one);

/** "2 prompts and 1 demonstration" */
function contents({ prompt, demonstration, answers, ranking }: Counts): string {
  const parts = [
    prompt > 0 ? counted(prompt, "prompt") : "",
    demonstration > 0 ? counted(demonstration, "prompt with a demonstration", "prompts with demonstrations") : "",
    answers > 0 ? counted(answers, "set of answers", "sets of answers") : "",
    ranking > 0 ? counted(ranking, "ranking") : "",
  ].filter((part) => part !== "");
  return parts.length > 0 ? new Intl.ListFormat("en").format(parts) : "nothing that can be read";
}

/** How many are shown, and how much of each text. */
const most = { items: 10, characters: 600 };

const kindNames: Record<Item["kind"], string> = {
  prompt: "Prompt",
  demonstration: "Demonstration",
  answers: "Answers",
  ranking: "Ranking",
};

function FirstRows({ items, total }: { items: readonly Item[]; total: number }) {
  const some = items.slice(0, most.items);
  const title = some.length < total ? `The first ${some.length}` : "All of it";
  return (
    <Section title={title}>
      <Table label={title}>
        <thead>
          <tr>
            <Head>What</Head>
            <Head>Prompt</Head>
            <Head>Answer</Head>
          </tr>
        </thead>
        <tbody>
          {some.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two rows may say the same, and none moves
            <tr key={at}>
              <Cell>{kindNames[item.kind]}</Cell>
              <Cell>
                <Text text={promptText(item.prompt)} />
              </Cell>
              <Cell>
                {linesOf(item).map((line, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same
                  <Text key={place} text={line} />
                ))}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

/** The answers; of a ranking the best first, each with its place. */
const linesOf = (item: Item): string[] =>
  item.kind === "ranking"
    ? item.tiers.flatMap((places, tier) => places.map((place) => `${tier + 1}. ${item.answers[place]?.text}`))
    : answersOf(item).map(({ text }) => text);

function Text({ text }: { text: string }) {
  const cut = text.length > most.characters ? `${text.slice(0, most.characters)} …` : text;
  return (
    <p dir="auto" className="as-written line-clamp-6 min-w-48">
      {shown(cut)}
    </p>
  );
}

function BadRows({ surveyed: { survey, unit } }: { surveyed: LookedProps["step"]["surveyed"] }) {
  const { problems, bad } = survey;
  return (
    <Section title={`${counted(bad, unit)} that cannot be read`}>
      <Table label="What cannot be read" className="max-h-72">
        <thead>
          <tr>
            <Head>Where</Head>
            <Head>What is wrong</Head>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ number, reason }) => (
            <tr key={number}>
              <Cell>
                {unit} {count(number)}
              </Cell>
              <Cell>{shown(reason)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      {bad > problems.length ? <p className="text-muted">And {count(bad - problems.length)} more.</p> : null}
    </Section>
  );
}
