// What changed between two versions of a text: line by line (a paragraph, an item, a heading), and word by word within a
// line that was rewritten.
import { diffArrays, diffWordsWithSpace } from "diff";

export interface Part {
  /** Its place in the line. */
  id: number;
  kind: "same" | "added" | "removed";
  text: string;
}

export interface ChangedLine {
  /** Its place among the changes. */
  id: number;
  /** The heading it stands under, to be shown before it; null before the first, and where a line before has shown it. */
  under: string | null;
  parts: Part[];
}

const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");
const headingOf = (line: string) => /^#+\s+(.*)$/.exec(line)?.[1] ?? null;

/**
 * The lines that differ, in the order of the new text; none where only blank lines do.
 * changesOf("# A\n\nOne two.", "# A\n\nOne three.")
 * → one line under "A": same "One ", removed "two", added "three", same "."
 */
export function changesOf(before: string, after: string): ChangedLine[] {
  const changes: ChangedLine[] = [];
  let under: string | null = null;
  /** The heading that the changes so far have shown last. */
  let told: string | null = null;
  let removed: string[] = [];
  const push = (parts: Part[]) => {
    changes.push({ id: changes.length, under: under === told ? null : under, parts });
    told = under;
  };
  const pushRemoved = () => {
    for (const text of removed) push([{ id: 0, kind: "removed", text }]);
    removed = [];
  };
  for (const run of diffArrays(linesOf(before), linesOf(after))) {
    if (run.removed) {
      removed = run.value;
      continue;
    }
    if (!run.added) pushRemoved();
    for (const line of run.value) {
      const heading = headingOf(line);
      if (run.added) push(rewritten(removed, line));
      under = heading ?? under;
      // A heading that is new has just been shown, as a change.
      if (run.added && heading !== null) told = heading;
    }
  }
  pushRemoved();
  return changes;
}

/** The line word by word against the first of the removed ones that it shares half of its words with, which is taken away. */
function rewritten(removed: string[], line: string): Part[] {
  for (const [index, old] of removed.entries()) {
    const parts = diffWordsWithSpace(old, line).map(({ value: text, added, removed: gone }, id): Part => {
      if (added) return { id, kind: "added", text };
      return { id, kind: gone ? "removed" : "same", text };
    });
    const kept = parts.reduce((sum, { kind, text }) => sum + (kind === "same" ? text.length : 0), 0);
    if (kept * 2 >= Math.max(old.length, line.length)) {
      removed.splice(index, 1);
      return parts;
    }
  }
  return [{ id: 0, kind: "added", text: line }];
}
