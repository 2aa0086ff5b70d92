"use client";
// A labelled control with its hint and its error, wired for screen readers.
import { type ComponentProps, type FormEvent, type ReactNode, useId, useState } from "react";
import { useHydrated } from "./use-hydrated.ts";
import { isFirstWrong, problemOf } from "./validity.ts";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | null;
}

function Frame({
  id,
  label,
  hint,
  error,
  className = "",
  children,
}: FieldProps & { id: string; className?: string; children: ReactNode }) {
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-sm text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** A controlled field takes nothing in before React does: what was typed would be overwritten. */
function useWaits(value: unknown): boolean {
  return !useHydrated() && value !== undefined;
}

/** The caller's error, or what the browser finds wrong when the form is sent, until something is written again. */
function useProblem(label: string, error: string | null | undefined) {
  const [found, setFound] = useState<string | null>(null);
  const listening = {
    onInvalid(event: FormEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) {
      event.preventDefault();
      setFound(problemOf(label, event.currentTarget));
      if (isFirstWrong(event.currentTarget)) event.currentTarget.focus();
    },
    onInput: () => setFound(null),
  };
  return [error ?? found, listening] as const;
}

function described(id: string, hint: ReactNode, error: string | null | undefined) {
  const ids = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return { id, "aria-describedby": ids || undefined, "aria-invalid": error ? true : undefined };
}

export function TextField({ label, hint, error: given, className, ...rest }: FieldProps & ComponentProps<"input">) {
  const id = useId();
  const waits = useWaits(rest.value);
  const [error, listening] = useProblem(label, given);
  return (
    <Frame {...{ id, label, hint, error, className }}>
      <input readOnly={waits} {...rest} {...listening} {...described(id, hint, error)} className="control min-h-8" />
    </Frame>
  );
}

/** Text of a prompt or an answer: any direction, grows with its content up to half the window. */
export function TextArea({
  label,
  hint,
  error: given,
  className,
  rows = 6,
  ...rest
}: FieldProps & ComponentProps<"textarea">) {
  const id = useId();
  const waits = useWaits(rest.value);
  const [error, listening] = useProblem(label, given);
  return (
    <Frame {...{ id, label, hint, error, className }}>
      <textarea
        readOnly={waits}
        dir="auto"
        rows={rows}
        {...rest}
        {...listening}
        {...described(id, hint, error)}
        // As tall as its text, and never less than its rows: field-sizing alone would forget them.
        style={{ minHeight: `${rows * 1.5 + 0.75}rem` }}
        className="control field-sizing-content max-h-[60vh] resize-y text-read leading-6"
      />
    </Frame>
  );
}

export function SelectField({ label, hint, error: given, className, ...rest }: FieldProps & ComponentProps<"select">) {
  const id = useId();
  const waits = useWaits(rest.value);
  const [error, listening] = useProblem(label, given);
  return (
    <Frame {...{ id, label, hint, error, className }}>
      <select disabled={waits} {...rest} {...listening} {...described(id, hint, error)} className="control min-h-8" />
    </Frame>
  );
}
