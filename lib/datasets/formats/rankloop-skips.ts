// What `rankloop export skips` writes: a prompt whose answers somebody would not rank, and why. It only goes out.
import { type Format, has, RowRefused } from "./format.ts";

export const rankloopSkips: Format = {
  name: "rankloop-skips",
  looks: '"prompt" and "skip_reason"',
  recognises: (row) => has(row, "prompt", "skip_reason"),
  read: () => {
    throw new RowRefused("A skip is of answers that are here: it does not come in.");
  },
  write: (item) => {
    if (item.kind !== "skip") return null;
    const { prompt, reason, promptId, comparisonId, useCase, split, labeler, skippedAt } = item;
    const ids = { prompt_id: promptId, comparison_id: comparisonId };
    return { prompt, skip_reason: reason, ...ids, use_case: useCase, split, labeler, skipped_at: skippedAt };
  },
};
