"use client";
// One demonstration at a time: the one on screen stays until it is reviewed or put off, whatever others do meanwhile.
import { useState } from "react";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { Page } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import type { KeyLines } from "../key-list.tsx";
import { ReviewState } from "../review-state.tsx";
import { WorkTools } from "../work-tools.tsx";
import { ReviewDesk } from "./review-desk.tsx";
import { Reviewed } from "./reviewed.tsx";
import { type Reviewable, useWaiting } from "./use-reviews.ts";

const keys: KeyLines = [
  ["1 … 7", "Rate the demonstration: 1 is worst, 7 is best"],
  ["A", "Accept it"],
  ["S", "Send it back; without a comment yet, write one first"],
  ["N", "Leave it for later and take the next"],
  ["Ctrl+Enter", "Accept it, or send it back if that was begun; also from inside the comment (⌘ on a Mac)"],
  ["G", "Open and close the guidelines"],
  ["?", "This list"],
];

export function ReviewScreen() {
  const { query, refresh } = useWaiting();
  const [current, setCurrent] = useState<Reviewable | null>(null);
  /** Put off, and reviewed: the list on the server follows a moment later. */
  const [later, setLater] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<Reviewable | null>(null);

  const waiting = query.data?.items.filter(({ id }) => !done.has(id)) ?? [];
  const next = waiting.find(({ id }) => id !== current?.id && !later.has(id));
  if (current === null && next) setCurrent(next);

  function drop(what: Reviewable) {
    setDone((before) => new Set([...before, what.id]));
    setCurrent(next ?? null);
    refresh();
  }
  function putOff(what: Reviewable) {
    setLater((before) => new Set([...before, what.id]));
    setCurrent(next ?? null);
  }

  return (
    <Page
      title="Review demonstrations"
      lead={
        <span role="status">
          {last ? (
            <Outcome reviewed={last} onChange={() => setCurrent(last)} />
          ) : (
            "Would you be glad if the model answered like this?"
          )}
        </span>
      }
      action={<WorkTools topic="write" keys={keys} />}
      wide
    >
      {query.isPending ? <Skeleton lines={2} height="12rem" /> : null}
      {query.error ? <Failed error={query.error} retry={() => query.refetch()} /> : null}
      {current ? (
        <ReviewDesk
          key={`${current.id} ${current.review?.createdAt}`}
          demonstration={current}
          onReviewed={(result) => {
            setLast({ ...current, ...result });
            drop(current);
          }}
          onLater={next ? () => putOff(current) : undefined}
          onGone={() => drop(current)}
        />
      ) : null}
      {query.data && !current ? <NothingWaits putOff={waiting.length} onBack={() => setLater(new Set())} /> : null}
      <Reviewed onAgain={setCurrent} />
    </Page>
  );
}

function Outcome({ reviewed, onChange }: { reviewed: Reviewable; onChange: () => void }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <ReviewState review={reviewed.review} />
      <Link href={`/prompts/${reviewed.promptId}#demonstration-${reviewed.id}`}>See it</Link>
      <Button kind="quiet" className="-my-1.5" onClick={onChange}>
        Change it
      </Button>
    </span>
  );
}

/** @param putOff how many were left for later */
function NothingWaits({ putOff, onBack }: { putOff: number; onBack: () => void }) {
  if (putOff > 0) {
    return (
      <Empty action={<Button onClick={onBack}>Take them up again</Button>}>
        Only what you left for later still waits to be reviewed.
      </Empty>
    );
  }
  return (
    <Empty action={<ButtonLink href="/write">Write a prompt</ButtonLink>}>
      Nothing waits to be reviewed. Demonstrations that others write turn up here.
    </Empty>
  );
}
