"use client";
// One of a few ways, each with the sentence that says what it means: for choices a list that drops down would hide.
import { useId } from "react";
import { useHydrated } from "./use-hydrated.ts";

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  hint: string;
}

interface ChoiceFieldProps<Value extends string> {
  legend: string;
  options: readonly Choice<Value>[];
  /** What is chosen, kept by the caller … */
  value?: Value;
  onChange?: (value: Value) => void;
  /** … or by the form, under this name, beginning with `initial`. */
  name?: string;
  initial?: Value;
  /** How the options stand, e.g. "sm:grid-cols-3"; one below the other where absent. */
  className?: string;
}

export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { legend, options, value, onChange, name, initial, className = "" } = props;
  const id = useId();
  const isHydrated = useHydrated();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className={`grid gap-2 ${className}`}>
        {options.map((option) => (
          <label
            key={option.value}
            className="flex cursor-pointer items-start gap-2 rounded-md border border-edge bg-surface px-3 py-2 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-wash has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name={name ?? id}
              value={option.value}
              disabled={!isHydrated}
              {...(onChange
                ? { checked: option.value === value, onChange: () => onChange(option.value) }
                : { defaultChecked: option.value === initial })}
              aria-label={option.label}
              aria-describedby={`${id}-${option.value}`}
              className="mt-1 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{option.label}</span>
              <span id={`${id}-${option.value}`} className="block text-muted text-sm">
                {option.hint}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
