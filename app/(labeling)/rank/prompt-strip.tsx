"use client";
// The prompt above the board: whole, scrolling in its place when long.
import type { Assignment } from "../../../lib/api/contract.ts";
import { AsWritten } from "../../ui/as-written.tsx";
import { Scroller } from "../../ui/scroller.tsx";

export function PromptStrip({ prompt }: { prompt: Assignment["prompt"] }) {
  return (
    <Scroller
      label="Prompt"
      className="max-h-[40dvh] shrink-0 rounded-md border border-line bg-surface px-4 py-2 lg:max-h-[26dvh]"
    >
      <p className="text-muted text-sm">{prompt.useCase}</p>
      <AsWritten text={prompt.text} className="max-w-[80ch]" />
    </Scroller>
  );
}
