// A model's figures in words: each with what it means; accuracy never without its interval and the baseline to beat.
import { count, figure, percent } from "../../../ui/figures.ts";

interface Metric {
  name: string;
  /** What is counted, in one sentence. */
  meaning: string;
}

const before = "before it is clipped";
const metrics: Record<string, Metric> = {
  loss: { name: "Loss", meaning: "What the training makes smaller, on the data of the step." },
  accuracy: { name: "Accuracy", meaning: "Share of the step's pairs that are ordered as people did." },
  "loss/answer": { name: "Loss on answers", meaning: "Surprise at a token of a demonstration, nats." },
  "loss/prompt": { name: "Loss on prompts", meaning: "Surprise at a token of a prompt, nats." },
  "loss/pairs": {
    name: "Loss on pairs",
    meaning: "The part of the loss that wants the preferred answers before the others.",
  },
  "loss/chosen": { name: "Loss on preferred answers", meaning: "Surprise at a token of a preferred answer, nats." },
  "eval/loss": { name: "Held-out loss", meaning: "The same loss on prompts that were not trained on." },
  "eval/accuracy": { name: "Held-out accuracy", meaning: "Share of pairs of new prompts ordered as people did." },
  "eval/accuracy_low": { name: "Held-out accuracy, lower end", meaning: "Of its 95 % interval." },
  "eval/accuracy_high": { name: "Held-out accuracy, upper end", meaning: "Of its 95 % interval." },
  "eval/longer_wins": { name: "Longer answer wins", meaning: "Accuracy of who always prefers the longer answer." },
  "eval/pairs": { name: "Held-out pairs", meaning: "Pairs it was measured on." },
  "eval/prompts": { name: "Held-out prompts", meaning: "Prompts it was measured on." },
  "eval/reward": { name: "Reward of its answers", meaning: "Mean score of its own answers to held-out prompts." },
  "eval/reward_gain": { name: "Gain in reward", meaning: "That less the base model's, on the same prompts." },
  "eval/wins": {
    name: "Wins over the base model",
    meaning: "Share of held-out prompts it answers with a better score.",
  },
  "eval/kl": { name: "KL on held-out prompts", meaning: "How far it is from the base model: nats of an answer." },
  "eval/kl_error": { name: "KL, standard error", meaning: "Of that mean." },
  "eval/no_end_fraction": { name: "Held-out answers without an end", meaning: "Share of them that were cut." },
  "reference/reward": { name: "Reward of the base model", meaning: "Mean score of its answers to held-out prompts." },
  "reference/no_end_fraction": {
    name: "The base model's without an end",
    meaning: "Share of its answers that were cut.",
  },
  "eval/chosen": { name: "Preferred answers", meaning: "How much likelier they became than in the base model, nats." },
  "eval/rejected": { name: "Other answers", meaning: "How much likelier they became than in the base model, nats." },
  "bits/8/kl": { name: "Cost of 8 bits", meaning: "How much less likely its own answers become, nats a token." },
  "bits/4/kl": { name: "Cost of 4 bits", meaning: "How much less likely its own answers become, nats a token." },
  "objective/score": {
    name: "Score",
    meaning: "What the reward model gave its answers, normalised on the base model's.",
  },
  "objective/reward": { name: "Reward", meaning: "The score less the KL penalty: what PPO maximises." },
  "objective/kl": { name: "KL", meaning: "How far it is from the base model: nats of an answer." },
  "objective/kl_k3": { name: "KL, steadier estimate", meaning: "The same by an estimator of less variance." },
  "objective/entropy": { name: "Entropy of an answer", meaning: "How undecided it is, nats of an answer." },
  "objective/beta": { name: "Price of KL (β)", meaning: "What a nat of KL costs in reward." },
  "rollout/length": { name: "Length of an answer", meaning: "Tokens, the end included." },
  "rollout/no_end_fraction": { name: "Answers without an end", meaning: "Share of the answers that were cut." },
  "policy/loss": { name: "Loss of the policy", meaning: "PPO's clipped objective." },
  "policy/clipfrac": {
    name: "Clipped tokens",
    meaning: "Share of tokens whose probability had moved too far to count.",
  },
  "policy/approxkl": {
    name: "Movement of an update",
    meaning: "KL from the policy that wrote the answers, nats a token.",
  },
  "policy/entropy": { name: "Entropy of a token", meaning: "How undecided it is at a token, nats." },
  "policy/gradient_norm": { name: "Gradient norm of the policy", meaning: `Size of its gradient ${before}.` },
  "value/loss": { name: "Loss of the values", meaning: "How wrong the expected rewards were." },
  "value/clipfrac": { name: "Clipped values", meaning: "Share of values that had moved too far to count." },
  "value/explained_variance": { name: "Explained variance", meaning: "How well rewards were foreseen: 1 is exactly." },
  "value/gradient_norm": { name: "Gradient norm of the values", meaning: `Size of their gradient ${before}.` },
  "ptx/loss": { name: "Loss on texts", meaning: "Surprise at a token of the pre-training texts, nats." },
  "time/rollout": { name: "Writing answers", meaning: "Seconds of a step." },
  "time/score": { name: "Scoring them", meaning: "Seconds of a step." },
  "time/update": { name: "Learning from them", meaning: "Seconds of a step." },
  "train/prompts": { name: "Prompts trained on", meaning: "Those of the training split." },
  "train/prompts_held_out": { name: "Prompts measured on", meaning: "Those that it did not learn on." },
  "train/prompts_dropped": { name: "Prompts left out", meaning: "They were too long." },
  "train/pairs": { name: "Pairs trained on", meaning: "Pairs of answers of which one was preferred." },
  "train/ties": { name: "Ties trained on", meaning: "Pairs of answers that were ranked equal." },
  "train/demonstrations": { name: "Demonstrations trained on", meaning: "Those of the training split." },
  "train/epoch": { name: "Epoch kept", meaning: "The pass over the data after which the model is this one." },
  "train/demonstrations_held_out": { name: "Demonstrations measured on", meaning: "Those that it did not learn on." },
  "train/step": {
    name: "Step kept",
    meaning: "The step after which the model is this one: its best on held-out pairs.",
  },
  "train/pairs_equal": { name: "Equal pairs left out", meaning: "Both answers are the same to the model." },
  "train/answers_too_long": {
    name: "Answers left out",
    meaning: "They are too long for the model with their prompts.",
  },
  "train/pairs_too_long": { name: "Pairs left out", meaning: "One of the answers is too long." },
  "train/answers_cut": { name: "Answers cut to fit", meaning: "They were too long for the model with their prompts." },
  davidson_nu: { name: "ν of ties", meaning: "How likely a tie is between equal answers." },
  learning_rate: { name: "Learning rate", meaning: "How far the step moved the weights." },
  gradient_norm: { name: "Gradient norm", meaning: `Size of the gradient ${before}.` },
};

export function metricName(name: string): string {
  return metrics[name]?.name ?? name;
}

/** One sentence; "" for a figure nothing is known of. */
export function metricMeaning(name: string): string {
  return metrics[name]?.meaning ?? "";
}

/** Shares as percentages, whole numbers whole, the rest with four digits. */
export function metricText(name: string, value: number): string {
  if (/accuracy|wins|fraction|clipfrac/.test(name)) return percent(value);
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
