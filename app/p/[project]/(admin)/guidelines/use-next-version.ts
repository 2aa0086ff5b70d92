"use client";
// The text of the next version, with the version it was begun on: another one that comes first must not be overwritten.
import type { GuidelineTopic } from "../../../../../lib/vocabulary/labeling.ts";
import type { Guidelines } from "../../../../../lib/vocabulary/shapes.ts";
import { useProject } from "../../../../shell/user-context.tsx";
import { useKeptText } from "../../../../ui/use-kept-text.ts";

interface Kept {
  basedOn: number;
  text: string;
}

export function useNextVersion(topic: GuidelineTopic, inForce: Guidelines | undefined) {
  const [stored, setStored, forget] = useKeptText(`guidelines.${useProject()?.id ?? ""}.${topic}`);
  const latest: Kept = { basedOn: inForce?.version ?? 0, text: inForce?.text ?? "" };
  const kept = read(stored);
  const { basedOn, text } = kept ?? latest;
  const keep = (next: Kept) => setStored(JSON.stringify(next));
  return {
    text,
    basedOn,
    isChanged: text !== latest.text,
    edit: (next: string) => keep({ text: next, basedOn: text === latest.text ? latest.basedOn : basedOn }),
    /** What changed meanwhile has been looked at. */
    takeAsBase: () => keep({ text, basedOn: latest.basedOn }),
    discard: forget,
  };
}

function read(stored: string): Kept | null {
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== "object" || !value || !("basedOn" in value) || !("text" in value)) return null;
    const { basedOn, text } = value;
    return typeof basedOn === "number" && typeof text === "string" ? { basedOn, text } : null;
  } catch {
    // Nothing kept, or something else.
    return null;
  }
}
