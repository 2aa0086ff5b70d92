// What a model is, in words.
import type { Model } from "../../../lib/vocabulary/shapes.ts";

const kinds: Record<Model["kind"], string> = { lm: "Language model", reward: "Reward model" };
const trained = { sft: "fine-tuned (SFT)", reward: null, dpo: "trained by DPO", ppo: "trained by PPO" } as const;

/** "Language model, trained by PPO" */
export function modelKind({ kind, trainedBy }: Pick<Model, "kind" | "trainedBy">): string {
  const how = trainedBy === null ? null : trained[trainedBy];
  return how === null ? kinds[kind] : `${kinds[kind]}, ${how}`;
}
