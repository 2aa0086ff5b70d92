"use client";
// The three kinds of prompt as one choice, each with what it is.
import { useId } from "react";
import { type PromptKind, promptKinds } from "../../../lib/preference/labeling.ts";
import { useHydrated } from "../../ui/use-hydrated.ts";
import { kindHints, kindNames } from "../prompt-kinds.ts";

export function KindChoice({ kind, onChoose }: { kind: PromptKind; onChoose: (kind: PromptKind) => void }) {
  const group = useId();
  const isHydrated = useHydrated();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">Kind of prompt</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {promptKinds.map((one) => (
          <label
            key={one}
            className="flex cursor-pointer items-start gap-2 rounded-md border border-edge bg-surface px-3 py-2 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-wash has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name={group}
              value={one}
              disabled={!isHydrated}
              checked={one === kind}
              onChange={() => onChoose(one)}
              aria-describedby={`${group}-${one}`}
              aria-label={kindNames[one]}
              className="mt-1 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{kindNames[one]}</span>
              <span id={`${group}-${one}`} className="block text-muted text-sm">
                {kindHints[one]}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
