// What is shown of a model: its kind in words, and how often it orders answers as people did.

import type { Model } from "../../../../../lib/vocabulary/shapes.ts";
import { rewardAccuracy } from "../metrics.ts";

/** Nothing for a model that was never tried on held-out comparisons. */
export function ModelAccuracy({ metrics }: { metrics: Record<string, number> }) {
  const accuracy = rewardAccuracy(metrics);
  if (!accuracy) return null;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <div>
        <dt className="text-muted text-sm">Accuracy on held-out prompts</dt>
        <dd className="font-semibold tabular-nums">
          {accuracy.share} <span className="font-normal text-muted">{accuracy.interval}</span>
        </dd>
      </div>
      {accuracy.longerWins ? (
        <div>
          <dt className="text-muted text-sm">“Longer answer wins” on the same pairs</dt>
          <dd className="font-semibold tabular-nums">{accuracy.longerWins}</dd>
        </div>
      ) : null}
    </dl>
  );
}

const kinds: Record<Model["kind"], string> = { lm: "Language model", reward: "Reward model" };
const trained = { sft: "fine-tuned (SFT)", reward: null, dpo: "trained by DPO", ppo: "trained by PPO" } as const;

/** "Language model, trained by PPO" */
export function modelKind({ kind, trainedBy }: Pick<Model, "kind" | "trainedBy">): string {
  const how = trainedBy === null ? null : trained[trainedBy];
  return how === null ? kinds[kind] : `${kinds[kind]}, ${how}`;
}
