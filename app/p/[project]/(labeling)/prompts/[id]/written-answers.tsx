"use client";
// Answers to be ranked that people write: in a field, or an accepted demonstration of the prompt.
import type { Demonstration } from "../../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField, TextArea } from "../../../../../ui/field.tsx";
import { textOf } from "../../../../../ui/form.ts";
import { useNameOf } from "../../../../../ui/person.tsx";

/** A row of the form; without a demonstration its text is the form's own. */
export interface WrittenRow {
  key: number;
  demonstrationId?: string | undefined;
}

const fieldOf = ({ key }: WrittenRow) => `written.${key}`;

export const writtenIn = (data: FormData, rows: readonly WrittenRow[]) =>
  rows.map((row) =>
    row.demonstrationId === undefined ? { text: textOf(data, fieldOf(row)) } : { demonstrationId: row.demonstrationId },
  );

interface WrittenAnswersProps {
  rows: readonly WrittenRow[];
  onChange: (rows: WrittenRow[]) => void;
  demonstrations: readonly Demonstration[];
}

export function WrittenAnswers({ rows, onChange, demonstrations }: WrittenAnswersProps) {
  const nameOf = useNameOf();
  const accepted = demonstrations.filter(({ state }) => state === "accepted");
  return rows.map((row, place) => {
    const chosen = accepted.find(({ id }) => id === row.demonstrationId);
    const which = rows.length > 1 ? ` ${place + 1}` : "";
    const choose = (demonstrationId: string | undefined) =>
      onChange(rows.map((one) => (one.key === row.key ? { ...one, demonstrationId } : one)));
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
            onChange={(event) => choose(event.target.value || undefined)}
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
          <TextArea label={`Your answer${which}`} name={fieldOf(row)} rows={3} required className="self-stretch" />
        )}
        <Button onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}>
          {chosen ? "Remove the demonstration" : `Remove your answer${which}`}
        </Button>
      </fieldset>
    );
  });
}
