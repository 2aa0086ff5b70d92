"use client";
// One assignment on the workbench: ties the pure reducer to keys, focus, the draft on this device, lease and submit.
import { ORPCError } from "@orpc/client";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { api, sentenceOf } from "../../../lib/api/client.ts";
import type { Assignment } from "../../../lib/api/contract.ts";
import { ActionBar } from "./action-bar.tsx";
import { Board } from "./board.tsx";
import { keysHintId } from "./card.tsx";
import { forgetDraft, readDraft, saveDraft } from "./draft.ts";
import { commandOf } from "./keys.ts";
import { KeysDialog } from "./keys-dialog.tsx";
import { type Outcome, OutcomeLine } from "./outcome.tsx";
import { PromptStrip } from "./prompt-strip.tsx";
import type { SkipReason } from "./skip-menu.tsx";
import { useLease } from "./use-lease.ts";
import { useWorkClock } from "./use-work-clock.ts";
import { notationOf, openWorkbench, problemOf, type Ranks, reduce, unrankedOf, type Workbench } from "./workbench.ts";

interface RankWorkbenchProps {
  assignment: Assignment;
  before: Outcome | null;
  onDone: (outcome: Outcome) => Promise<void>;
}

function takeUp({ candidates }: Assignment): Workbench {
  const ids = candidates.map(({ id }) => id);
  return openWorkbench(
    candidates.map(({ label }) => label),
    readDraft(window.localStorage, ids),
  );
}

/** The assignment is no longer this person's: there is nothing to try again. */
function isGone(error: unknown): boolean {
  return error instanceof ORPCError && ["NOT_FOUND", "FORBIDDEN", "CONFLICT"].includes(error.code);
}

export function RankWorkbench({ assignment, before, onDone }: RankWorkbenchProps) {
  const { candidates } = assignment;
  const ids = useMemo(() => candidates.map(({ id }) => id), [candidates]);
  const [bench, dispatch] = useReducer(reduce, assignment, takeUp);
  // The ranks under review: any further move makes other ranks, and so ends the review by itself.
  const [reviewed, setReviewed] = useState<Ranks | null>(null);
  const isReviewing = reviewed === bench.ranks;
  const [refused, setRefused] = useState<Workbench | null>(null);
  const [areKeysOpen, setKeysOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const isFinished = useRef(false);
  const spentMs = useWorkClock();

  async function finish(outcome: Outcome) {
    isFinished.current = true;
    if (outcome.kind !== "lost") forgetDraft(window.localStorage, ids);
    await onDone(outcome);
  }
  function onError(error: unknown) {
    if (isGone(error)) finish({ kind: "lost", sentence: sentenceOf(error) });
  }
  const submit = useMutation({
    mutationFn: (notation: string) => api.rankings.submit({ id: assignment.id, notation, spentMs: spentMs() }),
    onSuccess: ({ comparisonId }, notation) => finish({ kind: "submitted", notation, comparisonId }),
    onError,
  });
  const skip = useMutation({
    mutationFn: (reason: SkipReason) => api.assignments.skip({ id: assignment.id, reason }),
    onSuccess: () => finish({ kind: "skipped" }),
    onError,
  });
  const isBusy = submit.isPending || submit.isSuccess || skip.isPending || skip.isSuccess;

  useLease(assignment, {
    isStarted: () => unrankedOf(bench).length < candidates.length,
    isFinished: () => isFinished.current,
    onLost: (sentence) => finish({ kind: "lost", sentence }),
  });

  const isTouched = bench.past.length > 0 || bench.future.length > 0;
  useEffect(() => {
    if (isTouched && !isFinished.current) saveDraft(window.localStorage, ids, bench.ranks);
  }, [ids, bench.ranks, isTouched]);

  useEffect(() => {
    const isWriting = document.activeElement instanceof HTMLInputElement;
    if (bench.focus && !isWriting && !isReviewing)
      root.current?.querySelector<HTMLElement>(`[data-card="${bench.focus.label}"]`)?.focus();
  }, [bench.focus, isReviewing]);

  const put = useCallback((label: string, rank: number) => dispatch({ type: "put", label, rank }), []);

  function confirm() {
    if (isBusy) return;
    if (problemOf(bench)) setRefused(bench);
    else if (isReviewing) submit.mutate(notationOf(bench));
    else setReviewed(bench.ranks);
  }

  function onKeyDown(event: KeyboardEvent) {
    const target = event.target as HTMLElement;
    const command = commandOf(event, {
      inField: target instanceof HTMLInputElement,
      card: target.dataset.card ?? null,
      k: candidates.length,
    });
    if (!command || isBusy || areKeysOpen) return;
    if (command.type === "back") return setReviewed(null);
    event.preventDefault();
    if (command.type === "move") dispatch(command.move);
    else if (command.type === "confirm") confirm();
    else setKeysOpen(true);
  }

  return (
    <div
      ref={root}
      className="flex min-h-0 flex-1 flex-col gap-2 px-3 pt-2 outline-none lg:h-[calc(100dvh-3.0625rem)] lg:flex-none"
      {...{ tabIndex: -1, onKeyDown }}
    >
      <h1 className="sr-only">Rank the answers</h1>
      <PromptStrip prompt={assignment.prompt} before={before ? <OutcomeLine outcome={before} /> : null} />
      <p id={keysHintId} className="sr-only">
        A digit puts this answer in that rank, 0 takes it back, left and right move it, question mark lists all keys.
      </p>
      <p aria-live="polite" className="sr-only">
        {refused === bench ? problemOf(bench) : bench.said}
      </p>
      <Board bench={bench} candidates={candidates} onPut={put} />
      <ActionBar
        bench={bench}
        onMove={dispatch}
        isReviewing={isReviewing}
        isRefused={refused === bench}
        isBusy={isBusy}
        error={isGone(submit.error) ? null : (submit.error ?? skip.error)}
        onConfirm={confirm}
        onBack={() => setReviewed(null)}
        onSkip={(reason) => skip.mutate(reason)}
        onKeys={() => setKeysOpen(true)}
      />
      <KeysDialog open={areKeysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}
