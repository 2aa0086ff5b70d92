"use client";
// The prompt above the board: whole, scrolling in its place when long.
import { memo } from "react";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Conversation } from "../conversation.tsx";
import { PracticeLine } from "../practice-line.tsx";

interface PromptStripProps {
  prompt: Assignment["prompt"];
  isPractice: boolean;
  markdown: boolean;
}

/** In the prompt's own box, where it takes no room from the answers. */
export function PromptFacts({ prompt, isPractice }: Pick<PromptStripProps, "prompt" | "isPractice">) {
  return (
    <div className="mb-0.5 flex flex-wrap gap-x-4 text-muted text-sm">
      <p>{prompt.useCase}</p>
      {isPractice ? <PracticeLine /> : null}
    </div>
  );
}

export const PromptStrip = memo(function PromptStrip({ prompt, isPractice, markdown }: PromptStripProps) {
  return (
    <Scroller
      label="Prompt"
      className="max-h-[40dvh] shrink-0 rounded-md border border-line bg-surface px-4 py-2 lg:max-h-[24dvh]"
    >
      <PromptFacts prompt={prompt} isPractice={isPractice} />
      <Conversation messages={prompt.messages} markdown={markdown} />
    </Scroller>
  );
});
