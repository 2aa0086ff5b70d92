"use client";
// The scale from 1 to 7 as InstructGPT's labelers had it: one press, one digit key.
import { useId } from "react";
import { likert } from "../../../../lib/vocabulary/labeling.ts";
import { useHydrated } from "../../../ui/use-hydrated.ts";

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
    <fieldset className="w-80 min-w-0 max-w-full" aria-describedby={error ? `${group}-error` : undefined}>
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="isolate flex max-w-80">
        {ratings.map((value) => (
          <label
            key={value}
            className={`relative -ms-px flex min-h-9 flex-1 cursor-pointer items-center justify-center border bg-surface tabular-nums first-of-type:ms-0 first-of-type:rounded-s-md last-of-type:rounded-e-md hover:bg-sunken has-checked:z-10 has-checked:border-accent has-checked:bg-accent has-checked:font-semibold has-checked:text-on-accent has-focus-visible:z-20 has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 pointer-coarse:min-h-11 ${error ? "border-danger" : "border-edge"}`}
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
      <p aria-hidden className="mt-0.5 flex max-w-80 justify-between text-muted text-sm">
        <span>{likert.min} is worst</span>
        <span>{likert.max} is best</span>
      </p>
      {error ? (
        <p id={`${group}-error`} role="alert" className="mt-1 text-danger text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
