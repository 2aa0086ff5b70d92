// What `rankloop export ratings` writes: one answer and what one labeler says of it alone. It only goes out.
import { turn } from "../../vocabulary/conversation.ts";
import { type Format, has, RowRefused } from "./format.ts";

export const rankloopRatings: Format = {
  name: "rankloop-ratings",
  looks: '"completion" and "likert"',
  recognises: (row) => has(row, "prompt", "completion", "likert"),
  read: () => {
    throw new RowRefused("A rating belongs to a ranking: it comes in with it.");
  },
  write: (item) => {
    if (item.kind !== "rated") return null;
    const { prompt, answer, rating, promptId, rankingId, useCase, split, labeler, rankedAt } = item;
    return {
      prompt,
      completion: [turn("assistant", answer.text)],
      likert: rating.likert,
      flags: rating.flags,
      note: rating.note,
      spent_ms: rating.spentMs,
      prompt_id: promptId,
      ranking_id: rankingId,
      answer_id: answer.id,
      writer: answer.writer ?? "",
      labeler,
      use_case: useCase,
      split,
      rated_at: rankedAt,
    };
  },
};
