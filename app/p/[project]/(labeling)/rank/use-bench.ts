"use client";
// The bench of one assignment: the pure reducer, begun where the draft left it and saved at every change, and the time
// worked on it.
import { useCallback, useLayoutEffect, useReducer, useRef, useState } from "react";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { type UseDraft, useDraft } from "../drafts/use-draft.ts";
import type { Spent } from "./activity.ts";
import { type BenchDraft, benchOfDraft, draftOf, draftOfSubmitted, isChanged, readBenchDraft } from "./bench-draft.ts";
import { useWorkClock } from "./use-work-clock.ts";
import { type Move, reduce, type Workbench } from "./workbench.ts";

interface Bench {
  bench: Workbench;
  dispatch: (move: Move) => void;
  draft: UseDraft<BenchDraft>;
  /** Goes on from what another window has saved. */
  take: (other: BenchDraft) => void;
  spent: () => Spent;
}

export function useBench(assignment: Assignment): Bench {
  const draft = useDraft<BenchDraft>({
    subject: `ranking:${assignment.comparisonId}`,
    schema: (content) => readBenchDraft(assignment, content),
    initial: assignment.draft,
  });
  const [start] = useState(
    () => draft.value ?? (assignment.submitted && draftOfSubmitted(assignment, assignment.submitted)),
  );
  const [bench, dispatch] = useReducer(reduce, start, (from) => benchOfDraft(assignment, from));
  const [before] = useState(() => start?.spent ?? { total: 0, answers: assignment.candidates.map(() => 0) });
  const spent = useWorkClock(before, bench.stage === "rate" ? bench.labels.indexOf(bench.current) : null);

  const saved = useRef(bench);
  const { save } = draft;
  // With the drawing, not after it: the page may be gone by then.
  useLayoutEffect(() => {
    if (!isChanged(saved.current, bench)) return;
    saved.current = bench;
    save(draftOf(assignment, bench, spent()));
  }, [assignment, bench, save, spent]);

  const take = useCallback(
    (other: BenchDraft) => {
      const taken = benchOfDraft(assignment, other);
      // It is on the server already: saving it again would be a conflict for the window it comes from.
      saved.current = taken;
      dispatch({ type: "take", bench: taken });
    },
    [assignment],
  );
  return { bench, dispatch, draft, take, spent };
}
