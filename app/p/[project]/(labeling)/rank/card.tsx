"use client";
// One answer on the board: whole text, length, how it was rated, and three ways to move it (its header by drag, its
// buttons, its keys).
import { memo, type PointerEvent, useLayoutEffect, useRef } from "react";
import { listed } from "../../../../../lib/preference/ranking.ts";
import { answerFlags, likert } from "../../../../../lib/vocabulary/labeling.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { lengthOf } from "../../../../ui/written.ts";
import { AnswerText, type CandidateShown } from "./answer-text.tsx";
import { KeyHint } from "./flag-box.tsx";
import type { Rating } from "./history.ts";
import { keysHintId } from "./keys.ts";

interface CardProps {
  candidate: CandidateShown;
  rank: number;
  k: number;
  /** Of stage one; null where there is none. */
  rating: Rating | null;
  /** The group of answers with its text; null where it is the only one. */
  twins: readonly string[] | null;
  isPinned: boolean;
  markdown: boolean;
  isDragged: boolean;
  onGrab: (event: PointerEvent<HTMLElement>, label: string) => void;
  onPut: (label: string, rank: number) => void;
  onPin: (label: string) => void;
  /** Back to its rating. */
  onRate: (label: string) => void;
  onTie: (labels: readonly string[]) => void;
}

/** How far each answer was read: another column is another element, which would begin at the top. */
const readTo = new WeakMap<CandidateShown, number>();

/** Focusable and scrollable in one: up and down scroll a long text, digits and left/right (see the screen) move it. */
export const Card = memo(function Card(props: CardProps) {
  const { candidate, rating, markdown, isDragged } = props;
  const card = useRef<HTMLElement>(null);
  useLayoutEffect(() => scrollTo(card.current, readTo.get(candidate) ?? 0), [candidate]);
  // Spread: the linter takes an article for static, but this one listens to keys and scrolls.
  const focusable = { tabIndex: 0 };
  return (
    <article
      {...focusable}
      ref={card}
      data-card={candidate.label}
      aria-label={`Answer ${candidate.label}`}
      aria-describedby={keysHintId}
      onScroll={({ currentTarget }) => readTo.set(candidate, currentTarget.scrollTop)}
      className={`relative max-h-[60dvh] contain-content min-h-28 overflow-auto rounded-md border border-edge bg-surface focus-visible:outline-offset-0 lg:max-h-full lg:min-h-32 ${
        isDragged ? "opacity-40" : ""
      }`}
    >
      <CardHead {...props} />
      {rating ? <Said rating={rating} /> : null}
      <AnswerText text={candidate.text} markdown={markdown} className="px-3 py-2" />
    </article>
  );
});

/** Some of a text may still have to be laid out (LongLine): for a few frames the place is looked for again. */
function scrollTo(card: HTMLElement | null, top: number): (() => void) | undefined {
  if (!card || top === 0) return;
  let frames = 20;
  let frame = 0;
  const scroll = () => {
    card.scrollTop = top;
    if (card.scrollTop < top - 1 && frames-- > 0) frame = requestAnimationFrame(scroll);
  };
  scroll();
  return () => cancelAnimationFrame(frame);
}

