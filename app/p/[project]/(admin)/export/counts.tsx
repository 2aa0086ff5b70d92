"use client";
// The counts of a file: how many lines, of what, and what was left out or changed.
import type { Asked, OutSet, Tally } from "../../../../../lib/datasets/choices.ts";
import type { OutFormat } from "../../../../../lib/datasets/out-formats.ts";
import { tallyReport } from "../../../../../lib/datasets/tally-report.ts";
import { counted } from "../../../../ui/figures.ts";
import { shown } from "../../../../ui/written.ts";

const ones: Record<OutSet, string> = {
  comparisons: "ranking",
  rankings: "ranking",
  demonstrations: "demonstration",
  prompts: "prompt",
  ratings: "rating",
  skips: "skip",
};

interface CountsProps {
  asked: Asked & { dataset: OutSet };
  format: OutFormat;
  /** Absent: not counted yet. */
  tally: Tally | undefined;
}

export function Counts({ asked: { dataset, rankings = "all", mask }, format, tally }: CountsProps) {
  const sentences = tally ? tallyReport({ choices: { dataset, rankings, mask: mask === true }, format }, tally) : [];
  return (
    <div role="status" className="min-w-0 flex-1 basis-96">
      {tally ? (
        <>
          <p>
            <strong>{counted(tally.lines, "line")}</strong> of {counted(tally.read, ones[dataset])}.
          </p>
          <ul>
            {sentences.map((sentence) => (
              <li key={sentence} className="wrap-anywhere text-muted">
                {shown(sentence)}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="text-muted">Counting …</p>
      )}
    </div>
  );
}
