"use client";
// Below the board: the notation and what is wrong with it, undo, skip, and the one confirm step.
import { useEffect, useRef } from "react";
import { countPairs } from "../../../lib/preference/pairs.ts";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/figures.ts";
import { Problem } from "../../ui/states.tsx";
import { SkipMenu, type SkipReason } from "./skip-menu.tsx";
import { isReadable, type Move, notationOf, problemOf, tiersOf, type Workbench } from "./workbench.ts";

interface ActionBarProps {
  bench: Workbench;
  onMove: (move: Move) => void;
  isReviewing: boolean;
  /** Submitting this board was tried, and it is not whole. */
  isRefused: boolean;
  isBusy: boolean;
  /** Whatever submitting or skipping threw. */
  error: unknown;
  /** Review first, then submit. */
  onConfirm: () => void;
  onBack: () => void;
  onSkip: (reason: SkipReason) => void;
  onKeys: () => void;
}

export function ActionBar(props: ActionBarProps) {
  return (
    <div className="flex flex-col gap-2 border-line border-t bg-page py-2 [@media(min-height:40rem)]:sticky [@media(min-height:40rem)]:bottom-0 [@media(min-height:40rem)]:z-20">
      <Problem error={props.error} />
      {props.isReviewing ? <Review {...props} /> : <Edit {...props} />}
    </div>
  );
}

function Edit({ bench, onMove, isRefused, isBusy, onConfirm, onSkip, onKeys }: ActionBarProps) {
  const problem = problemOf(bench);
  const isUntouched = bench.typed === "" && !isRefused;
  // Answers still to be ranked are not a mistake, until someone tries to submit without them.
  const isWrong = isRefused || !isReadable(bench);
  return (
    // On a phone in three rows: the field with the button, what is wrong, the rest.
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <label htmlFor="notation" className="order-1 font-medium max-sm:sr-only">
        Notation
      </label>
      <input
        id="notation"
        value={bench.typed}
        onChange={(event) => onMove({ type: "type", text: event.target.value })}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        aria-describedby="notation-problem"
        aria-invalid={isWrong}
        className="control order-2 min-h-8 w-44 font-mono max-sm:w-auto max-sm:flex-1"
      />
      <p
        id="notation-problem"
        aria-live="polite"
        className={`order-4 min-w-0 basis-full sm:order-3 sm:flex-1 sm:basis-40 ${isWrong ? "text-danger" : "text-muted"}`}
      >
        {isUntouched ? "Best first, like B>A=C: > is better than, = is a tie." : (problem ?? "Ready to submit.")}
      </p>
      <div className="order-5 flex flex-wrap items-center gap-1 sm:order-4">
        <Button kind="quiet" disabled={bench.past.length === 0} onClick={() => onMove({ type: "undo" })}>
          Undo
        </Button>
        <Button kind="quiet" disabled={bench.future.length === 0} onClick={() => onMove({ type: "redo" })}>
          Redo
        </Button>
        <Button kind="quiet" className="max-sm:hidden" onClick={onKeys}>
          Keys
        </Button>
        <SkipMenu onSkip={onSkip} />
      </div>
      <Button kind="primary" className="order-3 sm:order-5" busy={isBusy} onClick={onConfirm}>
        Review ranking
      </Button>
    </div>
  );
}

function Review({ bench, isBusy, onBack, onConfirm }: ActionBarProps) {
  const submitRef = useRef<HTMLButtonElement>(null);
  useEffect(() => submitRef.current?.focus(), []);
  const { strict, tied } = countPairs(tiersOf(bench));
  return (
    <section aria-label="Review" className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p className="flex-1">
        Submit <strong className="font-mono">{notationOf(bench)}</strong>? {counted(strict, "strict pair")},{" "}
        {counted(tied, "tie")}.
      </p>
      <div className="flex gap-2">
        <Button onClick={onBack}>Back to the board</Button>
        <Button ref={submitRef} kind="primary" busy={isBusy} onClick={onConfirm}>
          {isBusy ? "Submitting …" : "Submit ranking"}
        </Button>
      </div>
    </section>
  );
}
