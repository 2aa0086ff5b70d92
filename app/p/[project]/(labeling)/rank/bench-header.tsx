"use client";
// Above both stages: where the person is in the work, what became of the prompt before, and what they can do about this.
import type { ReactNode } from "react";
import { Button } from "../../../../ui/button.tsx";
import { WorkTools } from "../work-tools.tsx";
import { keyLines } from "./key-lines.ts";
import { type Move, unratedOf, type Workbench } from "./workbench.ts";

interface BenchHeaderProps {
  bench: Workbench;
  onMove: (move: Move) => void;
  markdown: boolean;
  onMarkdown: (on: boolean) => void;
  /** What became of the prompt before, and where the draft of this one is. */
  lines: ReactNode;
  /** What can be done with the whole prompt. */
  menus: ReactNode;
}

export function BenchHeader({ bench, onMove, markdown, onMarkdown, lines, menus }: BenchHeaderProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {bench.rateFirst ? <Stages bench={bench} onMove={onMove} /> : null}
      <div className="flex min-w-0 flex-1 basis-60 flex-wrap items-center gap-x-4">{lines}</div>
      <div className="flex flex-wrap items-center max-sm:-mx-1.5 max-sm:*:px-1.5 max-sm:[&_button]:px-1.5 max-sm:[&_button]:text-sm">
        <Button kind="quiet" disabled={bench.past.length === 0} onClick={() => onMove({ type: "undo" })}>
          Undo
        </Button>
        <Button kind="quiet" disabled={bench.future.length === 0} onClick={() => onMove({ type: "redo" })}>
          Redo
        </Button>
        {menus}
        <Button
          kind="quiet"
          aria-pressed={markdown}
          aria-keyshortcuts="m"
          className="aria-pressed:border-accent aria-pressed:bg-accent-wash"
          onClick={() => onMarkdown(!markdown)}
        >
          Markdown
        </Button>
        <WorkTools topic="rank" keys={keyLines(bench.stage, bench.labels.length)} />
      </div>
    </div>
  );
}

const stageLook =
  "flex min-h-8 items-center gap-1.5 rounded-md px-2.5 text-muted hover:bg-sunken hover:text-ink disabled:hover:bg-transparent disabled:hover:text-muted aria-[current=step]:bg-accent-wash aria-[current=step]:font-medium aria-[current=step]:text-ink";

function Stages({ bench, onMove }: Pick<BenchHeaderProps, "bench" | "onMove">) {
  const left = unratedOf(bench).length;
  const { stage, labels, current } = bench;
  return (
    <nav aria-label="Stages" className="flex">
      <button
        type="button"
        aria-current={stage === "rate" ? "step" : undefined}
        onClick={() => onMove({ type: "go", label: current })}
        className={stageLook}
      >
        1 Rate each
        <span className="tabular-nums">
          {labels.length - left} of {labels.length}
        </span>
      </button>
      <button
        type="button"
        aria-current={stage === "rank" ? "step" : undefined}
        disabled={left > 0}
        onClick={() => onMove({ type: "to-board" })}
        className={stageLook}
      >
        2 Rank all
      </button>
    </nav>
  );
}
