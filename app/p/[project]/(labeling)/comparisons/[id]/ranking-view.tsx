// One submitted ranking: the order, what was said of each answer alone, of the prompt, and what stood there before.

import { adverseFlags, answerFlags, likert, promptFlags } from "../../../../../../lib/vocabulary/labeling.ts";
import type { Comparison, Rating } from "../../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Person } from "../../../../../ui/person.tsx";
import { shown } from "../../../../../ui/written.ts";

type Ranking = Comparison["rankings"][number];

export function RankingView({ ranking }: { ranking: Ranking }) {
  const { labeler, source, notation, submittedAt, version, ratings, promptFlags: flags, earlier } = ranking;
  return (
    <li className="flex flex-col gap-2 border-line border-t px-3 py-2 first:border-t-0">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-mono font-semibold text-lg">{notation}</span>
        <span className="text-muted text-sm">
          <Labeler labeler={labeler} source={source} /> · {moment(submittedAt)}
          {version > 1 ? ` · version ${version}` : ""}
        </span>
      </p>
      {flags.length > 0 ? (
        <p>
          <span className="text-muted">The prompt: </span>
          {flags.map((flag) => promptFlags[flag]).join(" · ")}
        </p>
      ) : null}
      {ratings.length > 0 ? (
        <dl className="flex flex-col gap-1.5">
          {ratings.map((rating) => (
            <RatingLine key={rating.label} rating={rating} />
          ))}
        </dl>
      ) : null}
      {earlier.length > 0 ? (
        <details>
          <summary className="w-fit rounded-sm text-muted text-sm hover:text-ink">Before it was reopened</summary>
          <ol className="mt-1 flex flex-col gap-1">
            {earlier.map((before) => (
              <li key={before.version} className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="font-mono">{before.notation}</span>
                <span className="text-muted text-sm">
                  version {before.version} · {moment(before.submittedAt)}
                </span>
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </li>
  );
}

/** Whoever ranked elsewhere may be called as somebody here is. */
function Labeler({ labeler, source }: Pick<Ranking, "labeler" | "source">) {
  if (source === null) return labeler === null ? "Another labeler" : <Person username={labeler} />;
  return (
    <span className="wrap-anywhere">
      {labeler === null ? "" : <bdi>{shown(labeler)}, </bdi>}imported from <bdi>{shown(source)}</bdi>
    </span>
  );
}

function RatingLine({ rating: { label, likert: value, flags, note } }: { rating: Rating }) {
  return (
    <div className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-2">
      <dt className="font-mono font-semibold">{label}</dt>
      <dd className="flex min-w-0 flex-wrap items-baseline gap-x-3">
        <span className="tabular-nums">
          {value} <span className="text-muted">of {likert.max}</span>
        </span>
        {flags.map((flag) => (
          <span key={flag} className={`text-sm ${adverseFlags.includes(flag) ? "text-danger" : "text-muted"}`}>
            {answerFlags[flag]}
          </span>
        ))}
        {note ? <AsWritten text={note} className="basis-full" /> : null}
      </dd>
    </div>
  );
}
