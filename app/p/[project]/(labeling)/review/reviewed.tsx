"use client";
// What was reviewed, by whomever: looked up when it is asked for.
import { useState } from "react";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Failed, Skeleton } from "../../../../ui/states.tsx";
import { shown } from "../../../../ui/written.ts";
import { ReviewState } from "../review-state.tsx";
import { type Reviewable, useReviewed } from "./use-reviews.ts";

export function Reviewed({ onAgain }: { onAgain: (demonstration: Reviewable) => void }) {
  return (
    <section aria-label="What was reviewed" className="flex flex-col gap-2">
      <Folded name="Sent back, not revised yet" state="returned" onAgain={onAgain} />
      <Folded name="Accepted" state="accepted" onAgain={onAgain} />
    </section>
  );
}

interface ListProps {
  state: "accepted" | "returned";
  onAgain: (demonstration: Reviewable) => void;
}

function Folded({ name, ...list }: ListProps & { name: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-sm py-1 font-medium">{name}</summary>
      {isOpen ? <List {...list} /> : null}
    </details>
  );
}

function List({ state, onAgain }: ListProps) {
  const reviewed = useReviewed(state);
  const items = reviewed.data?.pages.flatMap((page) => page.items);
  if (reviewed.error) return <Failed error={reviewed.error} retry={() => reviewed.refetch()} />;
  if (!items) return <Skeleton lines={3} height="3rem" />;
  if (items.length === 0) return <p className="text-muted">None.</p>;
  return (
    <>
      <ul className="rounded-md border border-line bg-surface">
        {items.map((item) => (
          <li
            key={item.id}
            className="flex flex-wrap items-start gap-x-4 border-line border-t px-3 py-2 first:border-t-0"
          >
            <div className="min-w-0 flex-1 basis-72">
              <Link
                href={`/prompts/${item.promptId}#demonstration-${item.id}`}
                prefetch={false}
                dir="auto"
                className="wrap-anywhere line-clamp-1"
              >
                {shown(item.prompt.text.slice(0, 200))}
              </Link>
              {item.review?.comment ? <AsWritten text={item.review.comment} className="line-clamp-2" /> : null}
              <p className="flex flex-wrap gap-x-3 text-muted text-sm">
                <Person username={item.author} />
                <ReviewState review={item.review} />
              </p>
            </div>
            <Button
              kind="quiet"
              onClick={() => {
                onAgain(item);
                window.scrollTo({ top: 0 });
              }}
            >
              Review again
            </Button>
          </li>
        ))}
      </ul>
      {reviewed.hasNextPage ? (
        <Button className="mt-2" busy={reviewed.isFetchingNextPage} onClick={() => reviewed.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </>
  );
}
