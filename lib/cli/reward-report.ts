// How good a reward model is, in the words of a person: its accuracy, and what the dumbest judge would have got.
import { percent } from "./output.ts";

/** Lines about the held-out pairs; the baseline stands beside the accuracy, so that no one has to ask. */
export function rewardReport(metrics: Record<string, number>): string {
  const { "eval/accuracy": accuracy, "eval/accuracy_low": low, "eval/accuracy_high": high } = metrics;
  if (accuracy === undefined || !Number.isFinite(accuracy)) return "No pairs were held out: nothing to measure on.";
  const interval =
    low === undefined || high === undefined ? "" : ` (95 % interval ${percent(low)} to ${percent(high)})`;
  const longer = metrics["eval/longer_wins"];
  const lines = [`Held-out accuracy ${percent(accuracy)}${interval}.`];
  if (longer !== undefined) lines.push(`"The longer answer wins" gets ${percent(longer)} on the same pairs.`);
  return lines.join("\n");
}
