"use client";
// Below the board: the notation and what is wrong with it, undo, skip, and the one confirm step.
import { useEffect, useRef } from "react";
import { countPairs } from "../../../lib/preference/pairs.ts";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/figures.ts";
import { Problem } from "../../ui/states.tsx";
import { SkipMenu, type SkipReason } from "./skip-menu.tsx";
import { type Move, notationOf, problemOf, tiersOf, type Workbench } from "./workbench.ts";

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
  // An untouched board is not wrong until someone tries to submit it.
  const isUntouched = bench.typed === "" && !isRefused;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label htmlFor="notation" className="font-medium">
        Notation
      </label>
      <input
        id="notation"
        value={bench.typed}
        onChange={(event) => onMove({ type: "type", text: event.target.value })}
        placeholder={bench.labels.join(">")}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        aria-describedby="notation-problem"
        aria-invalid={problem !== null && !isUntouched}
        className="control min-h-8 w-44 font-mono"
      />
      <p
        id="notation-problem"
        aria-live="polite"
        className={`min-w-0 flex-1 basis-40 ${isUntouched ? "text-muted" : problem ? "text-danger" : "text-muted"}`}
      >
        {isUntouched ? "Best first: > is better than, = is a tie." : (problem ?? "Ready to submit.")}
      </p>
      <div className="flex flex-wrap items-center gap-1">
        <Button kind="quiet" disabled={bench.past.length === 0} onClick={() => onMove({ type: "undo" })}>
          Undo
        </Button>
        <Button kind="quiet" disabled={bench.future.length === 0} onClick={() => onMove({ type: "redo" })}>
          Redo
        </Button>
        <Button kind="quiet" onClick={onKeys}>
          Keys
        </Button>
        <SkipMenu onSkip={onSkip} />
        <Button kind="primary" busy={isBusy} onClick={onConfirm}>
          Review ranking
        </Button>
      </div>
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
