"use client";
// Below the board: the notation and what is wrong with it, and the one confirm step, where the guards ask.
import { useEffect, useRef } from "react";
import type { Guard } from "../../../../../lib/preference/guards.ts";
import { countPairs } from "../../../../../lib/preference/pairs.ts";
import { Button } from "../../../../ui/button.tsx";
import { counted } from "../../../../ui/figures.ts";
import { notationId } from "./keys.ts";
import { notationOf, tiersOf } from "./places.ts";
import { isReadable, problemOf, type Workbench } from "./workbench.ts";

interface ActionBarProps {
  bench: Workbench;
  onType: (text: string) => void;
  /** Under review: what the person is asked about first. */
  guards: readonly Guard[] | null;
  /** Answers with one text that stand in different ranks, in a sentence. */
  apart: string | null;
  /** Submitting this board was tried, and it is not whole. */
  isRefused: boolean;
  /** Review first, then submit. */
  onConfirm: () => void;
  onBack: () => void;
}

export function ActionBar({ guards, ...props }: ActionBarProps) {
  return (
    <div className="flex flex-col gap-2 border-line border-t bg-page py-2 [@media(min-height:40rem)]:sticky [@media(min-height:40rem)]:bottom-0 [@media(min-height:40rem)]:z-20">
      {guards ? <Review {...props} guards={guards} /> : <Edit {...props} />}
    </div>
  );
}

function Edit({ bench, onType, apart, isRefused, onConfirm }: Omit<ActionBarProps, "guards">) {
  const problem = problemOf(bench);
  const isUntouched = bench.typed === "" && !isRefused;
  // Answers still to be ranked are not a mistake, until someone tries to submit without them.
  const isWrong = isRefused || !isReadable(bench);
  return (
    // On a phone in two rows: the field with the button, what is wrong.
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <label htmlFor={notationId} className="order-1 font-medium max-sm:sr-only">
        Notation
      </label>
      <input
        id={notationId}
        value={bench.typed}
        onChange={(event) => onType(event.target.value)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        aria-describedby="notation-problem"
        aria-invalid={isWrong}
        className="control order-2 min-h-8 w-44 font-mono max-sm:w-auto max-sm:flex-1 pointer-coarse:min-h-10"
      />
      <p
        id="notation-problem"
        aria-live="polite"
        className={`order-4 min-w-0 basis-full sm:order-3 sm:flex-1 sm:basis-40 ${isWrong ? "text-danger" : "text-muted"}`}
      >
        {isUntouched
          ? "Best first, like B>A=C: > is better than, = is a tie. Enter goes on."
          : (problem ?? "All ranked.")}
        {apart && !isWrong ? ` ${apart}` : null}
      </p>
      <Button kind="primary" className="order-3 sm:order-5 pointer-coarse:min-h-10" onClick={onConfirm}>
        Review ranking
      </Button>
    </div>
  );
}

function Review({ bench, guards, onBack, onConfirm }: ActionBarProps & { guards: readonly Guard[] }) {
  const submitRef = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    submitRef.current?.focus();
  }, []);
  const { strict, tied } = countPairs(tiersOf(bench));
  return (
    <section aria-label="Review" className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {guards.length > 0 ? (
        <div
          role="alert"
          className="basis-full rounded-md border border-caution bg-caution-wash px-3 py-1.5 font-medium"
        >
          {guards.map(({ kind, said }) => (
            <p key={kind}>{said}</p>
          ))}
        </div>
      ) : null}
      <p className="flex-1">
        {guards.length > 0 ? "Is that what you mean? Submit" : "Submit"}{" "}
        <strong className="font-mono">{notationOf(bench)}</strong>? {counted(strict, "strict pair")},{" "}
        {counted(tied, "tie")}.
      </p>
      <div className="flex gap-2">
        <Button onClick={onBack}>Back to the board</Button>
        <Button ref={submitRef} kind="primary" onClick={onConfirm} aria-keyshortcuts="Control+Enter">
          Submit ranking
        </Button>
      </div>
    </section>
  );
}
