"use client";
// The prompt above the board: whole, scrolling in its place when long.
import { memo } from "react";
import type { Assignment } from "../../../lib/vocabulary/shapes.ts";
import { Scroller } from "../../ui/scroller.tsx";
import { Conversation } from "../conversation.tsx";

interface PromptStripProps {
  prompt: Assignment["prompt"];
  markdown: boolean;
}

export const PromptStrip = memo(function PromptStrip({ prompt, markdown }: PromptStripProps) {
  return (
    <Scroller
      label="Prompt"
      className="max-h-[40dvh] shrink-0 rounded-md border border-line bg-surface px-4 py-2 lg:max-h-[24dvh]"
    >
      <p className="mb-0.5 text-muted text-sm">{prompt.useCase}</p>
      <Conversation messages={prompt.messages} markdown={markdown} />
    </Scroller>
  );
});
