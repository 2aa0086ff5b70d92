"use client";
// What is being written on a prompt's page: a new demonstration, and new versions of one's own. One draft holds them all.
import { useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { type UseDraft, useDraft } from "../../drafts/use-draft.ts";

/** The demonstration that is revised, by its id, or "new". */
type Texts = Readonly<Record<string, string>>;

const none: Texts = {};

function readTexts(value: unknown): Texts | null {
  if (typeof value !== "object" || value === null) return null;
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}

export interface DemonstrationDrafts {
  draft: UseDraft<Texts>;
  /** undefined: not begun. */
  textOf: (target: string) => string | undefined;
  write: (target: string, text: string) => void;
  /** Given up. */
  drop: (target: string) => void;
  take: (texts: Texts) => void;
  /** Runs `store`, which ends this one; the others stay drafts. */
  storing: <T>(target: string, store: () => Promise<T>) => Promise<T>;
}

export function useDemonstrationDrafts(promptId: string): DemonstrationDrafts {
  const draft = useDraft<Texts>({
    subject: `demonstration:${promptId}`,
    schema: readTexts,
  });
  const [written, setWritten] = useState<Texts | null>(null);
  const now = written ?? draft.value ?? none;

  const kept = useRef<Texts | null>(null);
  const keep = useEffectEvent((texts: Texts) => {
    if (kept.current === texts) return;
    kept.current = texts;
    if (Object.values(texts).some((text) => text.trim() !== "")) draft.save(texts);
    else draft.discard();
  });
  // With the drawing, not after it: the page may be gone by then.
  useLayoutEffect(() => {
    if (written) keep(written);
  }, [written]);

  const drop = (target: string) =>
    setWritten((latest) => {
      const { [target]: _, ...others } = latest ?? now;
      return others;
    });
  return {
    draft,
    textOf: (target) => now[target],
    write: (target, text) => setWritten((latest) => ({ ...(latest ?? now), [target]: text })),
    drop,
    take: setWritten,
    async storing(target, store) {
      // Nothing may arrive after the change that ends the draft.
      await draft.pause();
      try {
        const stored = await store();
        drop(target);
        return stored;
      } finally {
        draft.resume();
      }
    },
  };
}
