// A model's figures in words: accuracy never without its interval and the baseline it has to beat.
import { count, figure, percent } from "../ui/figures.ts";

const names: Record<string, string> = {
  loss: "Loss",
  accuracy: "Accuracy",
  "eval/loss": "Held-out loss",
  "eval/accuracy": "Held-out accuracy",
  "eval/accuracy_low": "Held-out accuracy, lower end",
  "eval/accuracy_high": "Held-out accuracy, upper end",
  "eval/longer_wins": "Longer answer wins",
  "eval/pairs": "Held-out pairs",
  "eval/prompts": "Held-out prompts",
  "train/prompts": "Prompts trained on",
  "train/pairs": "Pairs trained on",
  "train/rows_cut": "Answers cut to fit",
  learning_rate: "Learning rate",
  gradient_norm: "Gradient norm",
};

export function metricName(name: string): string {
  return names[name] ?? name;
}

/** Shares as percentages, whole numbers whole, the rest with four digits. */
export function metricText(name: string, value: number): string {
  if (/accuracy|wins/.test(name)) return percent(value);
  return Number.isInteger(value) ? count(value) : figure(value);
}

export interface RewardAccuracy {
  share: string;
  /** 95 % bootstrap interval, "" where there is none. */
  interval: string;
  longerWins: string | null;
  /** The metrics this already says. */
  names: string[];
}

/** null where the model was never tried on held-out prompts. */
export function rewardAccuracy(metrics: Record<string, number>): RewardAccuracy | null {
  const accuracy = metrics["eval/accuracy"];
  if (accuracy === undefined || !Number.isFinite(accuracy)) return null;
  const low = metrics["eval/accuracy_low"];
  const high = metrics["eval/accuracy_high"];
  const longer = metrics["eval/longer_wins"];
  return {
    share: percent(accuracy),
    interval: low !== undefined && high !== undefined ? `${percent(low)} to ${percent(high)}` : "",
    longerWins: longer === undefined ? null : percent(longer),
    names: ["eval/accuracy", "eval/accuracy_low", "eval/accuracy_high", "eval/longer_wins"],
  };
}
