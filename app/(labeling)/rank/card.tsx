"use client";
// One answer on the board: whole text, length, and three ways to move it (its header by drag, its buttons, its keys).
import { useDraggable } from "@dnd-kit/core";
import { memo } from "react";
import type { Assignment } from "../../../lib/api/contract.ts";
import { AsWritten } from "../../ui/as-written.tsx";
import { lengthOf } from "../../ui/written.ts";

export type CandidateShown = Assignment["candidates"][number];

export const keysHintId = "rank-keys-hint";

interface CardProps {
  candidate: CandidateShown;
  rank: number;
  k: number;
  onPut: (label: string, rank: number) => void;
}

/** Focusable and scrollable in one: up and down scroll a long text, digits and left/right (see the screen) move it. */
export const Card = memo(function Card({ candidate, rank, k, onPut }: CardProps) {
  const { label, text, tokens } = candidate;
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: label });
  // Spread: the linter takes an article for static, but this one listens to keys and scrolls.
  const focusable = { tabIndex: 0 };
  return (
    <article
      {...focusable}
      ref={setNodeRef}
      data-card={label}
      aria-label={`Answer ${label}`}
      aria-describedby={keysHintId}
      className={`relative max-h-[60dvh] contain-content min-h-24 overflow-auto rounded-md border border-edge bg-surface focus-visible:outline-offset-0 lg:max-h-full lg:min-h-28 ${
        isDragging ? "opacity-40" : ""
      }`}
    >
      <div
        {...listeners}
        className="sticky top-0 z-10 flex cursor-grab touch-manipulation select-none flex-wrap items-center gap-x-2 gap-y-1 border-line border-b bg-surface px-2 py-1.5 active:cursor-grabbing"
      >
        <CardTitle label={label} text={text} tokens={tokens} />
        {/* Nine of them still stand in one line of the narrowest card, 24 px each. */}
        <div className="flex">
          {Array.from({ length: k }, (_, index) => index + 1).map((place) => (
            <button
              key={place}
              type="button"
              // The keyboard's way is the digit itself: these would be K more stops on every card.
              tabIndex={-1}
              aria-label={`Put ${label} in rank ${place}`}
              aria-pressed={rank === place}
              onClick={() => onPut(label, rank === place ? 0 : place)}
              className="-ms-px min-h-6 min-w-6 border border-line bg-surface text-muted text-sm tabular-nums first:rounded-s-sm last:rounded-e-sm hover:bg-sunken hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent pointer-coarse:min-h-8 pointer-coarse:min-w-8"
            >
              {place}
            </button>
          ))}
        </div>
      </div>
      <AsWritten text={text} className="px-3 py-2" />
    </article>
  );
});

export function CardTitle({ label, text, tokens }: { label: string; text: string; tokens: number }) {
  return (
    <>
      <span className="font-mono font-semibold text-lg">{label}</span>
      <span className="me-auto text-muted text-sm tabular-nums">{lengthOf(text, tokens)}</span>
    </>
  );
}

/**
 * What follows the pointer: enough to recognise it, not 20,000 characters to draw at every move. On a narrow screen
 * only its letter, above the finger, so that the targets below stay visible.
 */
export function CardDragged({ candidate }: { candidate: CandidateShown }) {
  return (
    <div className="max-h-40 cursor-grabbing overflow-hidden rounded-md border border-accent bg-surface shadow-float max-lg:max-h-10 max-lg:w-max max-lg:-translate-y-12">
      <div className="flex items-center gap-2 border-line px-2 py-1.5 lg:border-b">
        <CardTitle label={candidate.label} text={candidate.text} tokens={candidate.tokens} />
      </div>
      <AsWritten text={candidate.text.slice(0, 300)} className="px-3 py-2 max-lg:hidden" />
    </div>
  );
}
