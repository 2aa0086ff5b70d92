"use client";
// The settings of a trainer, each with the line that says what it does; those hardly ever changed are folded.
import { useEffect, useId, useRef } from "react";
import type { SettingField } from "../../../../../lib/training/settings.ts";
import { SelectField, TextField } from "../../../../ui/field.tsx";
import type { FormProblem } from "./read-form.ts";

interface SettingsFieldsProps {
  fields: readonly SettingField[];
  /** What is wrong, at the field it is about. */
  problem: FormProblem | null;
}

export function SettingsFields({ fields, problem }: SettingsFieldsProps) {
  const rare = fields.filter((field) => field.rare);
  const folded = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    // A field that is wrong is not left folded away.
    if (problem && folded.current?.querySelector(`[name="${CSS.escape(problem.field)}"]`)) folded.current.open = true;
  }, [problem]);
  const errorAt = (name: string) => (problem?.field === name ? problem.sentence : null);
  return (
    <>
      {fields
        .filter((field) => !field.rare)
        .map((field) => (
          <Setting key={field.name} field={field} error={errorAt(field.name)} />
        ))}
      <details ref={folded} className="sm:col-span-2">
        <summary className="w-fit py-1 font-medium">More settings ({rare.length})</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          {rare.map((field) => (
            <Setting key={field.name} field={field} error={errorAt(field.name)} />
          ))}
        </div>
      </details>
    </>
  );
}

function Setting({ field, error }: { field: SettingField; error: string | null }) {
  const { name, label, hint, type, min, max, choices, default: initial } = field;
  const hintId = useId();
  if (type === "boolean") {
    return (
      <div className="flex min-w-0 flex-col gap-1">
        <label className="flex min-h-8 items-center gap-2 font-medium">
          <input
            type="checkbox"
            name={name}
            defaultChecked={initial === true}
            aria-describedby={hintId}
            className="accent-accent"
          />
          {label}
        </label>
        <p id={hintId} className="text-muted text-sm">
          {hint}
        </p>
      </div>
    );
  }
  if (choices) {
    return (
      <SelectField label={label} hint={hint} name={name} defaultValue={String(initial)}>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </SelectField>
    );
  }
  return (
    <TextField
      label={label}
      hint={hint}
      name={name}
      type="number"
      inputMode="decimal"
      step={type === "integer" ? 1 : "any"}
      min={min}
      max={max}
      error={error}
      defaultValue={String(initial)}
    />
  );
}
