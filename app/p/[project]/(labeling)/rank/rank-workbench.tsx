"use client";
// One assignment on the workbench, in its two stages: ties the bench to keys, focus, lease and the way to the server.
import { type FocusEvent, lazy, type ReactNode, Suspense, useDeferredValue, useMemo, useRef, useState } from "react";
import { api } from "../../../../../lib/api/client.ts";
import { twinsAmong, twinsApart, twinsOf } from "../../../../../lib/preference/twins.ts";
import type { SkipReason } from "../../../../../lib/vocabulary/labeling.ts";
import type { Assignment, RankingStored } from "../../../../../lib/vocabulary/shapes.ts";
import { goToSignIn } from "../../../../shell/paths.ts";
import { Button } from "../../../../ui/button.tsx";
import { DraftLine } from "../drafts/draft-line.tsx";
import { useGuidelines } from "../guidelines/guidelines-panel.tsx";
import { ActionBar } from "./action-bar.tsx";
import type { BenchDraft } from "./bench-draft.ts";
import { BenchHeader } from "./bench-header.tsx";
import { Board } from "./board.tsx";
import { letGo } from "./holding.ts";
import { type Command, keysHintId, notationId } from "./keys.ts";
import { tiersOf } from "./places.ts";
import { PromptFlagsMenu } from "./prompt-flags.tsx";
import { PromptStrip } from "./prompt-strip.tsx";
import { RateStage } from "./rate-stage.tsx";
import { noteId } from "./rating-panel.tsx";
import { SkipMenu } from "./skip-menu.tsx";
import { submissionOf } from "./submission.ts";
import { markSubmit } from "./submit-timing.ts";
import { theOutbox } from "./use-assignments.ts";
import { useBench } from "./use-bench.ts";
import { useBenchFocus, useBenchKeys } from "./use-bench-keys.ts";
import { useKeptChoice } from "./use-kept-choice.ts";
import { useLease } from "./use-lease.ts";
import { guardsBefore, type Move, problemOf, type Workbench } from "./workbench.ts";

// Not wanted on every prompt: loaded when it is.
const SideBySide = lazy(() => import("./side-by-side.tsx"));

/** A connection that hangs is no answer. */
const answerMs = 20_000;

const hints: Record<Workbench["stage"], string> = {
  rate: "A digit from 1 to 7 rates this answer, letters flag it, Enter goes on, question mark lists all keys.",
  rank: "A digit puts this answer in that rank, 0 takes it back, left and right move it, question mark lists all keys.",
};

/** What the other window has, in a word or two. */
const inWords = ({ bench: { typed, ratings } }: BenchDraft) =>
  typed || `${ratings.filter(({ likert }) => likert !== null).length} of ${ratings.length} rated`;

interface RankWorkbenchProps {
  assignment: Assignment;
  /** What the server has refused of those before. */
  refusals: ReactNode;
  /** What became of the one before. */
  outcome: ReactNode;
  /** Submitted or skipped, and on its way. */
  onDone: () => void;
  /** A reopened one is left as it was submitted. */
  onLeave: () => void;
  /** The time ran out and others have it. */
  onLost: (sentence: string) => void;
}

