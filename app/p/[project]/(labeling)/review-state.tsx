// What reviewers say of a demonstration: in one line, and in their own words.

import { likert } from "../../../../lib/vocabulary/labeling.ts";
import type { Demonstration } from "../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { Person } from "../../../ui/person.tsx";

const looks: Record<Demonstration["state"], string> = {
  unreviewed: "text-muted",
  accepted: "text-accent",
  returned: "text-caution",
};

type Review = Demonstration["review"];

/** "Waiting for review", "Accepted: 6 of 7 by grace", "Sent back: 2 of 7 by grace" */
export function ReviewState({ review }: { review: Review }) {
  if (!review) return <span className={`text-sm ${looks.unreviewed}`}>Waiting for review</span>;
  const { rating, returned, reviewer } = review;
  return (
    <span className={`text-sm tabular-nums ${looks[returned ? "returned" : "accepted"]}`}>
      {returned ? "Sent back" : "Accepted"}: {rating} of {likert.max} by <Person username={reviewer} />
    </span>
  );
}

/** Nothing where nothing was said. */
export function ReviewComment({ review }: { review: Review }) {
  if (!review?.comment) return null;
  return (
    <div className={`px-4 py-2 ${review.returned ? "bg-caution-wash" : "bg-sunken"}`}>
      <p className="text-muted text-sm">
        <Person username={review.reviewer} /> says
      </p>
      <AsWritten text={review.comment} />
    </div>
  );
}
