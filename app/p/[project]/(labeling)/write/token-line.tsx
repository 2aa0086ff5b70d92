// How long the prompt is for the model in use, and what that leaves for the answer: one line at the foot of the form.
import { sentenceOf } from "../../../../../lib/api/client.ts";
import { counted, count as figure } from "../../../../ui/figures.ts";
import type { Counted } from "../use-token-count.ts";

interface TokenLineProps {
  counted: Counted;
  /** What is wrong with the prompt is said elsewhere already. */
  isTold: boolean;
}

export function TokenLine({ counted: { count, error, isTooLong }, isTold }: TokenLineProps) {
  if (isTooLong) return <p className="text-danger text-sm">Too long to be counted.</p>;
  if (error) return <p className="text-caution text-sm">Tokens are not counted just now. {sentenceOf(error)}</p>;
  if (!count) return <p className="text-muted text-sm">Counting tokens …</p>;
  const { prompt, context, modelName } = count;
  const left = context - prompt;
  return (
    <div className="flex flex-wrap items-center gap-x-3 text-muted text-sm tabular-nums">
      {/* Drawn, not named: the words beside it say the same. */}
      <div aria-hidden className="h-1 w-20 overflow-hidden rounded-sm bg-line">
        <div
          className={`h-full ${left > 0 ? "bg-accent" : "bg-danger"}`}
          style={{ width: `${Math.min(100, (100 * prompt) / context)}%` }}
        />
      </div>
      <p>
        <span className="text-ink">{counted(prompt, "token")}</span> of {figure(context)}
        {left > 0 ? ` · ${figure(left)} left for the answer` : ""} · {modelName}
      </p>
      <p role="status" className="text-danger">
        {left > 0 || isTold ? null : `Too long for ${modelName}: shorten it by ${counted(1 - left, "token")} or more.`}
      </p>
    </div>
  );
}
