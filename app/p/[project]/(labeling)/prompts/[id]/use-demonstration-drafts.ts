"use client";
// What is being written on a prompt's page: a new demonstration, and new versions of one's own. One draft holds them all.
import { demonstrationSubject } from "../../../../../../lib/vocabulary/labeling.ts";
import type { UseDraft } from "../../drafts/use-draft.ts";
import { useDrafted } from "../../drafts/use-drafted.ts";

/** The demonstration that is revised, by its id, or "new". */
type Texts = Readonly<Record<string, string>>;

const none: Texts = {};

function readTexts(value: unknown): Texts | null {
  if (typeof value !== "object" || value === null) return null;
  const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}

const isEmpty = (texts: Texts) => Object.values(texts).every((text) => text.trim() === "");

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
  const subject = demonstrationSubject(promptId);
  const { draft, now, change, take, storing } = useDrafted<Texts>({ subject, schema: readTexts, none, isEmpty });
  const without =
    (target: string) =>
    ({ [target]: _, ...others }: Texts): Texts =>
      others;
  return {
    draft,
    textOf: (target) => now[target],
    write: (target, text) => change((texts) => ({ ...texts, [target]: text })),
    drop: (target) => change(without(target)),
    take,
    storing: (target, store) => storing(store, without(target)),
  };
}
