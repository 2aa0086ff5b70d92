"use client";
// The prompt above the board: whole, scrolling in its place when long.
import type { ReactNode } from "react";
import type { Assignment } from "../../../lib/api/contract.ts";
import { AsWritten } from "../../ui/as-written.tsx";
import { Scroller } from "../../ui/scroller.tsx";

/** @param before what became of the assignment before: beside the use case, where it takes no room of its own */
export function PromptStrip({ prompt, before }: { prompt: Assignment["prompt"]; before: ReactNode }) {
  return (
    <Scroller
      label="Prompt"
      className="max-h-[40dvh] shrink-0 rounded-md border border-line bg-surface px-4 py-2 lg:max-h-[26dvh]"
    >
      <div className="flex flex-wrap justify-between gap-x-4 text-muted text-sm">
        <p>{prompt.useCase}</p>
        {before}
      </div>
      <AsWritten text={prompt.text} className="max-w-[80ch]" />
    </Scroller>
  );
}
