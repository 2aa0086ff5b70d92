"use client";
// Where a draft is, in words, and the choice where two windows have written it.
import { useEffect, useState } from "react";
import { Button } from "../../../../ui/button.tsx";
import type { DraftStatus } from "./state.ts";
import type { UseDraft } from "./use-draft.ts";

/** A save that is answered this quickly is not worth a word: the line would flicker at every key. */
const quickMs = 800;

const words: Record<Exclude<DraftStatus, "conflict">, string> = {
  saved: "Draft saved",
  saving: "Saving …",
  offline: "No connection: kept on this device, sent as soon as the server answers",
};

interface DraftLineProps<T> {
  draft: UseDraft<T>;
  /** The screen goes on from what the other window has written. */
  onTake: (value: T) => void;
  /** What that is, in a few words. */
  inWords?: (value: T) => string;
}

export function DraftLine<T>({ draft, onTake, inWords }: DraftLineProps<T>) {
  const { status, problem } = draft;
  const isSaving = status === "saving";
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isSaving) return;
    const timer = setTimeout(() => setSlow(true), quickMs);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isSaving]);

  if (status === "conflict") {
    const theirs = draft.other !== null && inWords ? ` (${inWords(draft.other)})` : "";
    return (
      <div
        role="alert"
        className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-caution bg-caution-wash px-3 py-1.5"
      >
        <p className="flex-1 basis-60">This is being worked on in another window too. Which one should go on?</p>
        <Button onClick={draft.keepMine}>Keep this one</Button>
        <Button
          onClick={() => {
            const taken = draft.takeOther();
            if (taken !== null) onTake(taken);
          }}
        >
          Take the other one{theirs}
        </Button>
      </div>
    );
  }
  const isAway = status === "offline";
  return (
    <p role={isAway ? "status" : undefined} className={`text-sm ${isAway ? "text-danger" : "text-muted"}`}>
      {problem ? `Kept on this device only: ${problem}` : words[isSaving && !isSlow ? "saved" : status]}
    </p>
  );
}
