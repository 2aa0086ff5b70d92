// How long the prompt is for the model in use, and what that leaves for the answer.
import { sentenceOf } from "../../../lib/api/client.ts";
import { counted, count as figure } from "../../ui/figures.ts";
import type { Counted } from "../use-token-count.ts";

export function TokenLine({ counted: { count, error, isTooLong } }: { counted: Counted }) {
  if (isTooLong) return <p className="text-danger text-sm">Too long to be counted.</p>;
  if (error) return <p className="text-caution text-sm">Tokens are not counted just now. {sentenceOf(error)}</p>;
  if (!count) return <p className="text-muted text-sm">Counting tokens …</p>;
  const { prompt, context, modelName } = count;
  const left = context - prompt;
  return (
    <div className="flex flex-col gap-1">
      {/* Drawn, not named: the line below says the same. */}
      <div aria-hidden className="h-1 overflow-hidden rounded-sm bg-line">
        <div
          className={`h-full ${left > 0 ? "bg-accent" : "bg-danger"}`}
          style={{ width: `${Math.min(100, (100 * prompt) / context)}%` }}
        />
      </div>
      <p className="flex flex-wrap justify-between gap-x-4 text-muted text-sm tabular-nums">
        <span>
          <span className="text-ink">{counted(prompt, "token")}</span> of {figure(context)}
        </span>
        {left > 0 ? <span>{figure(left)} left for the answer</span> : null}
        <span>counted for {modelName}</span>
      </p>
      <p role="status" className="text-danger text-sm">
        {left > 0 ? null : `Too long for ${modelName}: shorten it by ${counted(1 - left, "token")} or more.`}
      </p>
    </div>
  );
}
