"use client";
// The versions of a demonstration that a revision took the place of: what each was sent back for, and what changed.
import { lazy, Suspense } from "react";
import type { Demonstration } from "../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { ReviewComment, ReviewState } from "./review-state.tsx";

const ChangedLines = lazy(async () => ({ default: (await import("../../../ui/changed-lines.tsx")).ChangedLines }));

interface EarlierVersionsProps {
  demonstration: Demonstration;
  /** Unfolds the version before this one. */
  open?: boolean;
}

export function EarlierVersions({ demonstration, open = false }: EarlierVersionsProps) {
  const newer = [demonstration.text, ...demonstration.earlier.map(({ text }) => text)];
  return demonstration.earlier.map(({ version, text, review }, place) => (
    <details key={version} open={open && place === 0} className="border-line border-t">
      <summary className="px-4 py-1.5 text-muted text-sm hover:text-ink">
        Version {version} · {review ? <ReviewState review={review} /> : "Not reviewed"}
      </summary>
      <ReviewComment review={review} />
      <div className="px-4 py-2">
        <p className="text-muted text-sm">What version {version + 1} changed:</p>
        <Suspense fallback={<AsWritten text={text} />}>
          <ChangedLines before={text} after={newer[place] ?? ""} />
        </Suspense>
        <details className="mt-2">
          <summary className="w-fit rounded-sm text-muted text-sm hover:text-ink">Its whole text</summary>
          <AsWritten text={text} className="mt-1" />
        </details>
      </div>
    </details>
  ));
}
