// The comparisons of a prompt: each leads to its answers, and to the ranking where it waits for one.

import type { ComparisonHead } from "../../../../../../lib/vocabulary/shapes.ts";
import { moment } from "../../../../../ui/figures.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { comparisonState } from "../../comparison-states.ts";

const waitsFor = ({ state, rankingCount, wanted, isRankedByMe }: ComparisonHead): boolean =>
  state === "ready" && rankingCount < wanted && !isRankedByMe;

export function Comparisons({ comparisons, mayRank }: { comparisons: ComparisonHead[]; mayRank: boolean }) {
  return (
    <Section title="Comparisons">
      {comparisons.length === 0 ? (
        <p className="text-muted">None yet: generate answers, and they stand here to be ranked.</p>
      ) : (
        <ul className="rounded-md border border-line bg-surface">
          {comparisons.map((comparison) => (
            <li
              key={comparison.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t px-3 py-2 first:border-t-0"
            >
              <Link href={`/comparisons/${comparison.id}`} prefetch={false}>
                {comparison.k} answers
              </Link>
              <span>{comparisonState(comparison)}</span>
              <span className="me-auto text-muted text-sm">{moment(comparison.createdAt)}</span>
              {mayRank && waitsFor(comparison) ? (
                <Link href={`/rank?comparison=${comparison.id}`} prefetch={false} className="font-medium">
                  Go to ranking
                </Link>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
