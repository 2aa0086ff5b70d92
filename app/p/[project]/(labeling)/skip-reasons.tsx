// Who has skipped a comparison, and why, for leads.
import type { SkipReason } from "../../../../lib/vocabulary/labeling.ts";
import type { Skip } from "../../../../lib/vocabulary/shapes.ts";
import { moment } from "../../../ui/figures.ts";
import { Person } from "../../../ui/person.tsx";

/** As a lead reads it: the labeler's own menu speaks in the first person. */
const names: Record<SkipReason, string> = {
  unclear: "Unclear what is asked",
  "needs expertise": "Needs expertise",
  sensitive: "Too sensitive",
  broken: "Broken text or answers",
};

export function SkipReasons({ skips }: { skips: readonly Skip[] }) {
  return (
    <ul aria-label="Why" className="flex flex-col">
      {skips.map(({ labeler, reason, skippedAt }) => (
        <li key={`${labeler} ${skippedAt}`} className="flex flex-wrap gap-x-2">
          <span className="font-medium">{names[reason]}</span>
          <span className="text-muted">
            <Person username={labeler} />, {moment(skippedAt)}
          </span>
        </li>
      ))}
    </ul>
  );
}