function CardHead({ candidate, rank, k, rating, twins, isPinned, onGrab, onPut, onPin, onRate, onTie }: CardProps) {
  const { label, text, tokens } = candidate;
  return (
    <div
      {...{ onPointerDown: (event: PointerEvent<HTMLElement>) => onGrab(event, label) }}
      className="sticky top-0 z-10 cursor-grab touch-manipulation select-none border-line border-b bg-surface px-2 pt-1 pb-1.5 active:cursor-grabbing"
    >
      <div className="flex min-h-7 items-center gap-2">
        <span className="me-auto font-mono font-semibold text-lg">{label}</span>
        {rating ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Rating of ${label}: ${rating.likert ?? "–"} of ${likert.max}. Change it`}
            onClick={() => onRate(label)}
            className="min-h-6 whitespace-nowrap rounded-sm px-1 text-sm tabular-nums underline decoration-dotted underline-offset-2 hover:bg-sunken pointer-coarse:min-h-8"
          >
            <strong>{rating.likert ?? "–"}</strong> of {likert.max}
          </button>
        ) : null}
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Pin ${label}`}
          aria-pressed={isPinned}
          onClick={() => onPin(label)}
          className="min-h-6 rounded-sm border border-transparent px-1.5 text-muted text-sm hover:bg-sunken hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-wash aria-pressed:text-ink pointer-coarse:min-h-8"
        >
          Pin
        </button>
      </div>
      {/* A row of its own: beside rating and pin, the narrowest card would cut it off. */}
      <p className="text-muted text-sm leading-4 tabular-nums">{lengthOf(text, tokens)}</p>
      {twins ? (
        <button
          type="button"
          tabIndex={-1}
          aria-keyshortcuts="t"
          onClick={() => onTie([label, ...twins.filter((other) => other !== label)])}
          className="flex min-h-6 items-center gap-1.5 rounded-sm hover:bg-sunken pointer-coarse:min-h-8"
        >
          <SameText as={twins.filter((other) => other !== label)} />
          <span className="text-sm underline decoration-dotted underline-offset-2">Tie</span>
          <KeyHint letter="t" />
        </button>
      ) : null}
      {/* A row of its own, alike on every card: nine still stand in one line of the narrowest, 24 px each. */}
      <div className="mt-1 flex">
        {Array.from({ length: k }, (_, index) => index + 1).map((place) => (
          <button
            key={place}
            type="button"
            // The keyboard's way is the digit itself: these would be K more stops on every card.
            tabIndex={-1}
            aria-label={`Put ${label} in rank ${place}`}
            aria-pressed={rank === place}
            onClick={() => onPut(label, rank === place ? 0 : place)}
            className="-ms-px min-h-6 min-w-6 max-w-10 flex-1 border border-line bg-surface text-muted text-sm tabular-nums first:ms-0 first:rounded-s-sm last:rounded-e-sm hover:bg-sunken hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent pointer-coarse:min-h-8"
          >
            {place}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Marks an answer whose text another one has, too. */
export function SameText({ as }: { as: readonly string[] }) {
  return (
    <span className="whitespace-nowrap rounded-sm bg-caution-wash px-1 text-caution text-sm">
      Same text as {listed(as)}
    </span>
  );
}

export function CardTitle({ candidate: { label, text, tokens } }: { candidate: CandidateShown }) {
  return (
    <>
      <span className="font-mono font-semibold text-lg">{label}</span>
      <span className="me-auto min-w-0 truncate text-muted text-sm tabular-nums" title={lengthOf(text, tokens)}>
        {lengthOf(text, tokens)}
      </span>
    </>
  );
}

/** The flags and the note of stage one. */
function Said({ rating: { flags, note } }: { rating: Rating }) {
  if (flags.length === 0 && note.trim() === "") return null;
  return (
    <div className="border-line border-b bg-sunken px-3 py-1 text-sm">
      {flags.length > 0 ? (
        <p>
          <span className="sr-only">Flags: </span>
          {flags.map((flag) => answerFlags[flag]).join(" · ")}
        </p>
      ) : null}
      {note.trim() === "" ? null : <AsWritten text={note} className="line-clamp-3 text-muted text-sm" />}
    </div>
  );
}

/**
 * What follows the pointer: enough to recognise it, not 20,000 characters to draw at every move. On a narrow screen
 * only its letter, above the finger, so that the targets below stay visible.
 */
export function CardDragged({ candidate }: { candidate: CandidateShown }) {
  return (
    <div className="max-h-40 cursor-grabbing overflow-hidden rounded-md border border-accent bg-surface shadow-float max-lg:max-h-10 max-lg:w-max max-lg:-translate-y-12 lg:h-40">
      <div className="flex items-center gap-2 border-line px-2 py-1.5 lg:border-b">
        <CardTitle candidate={candidate} />
      </div>
      <AsWritten text={candidate.text.slice(0, 300)} className="px-3 py-2 max-lg:hidden" />
    </div>
  );
}
