"use client";
// The columns "Unranked | Rank 1 (best) … Rank K". Empty ones stay slim, so that the texts get the width.
import { memo, useRef } from "react";
import { useDrag } from "../use-drag.ts";
import type { CandidateShown } from "./answer-text.tsx";
import { Card, CardDragged } from "./card.tsx";
import type { Rating } from "./history.ts";
import type { Ranks } from "./places.ts";

function columnName(rank: number): string {
  if (rank === 0) return "Unranked";
  return rank === 1 ? "Rank 1 (best)" : `Rank ${rank}`;
}

interface BoardProps {
  candidates: readonly CandidateShown[];
  /** Of each candidate. */
  ranks: Ranks;
  /** Of stage one; null where there is none. */
  ratings: readonly Rating[] | null;
  pinned: readonly string[];
  /** Groups of answers with one text. */
  twins: readonly string[][];
  markdown: boolean;
  onPut: (label: string, rank: number) => void;
  onPin: (label: string) => void;
  onRate: (label: string) => void;
  onTie: (labels: readonly string[]) => void;
}

/** Memoised: while something is typed, only what it moves is drawn anew. */
export const Board = memo(function Board(props: BoardProps) {
  const { candidates, ranks, ratings, pinned, twins, markdown, onPut, onPin, onRate, onTie } = props;
  const k = candidates.length;
  const columns = Array.from({ length: k + 1 }, (_, rank) => rank);
  const used = new Set(ranks.filter((rank) => rank > 0)).size;
  const board = useRef<HTMLDivElement>(null);
  const { dragged, follower, grab } = useDrag(board, onPut);
  const following = candidates.find(({ label }) => label === dragged?.label);

  return (
    <>
      <div className="@container flex min-h-0 flex-1 flex-col lg:min-h-60">
        <div ref={board} className="flex min-h-0 flex-1 flex-col gap-1.5 lg:flex-row lg:overflow-x-auto lg:pb-1">
          {columns.map((rank) => {
            const places = [...ranks.keys()].filter((place) => ranks[place] === rank);
            const cards = places.flatMap((place) => candidates[place] ?? []);
            return (
              <Column
                key={rank}
                rank={rank}
                size={cards.length}
                isSlim={k <= mostSlim}
                abreast={rank === 0 ? Math.max(1, Math.min(3, 4 - used, cards.length)) : 1}
                isDropping={dragged !== null}
              >
                {cards.map((candidate) => (
                  <Card
                    key={candidate.id}
                    candidate={candidate}
                    rank={rank}
                    k={k}
                    rating={ratings?.[candidates.indexOf(candidate)] ?? null}
                    twins={twins.find((group) => group.includes(candidate.label)) ?? null}
                    isPinned={pinned.includes(candidate.label)}
                    markdown={markdown}
                    isDragged={candidate === following}
                    onGrab={grab}
                    onPut={onPut}
                    onPin={onPin}
                    onRate={onRate}
                    onTie={onTie}
                  />
                ))}
              </Column>
            );
          })}
        </div>
      </div>
      {/* Where the columns stand below each other, most are off the screen: a dragged card finds them all in one strip. */}
      {dragged ? (
        <div
          aria-hidden
          data-testid="rank-targets"
          className="fixed inset-x-0 bottom-0 z-40 flex h-28 gap-1 border-line border-t bg-page p-2 lg:hidden"
        >
          {columns.map((rank) => (
            <div
              key={rank}
              data-rank={rank}
              className="flex flex-1 items-center justify-center rounded-md border border-edge border-dashed bg-sunken data-over:border-accent data-over:bg-accent-wash"
            >
              {rank === 0 ? "–" : rank}
            </div>
          ))}
        </div>
      ) : null}
      {dragged && following ? (
        <div
          ref={follower}
          aria-hidden
          className="pointer-events-none fixed top-0 left-0 z-50 will-change-transform"
          style={{ width: dragged.width }}
        >
          <CardDragged candidate={following} />
        </div>
      ) : null}
    </>
  );
});

// Classes, not custom properties: those are inherited, and a change would have the browser lay out every text below anew.
const abreastLooks = ["", "lg:min-w-62", "lg:min-w-124", "lg:min-w-186"];
/** Beside the open guidelines: as many columns as four answers need. */
const slimUnranked = "lg:@max-4xl:min-w-62";
const slimRank = "lg:@max-4xl:min-w-42";
/** Answers up to which a slim card has room for a button a rank. */
const mostSlim = 5;
const growLooks = [
  "",
  "lg:grow-1",
  "lg:grow-2",
  "lg:grow-3",
  "lg:grow-4",
  "lg:grow-5",
  "lg:grow-6",
  "lg:grow-7",
  "lg:grow-8",
  "lg:grow-9",
];

function Column({
  rank,
  size,
  isSlim,
  abreast,
  isDropping,
  children,
}: {
  rank: number;
  size: number;
  /** May be narrower where the board is. */
  isSlim: boolean;
  /** How many cards stand side by side at least. */
  abreast: number;
  isDropping: boolean;
  children: React.ReactNode;
}) {
  const isEmpty = size === 0;
  // Unranked cards stand beside each other, tied ones below each other: so a card keeps about its width on its way.
  const width = isEmpty
    ? `lg:shrink-0 ${rank === 0 ? "lg:w-19" : "lg:w-12.5"}`
    : rank === 0
      ? `lg:sticky lg:start-0 lg:z-20 lg:basis-0 ${abreastLooks[abreast]} ${isSlim ? slimUnranked : ""} ${growLooks[size]}`
      : `lg:min-w-63 lg:grow lg:basis-0 ${isSlim ? slimRank : ""}`;
  return (
    <section
      data-rank={rank}
      aria-label={columnName(rank)}
      className={`flex min-h-0 min-w-0 flex-col rounded-md border bg-sunken data-over:border-accent data-over:bg-accent-wash ${width} ${
        isDropping ? "border-edge border-dashed" : "border-line"
      }`}
    >
      <h2 className={`px-2 pt-1.5 pb-1 font-medium text-sm ${isEmpty ? "text-muted lg:px-0.5 lg:text-center" : ""}`}>
        {columnName(rank)}
      </h2>
      {isEmpty ? null : (
        <div
          className={`min-h-0 flex-1 gap-1.5 overflow-y-auto p-1.5 pt-0.5 ${
            rank === 0
              ? "grid grid-cols-1 items-start lg:auto-rows-[minmax(9rem,1fr)] lg:grid-cols-[repeat(auto-fit,minmax(14.5rem,1fr))]"
              : "flex flex-col"
          }`}
        >
          {children}
        </div>
      )}
    </section>
  );
}
