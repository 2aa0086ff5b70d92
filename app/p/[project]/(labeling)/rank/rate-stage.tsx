"use client";
// Stage one: one answer at a time beside the instruction, rated before any is ranked.
import { memo } from "react";
import { twinsOf } from "../../../../../lib/preference/twins.ts";
import type { AnswerFlag, PromptFlag } from "../../../../../lib/vocabulary/labeling.ts";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Conversation } from "../conversation.tsx";
import { AnswerText } from "./answer-text.tsx";
import { CardTitle, SameText } from "./card.tsx";
import { keysHintId } from "./keys.ts";
import { PromptFlags } from "./prompt-flags.tsx";
import { PromptFacts } from "./prompt-strip.tsx";
import { RatingPanel } from "./rating-panel.tsx";
import { ratingOf, unratedOf, type Workbench } from "./workbench.ts";

interface RateStageProps {
  bench: Workbench;
  assignment: Assignment;
  twins: readonly string[][];
  markdown: boolean;
  onRate: (label: string, likert: number | null) => void;
  onFlag: (label: string, flag: AnswerFlag) => void;
  onNote: (label: string, text: string) => void;
  onFlagPrompt: (flag: PromptFlag) => void;
  onGo: (label: string) => void;
  onOn: () => void;
}

export function RateStage({ bench, assignment, twins, markdown, onFlagPrompt, onGo, onOn, ...rating }: RateStageProps) {
  const { labels, current } = bench;
  const place = labels.indexOf(current);
  const candidate = assignment.candidates[place];
  if (!candidate) return null;
  return (
    <div className="grid min-h-0 flex-1 gap-2 pb-2 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)_17.5rem] lg:grid-rows-[minmax(0,1fr)]">
      <div className="flex min-h-0 flex-col gap-2">
        <Scroller
          label="Prompt"
          className="max-h-[40dvh] min-h-0 flex-1 rounded-md border border-line bg-surface px-4 py-2 lg:max-h-none"
        >
          <PromptFacts prompt={assignment.prompt} isPractice={assignment.isPractice} />
          <Conversation messages={assignment.prompt.messages} markdown={markdown} />
        </Scroller>
        <fieldset className="rounded-md border border-line bg-surface px-3 pt-1 pb-2 max-lg:hidden">
          <legend className="sr-only">Flags of the prompt</legend>
          <p aria-hidden className="font-medium text-sm">
            This prompt is or has
          </p>
          <PromptFlags flags={bench.promptFlags} onFlag={onFlagPrompt} />
        </fieldset>
      </div>
      <AnswerAlone
        key={candidate.id}
        candidate={candidate}
        twins={twins}
        of={`${place + 1} of ${labels.length}`}
        markdown={markdown}
      />
      <div className="flex min-h-0 flex-col gap-2 rounded-md border border-line bg-surface">
        <div className="min-h-0 flex-1 overflow-y-auto p-3">
          <RatingPanel label={current} rating={ratingOf(bench, current)} missing={bench.missing} {...rating} />
        </div>
        <div className="z-20 flex flex-col gap-2 rounded-b-md border-line border-t bg-surface p-3 max-lg:[@media(min-height:40rem)]:sticky max-lg:[@media(min-height:40rem)]:bottom-0">
          <Progress bench={bench} onGo={onGo} />
          <Button kind="primary" onClick={onOn} aria-keyshortcuts="Enter">
            {unratedOf(bench).length === 0 ? "Rank all of them" : "Next answer"}
          </Button>
        </div>
      </div>
    </div>
  );
}

/**
 * Focusable and scrollable in one, like a card of the board: the focus is here while keys rate and flag. Memoised: none
 * of them draws it anew.
 */
const AnswerAlone = memo(function AnswerAlone({
  candidate,
  twins,
  of,
  markdown,
}: {
  candidate: Assignment["candidates"][number];
  /** Groups of answers with one text. */
  twins: readonly string[][];
  of: string;
  markdown: boolean;
}) {
  const others = twinsOf(twins, candidate.label);
  const focusable = { tabIndex: 0 };
  return (
    <article
      {...focusable}
      data-card={candidate.label}
      aria-label={`Answer ${candidate.label}, ${of}`}
      aria-describedby={keysHintId}
      className="min-h-28 overflow-auto rounded-md border border-edge bg-surface focus-visible:outline-offset-0 max-lg:max-h-[70dvh]"
    >
      <div className="sticky top-0 z-10 flex items-center gap-2 border-line border-b bg-surface px-3 py-1.5">
        <CardTitle candidate={candidate} />
        {others.length > 0 ? <SameText as={others} /> : null}
        <span className="whitespace-nowrap text-sm">{of}</span>
      </div>
      <AnswerText text={candidate.text} markdown={markdown} className="px-4 py-3" />
    </article>
  );
});

/** Which answers are rated, and the way to each of them. */
function Progress({ bench, onGo }: { bench: Workbench; onGo: (label: string) => void }) {
  return (
    <nav aria-label="Answers" className="flex">
      {bench.labels.map((label) => {
        const rating = ratingOf(bench, label).likert;
        return (
          <button
            key={label}
            type="button"
            aria-current={label === bench.current ? "step" : undefined}
            onClick={() => onGo(label)}
            className="-ms-px flex min-h-8 min-w-0 flex-1 flex-col items-center justify-center border border-line text-sm leading-4 first:ms-0 first:rounded-s-sm last:rounded-e-sm hover:bg-sunken aria-[current=step]:border-accent aria-[current=step]:bg-accent-wash pointer-coarse:min-h-11"
          >
            <span className="sr-only">Answer </span>
            <span className="font-mono font-semibold">{label}</span>
            <span className="sr-only">{rating === null ? ", not rated" : ", rated "}</span>
            <span aria-hidden={rating === null} className="text-muted tabular-nums">
              {rating ?? "–"}
            </span>
          </button>
        );
      })}
    </nav>
  );
}
