"use client";
// One ideal answer, what a reviewer said of it, and for its author the next version below it.
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { api } from "../../../../../../lib/api/client.ts";
import type { Message } from "../../../../../../lib/vocabulary/conversation.ts";
import type { Demonstration } from "../../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Person, useNameOf } from "../../../../../ui/person.tsx";
import { lengthOf } from "../../../../../ui/written.ts";
import { EarlierVersions } from "../../earlier-versions.tsx";
import { ReviewComment, ReviewState } from "../../review-state.tsx";
import { DemonstrationForm } from "./demonstration-form.tsx";
import type { DemonstrationDrafts } from "./use-demonstration-drafts.ts";

interface DemonstrationCardProps {
  demonstration: Demonstration;
  /** For its author, as long as it is not accepted. */
  revising?: { drafts: DemonstrationDrafts; messages: readonly Message[] };
}

export function DemonstrationCard({ demonstration, revising }: DemonstrationCardProps) {
  const { id, text, author, createdAt, version, review } = demonstration;
  const nameOf = useNameOf();
  const card = useRef<HTMLElement>(null);
  // The page is drawn after the browser has looked for the address's place in it.
  useEffect(() => {
    if (window.location.hash === `#demonstration-${id}`) card.current?.scrollIntoView({ block: "center" });
  }, [id]);
  return (
    <article
      ref={card}
      id={`demonstration-${id}`}
      aria-label={`Demonstration by ${nameOf(author)}`}
      className="rounded-md border border-line bg-surface"
    >
      <p className="flex flex-wrap justify-between gap-x-4 border-line border-b px-4 py-1.5 text-muted text-sm">
        <span>
          <Person username={author} /> · {moment(createdAt)} · {lengthOf(text)}
          {version > 1 ? ` · version ${version}` : ""}
        </span>
        <ReviewState review={review} />
      </p>
      <AsWritten text={text} className="px-4 py-3" />
      <ReviewComment review={review} />
      <EarlierVersions demonstration={demonstration} />
      {revising ? <Revising demonstration={demonstration} {...revising} /> : null}
    </article>
  );
}

function Revising({
  demonstration: { id, text, state, version },
  drafts,
  messages,
}: { demonstration: Demonstration } & NonNullable<DemonstrationCardProps["revising"]>) {
  const begun = drafts.textOf(id);
  // What came back is there to be mended: the field is open.
  const [isOpen, setOpen] = useState(state === "returned" || begun !== undefined);
  const focusWhereAsked = useEffectEvent(() => {
    if (window.location.hash !== `#demonstration-${id}`) return;
    document.querySelector<HTMLElement>(`[name="demonstration.${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  });
  useEffect(() => focusWhereAsked(), []);

  return (
    <div className="border-line border-t px-4 py-3">
      {isOpen ? (
        <DemonstrationForm
          target={id}
          label={`Version ${version + 1}`}
          action={`Save version ${version + 1}`}
          messages={messages}
          text={begun ?? text}
          before={text}
          drafts={drafts}
          store={(revised) => api.demonstrations.revise({ id, text: revised })}
        >
          <Button
            kind="quiet"
            onClick={() => {
              drafts.drop(id);
              setOpen(false);
            }}
          >
            Leave it as it is
          </Button>
        </DemonstrationForm>
      ) : (
        <Button onClick={() => setOpen(true)}>Revise</Button>
      )}
    </div>
  );
}
