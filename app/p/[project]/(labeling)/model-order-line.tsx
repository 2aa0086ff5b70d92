// A reward model's order of the answers, for under a person's: as notation, in how many pairs it agrees, and by which scores.

import { shownScore } from "../../../../lib/preference/agreement.ts";
import type { ModelOrder } from "../../../../lib/vocabulary/shapes.ts";
import { counted } from "../../../ui/figures.ts";

/** @param whom the person it agrees with, e.g. "you" */
export function ModelOrderLine({ modelOrder, whom }: { modelOrder: ModelOrder; whom: string }) {
  const { modelName, notation, scores, agreed, strict } = modelOrder;
  return (
    <div className="flex flex-wrap items-baseline gap-x-4 text-muted text-sm">
      <span>
        <span className="font-mono font-semibold text-ink">{notation}</span> by the reward model{" "}
        <span className="wrap-anywhere">{modelName}</span>
      </span>
      <span>
        {strict === 0
          ? `no pair to agree with ${whom} on: all equal`
          : `agrees with ${whom} on ${agreed} of ${counted(strict, "pair")}`}
      </span>
      <ol aria-label="Its scores, highest first" className="flex flex-wrap gap-x-3">
        {scores.map(({ label, score }) => (
          <li key={label} className="tabular-nums">
            <span className="font-mono">{label}</span> {shownScore(score).toFixed(2)}
          </li>
        ))}
      </ol>
    </div>
  );
}
