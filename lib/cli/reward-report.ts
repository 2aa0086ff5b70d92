// The report of a reward model's accuracy, in sentences, beside what the simplest baseline would have got.
import { percent } from "../output.ts";
import { counted } from "../vocabulary/counted.ts";

/** Lines about the pairs it was measured on; the baseline stands beside the accuracy, so that no one has to ask. */
export function rewardReport(metrics: Record<string, number>): string {
  const { "eval/accuracy": accuracy, "eval/accuracy_low": low, "eval/accuracy_high": high } = metrics;
  if (accuracy === undefined || !Number.isFinite(accuracy)) return "No pairs were held out: nothing to measure on.";
  const interval =
    low === undefined || high === undefined ? "" : ` (95 % interval ${percent(low)} to ${percent(high)})`;
  const longer = metrics["eval/longer_wins"];
  const what =
    metrics["eval/held_out"] === 0
      ? "The file names no split, so the model may have been trained on some of it: accuracy on all its pairs"
      : "Held-out accuracy";
  const lines = [`${what} ${percent(accuracy)}${interval}.`];
  if (metrics["eval/held_out"] === 1) {
    const pairs = `${counted(metrics["eval/pairs"] ?? 0, "pair")} of ${counted(metrics["eval/prompts"] ?? 0, "prompt")}`;
    lines.push(`Only the file's held-out lines were read (split "valid" or "test"): ${pairs}.`);
  }
  if (longer !== undefined) lines.push(`"The longer answer wins" gets ${percent(longer)} on the same pairs.`);
  return lines.join("\n");
}
