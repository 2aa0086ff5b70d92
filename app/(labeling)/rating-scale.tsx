"use client";
// The scale from 1 to 7 as InstructGPT's labelers had it: one press, one digit key.
import { useId } from "react";
import { likert } from "../../lib/preference/labeling.ts";
import { useHydrated } from "../ui/use-hydrated.ts";

export const ratings = Array.from({ length: likert.max - likert.min + 1 }, (_, index) => likert.min + index);

interface RatingScaleProps {
  label: string;
  rating: number | null;
  onRate: (rating: number) => void;
  /** Asked for and missing. */
  error?: string | null;
}

export function RatingScale({ label, rating, onRate, error = null }: RatingScaleProps) {
  const group = useId();
  const isHydrated = useHydrated();
  return (
    <fieldset className="min-w-0" aria-describedby={error ? `${group}-error` : undefined}>
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span aria-hidden className="text-muted text-sm">
          worst
        </span>
        <div className="flex">
          {ratings.map((value) => (
            <label
              key={value}
              className={`-ms-px flex h-9 w-9 cursor-pointer items-center justify-center border bg-surface tabular-nums first-of-type:rounded-s-md last-of-type:rounded-e-md hover:bg-sunken has-checked:z-10 has-checked:border-accent has-checked:bg-accent has-checked:font-semibold has-checked:text-on-accent has-focus-visible:z-10 has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 ${error ? "border-danger" : "border-edge"}`}
            >
              <input
                type="radio"
                name={group}
                value={value}
                disabled={!isHydrated}
                checked={rating === value}
                onChange={() => onRate(value)}
                aria-label={`${value} of ${likert.max}`}
                className="absolute opacity-0"
              />
              {value}
            </label>
          ))}
        </div>
        <span aria-hidden className="text-muted text-sm">
          best
        </span>
      </div>
      {error ? (
        <p id={`${group}-error`} role="alert" className="mt-1 text-danger text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
