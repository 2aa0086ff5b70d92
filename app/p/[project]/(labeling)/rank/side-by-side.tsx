"use client";
// Two pinned answers side by side, the words that only one of them has marked. Not in the way of the board: its keys work
// here too.
import { memo, useEffect, useRef, useState } from "react";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { counted } from "../../../../ui/figures.ts";
import type { CandidateShown } from "./answer-text.tsx";
import { CardTitle } from "./card.tsx";
import type { Run } from "./differences.ts";
import { keysHintId } from "./keys.ts";
import { type DifferencesState, useDifferences } from "./use-differences.ts";

interface SideBySideProps {
  one: CandidateShown;
  other: CandidateShown;
  onClose: () => void;
}

export default memo(function SideBySide({ one, other, onClose }: SideBySideProps) {
  const state = useDifferences(one.text, other.text);
  const section = useRef<HTMLElement>(null);
  // On a phone the board is longer than the window, and what was pinned may be far below.
  useEffect(() => {
    section.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section
      ref={section}
      aria-label={`${one.label} and ${other.label} side by side`}
      className="flex min-h-0 shrink-0 scroll-mt-14 flex-col gap-1 rounded-md border border-edge bg-sunken p-1.5 lg:h-[40%]"
    >
      <div className="flex items-center gap-3 px-1">
        <p role="status" className="flex-1 text-muted text-sm">
          {sentenceOf(state)}
        </p>
        <Button kind="quiet" aria-keyshortcuts="Escape" onClick={onClose}>
          Close
        </Button>
      </div>
      <div className="grid min-h-0 flex-1 gap-1.5 sm:grid-cols-2 sm:grid-rows-[minmax(0,1fr)]">
        {[one, other].map((candidate, side) => (
          <Side key={candidate.id} candidate={candidate} side={side} state={state} />
        ))}
      </div>
    </section>
  );
});

function sentenceOf(state: DifferencesState): string {
  if (state.is === "comparing") return "Comparing …";
  if (state.is === "failed") return "The comparison could not be loaded: here are the texts alone.";
  if (!state.compared) return "These two have hardly anything in common: no word-by-word difference would help.";
  const [left, right] = state.compared.onlyHere;
  if (left + right === 0) return "These two say the same, word for word.";
  return "Marked words stand in one of the two only.";
}

function Side({ candidate, side, state }: { candidate: CandidateShown; side: number; state: DifferencesState }) {
  const compared = state.is === "compared" ? state.compared : null;
  const focusable = { tabIndex: 0 };
  return (
    <article
      {...focusable}
      data-of={candidate.label}
      aria-label={`${candidate.label}, compared`}
      aria-describedby={keysHintId}
      className="contain-content min-h-0 overflow-auto rounded-md border border-edge bg-surface focus-visible:outline-offset-0 max-lg:max-h-[40dvh]"
    >
      <div className="sticky top-0 flex items-center gap-2 border-line border-b bg-surface px-3 py-1">
        <CardTitle candidate={candidate} />
        {compared ? (
          <span className="whitespace-nowrap text-sm">
            {counted(compared.onlyHere[side] ?? 0, "word")} only in {candidate.label}
          </span>
        ) : null}
      </div>
      {compared ? (
        <Marked runs={compared.differences[side] ?? []} />
      ) : (
        <AsWritten text={candidate.text} className="px-3 py-2" />
      )}
    </article>
  );
}

/** Thousands of marks at once would hold up the page: so many in each frame. */
const runsAtOnce = 300;

function Marked({ runs }: { runs: readonly Run[] }) {
  const parts = Math.ceil(runs.length / runsAtOnce);
  const [drawn, setDrawn] = useState(1);
  useEffect(() => {
    if (drawn >= parts) return;
    const frame = requestAnimationFrame(() => setDrawn(drawn + 1));
    return () => cancelAnimationFrame(frame);
  }, [drawn, parts]);
  return (
    <div dir="auto" className="as-written px-3 py-2 text-read">
      {Array.from({ length: Math.min(drawn, parts) }, (_, part) => (
        <MarkedPart key={runs[part * runsAtOnce]?.start} runs={runs} from={part * runsAtOnce} />
      ))}
    </div>
  );
}

const MarkedPart = memo(function MarkedPart({ runs, from }: { runs: readonly Run[]; from: number }) {
  return runs.slice(from, from + runsAtOnce).map(({ start, text, isOnlyHere }) =>
    isOnlyHere ? (
      <mark
        key={start}
        className="rounded-sm bg-caution-wash text-ink underline decoration-2 decoration-caution underline-offset-2"
      >
        {text}
      </mark>
    ) : (
      <span key={start}>{text}</span>
    ),
  );
});
