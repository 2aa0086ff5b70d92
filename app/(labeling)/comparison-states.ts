// States of a comparison and of one candidate, in words.
import type { Candidate, Comparison } from "../../lib/vocabulary/shapes.ts";

export const comparisonStates: Record<Comparison["state"], string> = {
  generating: "Being written",
  ready: "Waiting to be ranked",
  ranked: "Ranked",
  stopped: "Stopped",
  failed: "Failed",
};

export const candidateStates: Record<Candidate["state"], string> = {
  waiting: "Waiting for the model",
  streaming: "Writing …",
  done: "Done",
  stopped: "Stopped",
  failed: "Failed",
};
