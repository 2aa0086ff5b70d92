// Which curves of a run stand in which plot: the ones to look at, then those for when something goes wrong.
import type { TrainingKind } from "../../../../../../lib/vocabulary/labeling.ts";

export interface Panel {
  title: string;
  /** Metrics, in the order of the legend. */
  names: readonly string[];
  /** Of the vertical axis where it is known. */
  range?: [number, number];
  /** Folded away. */
  more?: true;
}

const share: [number, number] = [0, 1];
const loss: Panel = { title: "Loss", names: ["loss", "eval/loss"] };
const accuracy: Panel = { title: "Accuracy", names: ["accuracy", "eval/accuracy"], range: share };
const schedule: Panel[] = [
  { title: "Gradient norm", names: ["gradient_norm"], more: true },
  { title: "Learning rate", names: ["learning_rate"], more: true },
];

export const panels: Record<TrainingKind, readonly Panel[]> = {
  sft: [
    loss,
    { title: "Reward of its answers", names: ["eval/reward"] },
    { title: "Parts of the loss", names: ["loss/answer", "loss/prompt"], more: true },
    ...schedule,
  ],
  reward: [loss, accuracy, ...schedule],
  dpo: [loss, accuracy, { title: "Against the base model", names: ["eval/chosen", "eval/rejected"] }, ...schedule],
  ppo: [
    { title: "Score and reward", names: ["objective/score", "objective/reward"] },
    { title: "KL to the base model", names: ["objective/kl", "objective/kl_k3"] },
    { title: "Length of an answer", names: ["rollout/length"] },
    { title: "Loss on texts", names: ["ptx/loss"] },
    { title: "Answers without an end", names: ["rollout/no_end_fraction"], range: share, more: true },
    { title: "Entropy of an answer", names: ["objective/entropy"], more: true },
    { title: "Loss of the policy", names: ["policy/loss"], more: true },
    { title: "Loss of the values", names: ["value/loss"], more: true },
    { title: "Explained variance", names: ["value/explained_variance"], more: true },
    { title: "Clipped", names: ["policy/clipfrac", "value/clipfrac"], range: share, more: true },
    { title: "Movement of an update", names: ["policy/approxkl"], more: true },
    { title: "Price of KL (β)", names: ["objective/beta"], more: true },
    { title: "Gradient norm", names: ["policy/gradient_norm", "value/gradient_norm"], more: true },
    { title: "Learning rate", names: ["learning_rate"], more: true },
    { title: "Seconds of a step", names: ["time/rollout", "time/score", "time/update"], more: true },
  ],
};
