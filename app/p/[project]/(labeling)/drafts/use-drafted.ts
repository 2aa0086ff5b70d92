"use client";
// A value that is being written, and its draft: it begins as the draft, and every change of it is kept.
import { useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { type UseDraft, useDraft } from "./use-draft.ts";

interface DraftedOptions<T> {
  subject: string;
  /** What the screen makes of a stored content; null refuses what it cannot read. */
  schema: (content: unknown) => T | null;
  /** What it is before anything is written. */
  none: T;
  /** Nothing is written in it: its draft is given up. */
  isEmpty: (value: T) => boolean;
}

export interface Drafted<T> {
  draft: UseDraft<T>;
  now: T;
  change: (next: (latest: T) => T) => void;
  /** Goes on from another value. */
  take: (value: T) => void;
  /** Runs `store`, which ends what `next` leaves out; the rest stays a draft. */
  storing: <R>(store: () => Promise<R>, next: (latest: T) => T) => Promise<R>;
}

export function useDrafted<T extends object>({ subject, schema, none, isEmpty }: DraftedOptions<T>): Drafted<T> {
  const draft = useDraft<T>({ subject, schema });
  const [written, setWritten] = useState<T | null>(null);
  const now = written ?? draft.value ?? none;

  const kept = useRef<T | null>(null);
  const keep = useEffectEvent((value: T) => {
    if (kept.current === value) return;
    kept.current = value;
    if (isEmpty(value)) draft.discard();
    else draft.save(value);
  });
  // With the drawing, not after it: the page may be gone by then.
  useLayoutEffect(() => {
    if (written) keep(written);
  }, [written]);

  const change = (next: (latest: T) => T) => setWritten((latest) => next(latest ?? now));
  return {
    draft,
    now,
    change,
    take: setWritten,
    async storing(store, next) {
      // Nothing may arrive after the change that ends the draft.
      await draft.pause();
      try {
        const stored = await store();
        change(next);
        return stored;
      } finally {
        draft.resume();
      }
    },
  };
}
