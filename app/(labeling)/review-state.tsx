// What reviewers say of a demonstration, in one line.
import type { Demonstration } from "../../lib/api/contract.ts";
import { likert } from "../../lib/preference/labeling.ts";

const looks: Record<Demonstration["state"], string> = {
  unreviewed: "text-muted",
  accepted: "text-accent",
  returned: "text-caution",
};

/** "Waiting for review", "Accepted: 6 of 7 by grace", "Sent back: 2 of 7 by grace" */
export function ReviewState({
  demonstration: { state, review },
}: {
  demonstration: Pick<Demonstration, "state" | "review">;
}) {
  const rating = review ? `: ${review.rating} of ${likert.max} by ${review.reviewer}` : "";
  const words = { unreviewed: "Waiting for review", accepted: `Accepted${rating}`, returned: `Sent back${rating}` };
  return <span className={`text-sm tabular-nums ${looks[state]}`}>{words[state]}</span>;
}
