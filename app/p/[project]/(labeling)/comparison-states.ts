// States of a comparison and of one candidate, in words.
import type { Candidate, ComparisonHead } from "../../../../lib/vocabulary/shapes.ts";
import { counted } from "../../../ui/figures.ts";

const written: Record<Exclude<ComparisonHead["state"], "ready">, string> = {
  generating: "Being written",
  stopped: "Stopped",
  failed: "Failed",
};

/** How far a comparison is: its answers, and then its rankings. Two of three → "2 of 3 rankings" */
export function comparisonState({
  state,
  rankingCount,
  wanted,
}: Pick<ComparisonHead, "state" | "rankingCount" | "wanted">): string {
  if (state !== "ready") return written[state];
  if (rankingCount > wanted) return `Ranked ${rankingCount} times`;
  if (wanted > 1) return `${rankingCount} of ${counted(wanted, "ranking")}`;
  return rankingCount === 1 ? "Ranked" : "Waiting to be ranked";
}

export const candidateStates: Record<Candidate["state"], string> = {
  waiting: "Waiting for the model",
  streaming: "Writing …",
  done: "Done",
  stopped: "Stopped",
  failed: "Failed",
};