export function RankWorkbench({ assignment, refusals, outcome, onDone, onLeave, onLost }: RankWorkbenchProps) {
  const { id, candidates, submitted, isLate } = assignment;
  const { bench, dispatch, draft, take, spent } = useBench(assignment);
  const guidelinesVersion = useGuidelines("rank").data?.version;
  const [isMarkdown, setMarkdown] = useKeptChoice("markdown");
  // Nine long texts take a while to become Markdown: the press is seen at once.
  const markdown = useDeferredValue(isMarkdown);
  const twins = useMemo(() => twinsAmong(candidates), [candidates]);
  // The bench that submitting was tried with: any change makes another one, and so ends review and refusal by itself.
  const [tried, setTried] = useState<Workbench | null>(null);
  const isTried = tried !== null && tried.past === bench.past && tried.typed === bench.typed;
  const problem = isTried ? problemOf(bench) : null;
  const guards = isTried && problem === null && bench.stage === "rank" ? guardsBefore(bench, twins) : null;
  const root = useRef<HTMLDivElement>(null);
  /** Where the keys were last meant for an answer. */
  const lastCard = useRef<string | undefined>(undefined);
  const isFinished = useRef(false);

  const isStarted = bench.past.length > 0 || bench.future.length > 0 || bench.typed !== "";
  useLease({
    id: submitted || isLate ? null : id,
    leaseUntil: assignment.leaseUntil,
    isStarted: () => isStarted,
    isFinished: () => isFinished.current,
    onLost,
  });

  /** Leaves this prompt at once; what was said of it goes on its way. */
  function post(notation: string | null, call: () => Promise<Pick<RankingStored, "version" | "isLate"> | null>) {
    isFinished.current = true;
    letGo(id);
    const paused = draft.pause();
    theOutbox().post({
      assignment,
      notation,
      send: async () => {
        await paused;
        return call();
      },
      // A skip may be taken back, and then all of it is wanted again.
      onDone: notation === null ? () => {} : draft.forget,
      onSignedOut: goToSignIn,
    });
    onDone();
  }
  function submit() {
    markSubmit();
    const submission = submissionOf(bench, { guards: guards ?? [], spent: spent(), guidelinesVersion });
    const input = { id, ...submission, ...(submitted ? { revises: submitted.version } : {}) };
    post(submission.notation, () => api.rankings.submit(input, { signal: AbortSignal.timeout(answerMs) }));
  }
  function skip(reason: SkipReason) {
    post(null, async () => {
      await api.assignments.skip({ id, reason }, { signal: AbortSignal.timeout(answerMs) });
      return null;
    });
  }
  function leave() {
    isFinished.current = true;
    draft.discard();
    onLeave();
  }
  function confirm() {
    // Two windows: first it must be clear which one counts.
    if (isFinished.current || draft.status === "conflict") return;
    if (bench.stage === "rate") dispatch({ type: "on" });
    else if (guards) submit();
    else {
      setTried(bench);
      const asked = problemOf(bench) === null ? guardsBefore(bench, twins) : [];
      if (asked.length > 0) dispatch({ type: "ask", guards: asked });
    }
  }
  function back() {
    if (isTried) setTried(null);
    else if (isAtWriting()) focusCard();
    else if (bench.pinned.length === 2 && bench.stage === "rank") dispatch({ type: "unpin" });
  }
  const isAtWriting = () => [noteId, notationId].includes(document.activeElement?.id ?? "");
  /** Back to the answer the person was at. */
  function focusCard() {
    const cards = [...(root.current?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
    (cards.find((card) => card.dataset.card === lastCard.current) ?? cards[0])?.focus();
  }
  /** Esc gives the focus back to the button that opened the menu, where Enter would open it again. */
  function leaveMenu() {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.matches("[popovertarget]")) focusCard();
  }
  function tieTwins(label: string) {
    const others = twinsOf(twins, label);
    if (others.length > 0) dispatch({ type: "tie", labels: [label, ...others] });
  }
  useBenchKeys(root, bench, (command: Command) => {
    if (isFinished.current) return;
    if (command.type === "move") dispatch(command.move);
    else if (command.type === "confirm") confirm();
    else if (command.type === "back") back();
    else if (command.type === "write") document.getElementById(bench.stage === "rate" ? noteId : notationId)?.focus();
    else if (command.type === "tie-twins") tieTwins(command.label);
    else setMarkdown(!isMarkdown);
  });
  useBenchFocus(root, bench.focus, guards !== null);

  const moves = useMemo(() => movesOf(dispatch), [dispatch]);
  const [one, other] = bench.pinned.map((label) => candidates.find((candidate) => candidate.label === label));
  return (
    <div
      ref={root}
      className="flex min-h-0 flex-1 flex-col gap-2 px-3 pt-2 outline-none lg:h-[calc(100dvh-3.0625rem)] lg:flex-none"
      {...{
        tabIndex: -1,
        onFocus: ({ target }: FocusEvent<HTMLElement>) => {
          lastCard.current = target.closest<HTMLElement>("[data-card]")?.dataset.card ?? lastCard.current;
        },
      }}
    >
      <h1 className="sr-only">{submitted ? "Change your ranking" : "Rank the answers"}</h1>
      {refusals}
      <BenchHeader
        bench={bench}
        onMove={dispatch}
        markdown={isMarkdown}
        onMarkdown={setMarkdown}
        lines={
          <>
            {submitted ? <p className="font-medium text-sm">Version {submitted.version}, reopened</p> : null}
            {isLate ? (
              <p className="font-medium text-sm">Others have these by now: yours is kept as a further ranking</p>
            ) : null}
            {isStarted || draft.status !== "saved" ? <DraftLine draft={draft} onTake={take} inWords={inWords} /> : null}
            {outcome}
          </>
        }
        menus={
          <>
            <div className={bench.stage === "rate" ? "lg:hidden" : ""}>
              <PromptFlagsMenu flags={bench.promptFlags} onFlag={moves.flagPrompt} onClose={leaveMenu} />
            </div>
            {submitted ? (
              <Button kind="quiet" onClick={leave}>
                Leave it as it was
              </Button>
            ) : (
              <SkipMenu onSkip={skip} onClose={leaveMenu} />
            )}
          </>
        }
      />
      <p id={keysHintId} className="sr-only">
        {hints[bench.stage]}
      </p>
      <p aria-live="polite" className="sr-only">
        {problem ?? bench.said}
      </p>
      {bench.stage === "rate" ? (
        <RateStage
          bench={bench}
          assignment={assignment}
          twins={twins}
          markdown={markdown}
          onRate={moves.rate}
          onFlag={moves.flag}
          onNote={moves.note}
          onFlagPrompt={moves.flagPrompt}
          onGo={moves.go}
          onOn={confirm}
        />
      ) : (
        <>
          <PromptStrip prompt={assignment.prompt} isPractice={assignment.isPractice} markdown={markdown} />
          {one && other ? (
            <Suspense>
              <SideBySide one={one} other={other} onClose={moves.unpin} />
            </Suspense>
          ) : null}
          <Board
            candidates={candidates}
            ranks={bench.ranks}
            ratings={bench.rateFirst ? bench.ratings : null}
            pinned={bench.pinned}
            twins={twins}
            markdown={markdown}
            onPut={moves.put}
            onPin={moves.pin}
            onRate={moves.go}
            onTie={moves.tie}
          />
          <ActionBar
            bench={bench}
            onType={moves.type}
            guards={guards}
            apart={twinsApart(twins, tiersOf(bench))}
            isRefused={problem !== null}
            onConfirm={confirm}
            onBack={back}
          />
        </>
      )}
    </div>
  );
}

/** The moves as functions that stay the same, so that what is not moved need not be drawn anew. */
function movesOf(dispatch: (move: Move) => void) {
  return {
    rate: (label: string, likert: number | null) => dispatch({ type: "rate", label, likert }),
    flag: (label: string, flag: Extract<Move, { type: "flag" }>["flag"]) => dispatch({ type: "flag", label, flag }),
    note: (label: string, text: string) => dispatch({ type: "note", label, text }),
    flagPrompt: (flag: Extract<Move, { type: "flag-prompt" }>["flag"]) => dispatch({ type: "flag-prompt", flag }),
    go: (label: string) => dispatch({ type: "go", label }),
    put: (label: string, rank: number) => dispatch({ type: "put", label, rank }),
    tie: (labels: readonly string[]) => dispatch({ type: "tie", labels }),
    type: (text: string) => dispatch({ type: "type", text }),
    pin: (label: string) => dispatch({ type: "pin", label }),
    unpin: () => dispatch({ type: "unpin" }),
  };
}
