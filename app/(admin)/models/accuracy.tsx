// How often a model orders answers as people did, beside the baseline it has to beat.
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
