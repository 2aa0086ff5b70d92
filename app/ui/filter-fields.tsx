"use client";
// What lists and exports are filtered by: somebody of the project, a use case, and a time.
import { useCases } from "../../lib/vocabulary/labeling.ts";
import { SelectField, TextField } from "./field.tsx";
import { useNames } from "./person.tsx";

interface PersonFieldProps {
  label: string;
  /** A user name; "" is everyone. */
  value: string;
  choose: (username: string) => void;
}

export function PersonField({ label, value, choose }: PersonFieldProps) {
  const names = [...useNames()].toSorted(([, one], [, other]) => one.localeCompare(other));
  return (
    <SelectField label={label} value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">Everyone</option>
      {names.map(([username, name]) => (
        <option key={username} value={username}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

interface UseCaseFieldProps {
  /** "" is all. */
  value: string;
  choose: (useCase: string) => void;
}

export function UseCaseField({ value, choose }: UseCaseFieldProps) {
  return (
    <SelectField label="Use case" value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">All</option>
      {useCases.map((useCase) => (
        <option key={useCase}>{useCase}</option>
      ))}
    </SelectField>
  );
}

interface DayFieldsProps {
  /** The first day, as "2026-11-30"; "" where there is none. */
  from: string;
  /** The last day. */
  until: string;
  choose: (part: { from: string } | { until: string }) => void;
}

export function DayFields({ from, until, choose }: DayFieldsProps) {
  return (
    <>
      <TextField label="From" type="date" value={from} onChange={(event) => choose({ from: event.target.value })} />
      <TextField label="Until" type="date" value={until} onChange={(event) => choose({ until: event.target.value })} />
    </>
  );
}
