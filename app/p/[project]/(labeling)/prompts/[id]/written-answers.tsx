"use client";
// Answers to be ranked that people write: in a field, or an accepted demonstration of the prompt.
import * as z from "zod";
import { answersSubject } from "../../../../../../lib/vocabulary/labeling.ts";
import type { Demonstration } from "../../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField, TextArea } from "../../../../../ui/field.tsx";
import { useNameOf } from "../../../../../ui/person.tsx";
import { type Drafted, useDrafted } from "../../drafts/use-drafted.ts";

/** A row of the form: a text, or a demonstration in its place. */
const row = z.object({ key: z.int(), text: z.string(), demonstrationId: z.string().optional() });
export type WrittenRow = z.infer<typeof row>;

const none: readonly WrittenRow[] = [];

/** The rows of a prompt's form, which are kept while they are written. */
export const useWrittenRows = (promptId: string): Drafted<readonly WrittenRow[]> =>
  useDrafted({
    subject: answersSubject(promptId),
    schema: (content) => z.array(row).safeParse(content).data ?? null,
    none,
    isEmpty: (rows) => rows.every(({ text, demonstrationId }) => text.trim() === "" && demonstrationId === undefined),
  });

export const withEmptyRow = (rows: readonly WrittenRow[]): WrittenRow[] => [
  ...rows,
  { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, text: "" },
];

/** The answers, as the API takes them. */
export const writtenIn = (rows: readonly WrittenRow[]) =>
  rows.map(({ text, demonstrationId }) => (demonstrationId === undefined ? { text } : { demonstrationId }));

interface WrittenAnswersProps {
  rows: readonly WrittenRow[];
  onChange: (next: (rows: readonly WrittenRow[]) => readonly WrittenRow[]) => void;
  demonstrations: readonly Demonstration[];
}

export function WrittenAnswers({ rows, onChange, demonstrations }: WrittenAnswersProps) {
  const nameOf = useNameOf();
  const accepted = demonstrations.filter(({ state }) => state === "accepted");
  return rows.map((row, place) => {
    const chosen = accepted.find(({ id }) => id === row.demonstrationId);
    const which = rows.length > 1 ? ` ${place + 1}` : "";
    const set = (changed: Omit<WrittenRow, "key">) =>
      onChange((rows) => rows.map((one) => (one.key === row.key ? { key: row.key, ...changed } : one)));
    return (
      <fieldset
        key={row.key}
        aria-label={`Answer of a person${which}`}
        className="col-span-2 flex min-w-0 flex-col items-start gap-3 rounded-md border border-line px-3 py-3"
      >
        {accepted.length > 0 ? (
          <SelectField
            label={`Whose answer${which}`}
            value={row.demonstrationId ?? ""}
            onChange={({ target: { value } }) => set({ text: row.text, ...(value && { demonstrationId: value }) })}
            className="self-stretch"
          >
            <option value="">Your own, written here</option>
            {accepted.map(({ id, author }) => (
              <option key={id} value={id}>
                The demonstration by {nameOf(author)}
              </option>
            ))}
          </SelectField>
        ) : null}
        {chosen ? (
          <AsWritten
            text={chosen.text}
            className="max-h-60 self-stretch overflow-auto rounded-md bg-sunken px-3 py-2"
          />
        ) : (
          <TextArea
            label={`Your answer${which}`}
            name={`written.${row.key}`}
            value={row.text}
            onChange={(event) => set({ text: event.target.value })}
            rows={3}
            required
            className="self-stretch"
          />
        )}
        <Button onClick={() => onChange((rows) => rows.filter(({ key }) => key !== row.key))}>
          {chosen ? "Remove the demonstration" : `Remove your answer${which}`}
        </Button>
      </fieldset>
    );
  });
}
