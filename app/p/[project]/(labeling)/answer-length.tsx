// How long an ideal answer is, and whether the model in use has room for it.
import { count as figure } from "../../../ui/figures.ts";
import { lengthOf } from "../../../ui/written.ts";
import type { Counted } from "./use-token-count.ts";

interface AnswerLengthProps {
  text: string;
  /** Of this text and its prompt. */
  counted: Counted;
}

export function AnswerLength({ text, counted: { count, error, isTooLong } }: AnswerLengthProps) {
  const known = text === "" || error || isTooLong ? undefined : count;
  const left = known ? Math.max(0, known.context - known.prompt) : 0;
  return (
    <>
      <span className="tabular-nums">{lengthOf(text, known?.answer)}</span>
      {known && known.answer > left ? (
        <span className="block text-caution">
          That is more than the {figure(left)} tokens {known.modelName} has left for an answer.
        </span>
      ) : null}
    </>
  );
}
