"use client";
// What reward models think of the answers, once people have ranked them: do they agree? Any model can be asked.
import { useQuery } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { type Agreement, modelAgreement, modelOrder } from "../../../../../../lib/preference/agreement.ts";
import { formatRanking, parseRanking } from "../../../../../../lib/preference/ranking.ts";
import type { Comparison } from "../../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField } from "../../../../../ui/field.tsx";
import { counted, figure } from "../../../../../ui/figures.ts";
import { textOf } from "../../../../../ui/form.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { useNameOf } from "../../../../../ui/person.tsx";
import { Problem, Skeleton } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { shown } from "../../../../../ui/written.ts";
import { offered } from "../../../model-words.ts";

interface ScoresProps {
  comparison: Comparison;
  /** Others see the scores only. */
  mayScore: boolean;
  onScored: () => void;
}

export function Scores({ comparison, mayScore, onScored }: ScoresProps) {
  const isScored = comparison.candidates.some(({ scores }) => scores.length > 0);
  if (!mayScore && !isScored) return null;
  return (
    <Section title="Scores">
      <ScoreTable comparison={comparison} />
      {mayScore ? <ScoreForm comparison={comparison} onScored={onScored} /> : null}
    </Section>
  );
}

function ScoreForm({ comparison, onScored }: { comparison: Comparison; onScored: () => void }) {
  const models = useQuery(orpc.models.list.queryOptions());
  const score = useMutation({
    mutationFn: (modelId: string) => api.comparisons.score({ id: comparison.id, modelId }),
    onSuccess: onScored,
  });
  const judges =
    models.data && offered(models.data).filter(({ kind, problem }) => kind === "reward" && problem === null);
  return (
    <>
      {models.isPending ? <Skeleton lines={1} height="3.5rem" /> : null}
      {judges?.length === 0 ? (
        <p className="text-muted">No reward model yet: train one on the comparisons, and it can score these answers.</p>
      ) : null}
      {judges && judges.length > 0 ? (
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (!score.isPending) score.mutate(textOf(new FormData(event.currentTarget), "modelId"));
          }}
        >
          <SelectField label="Reward model" name="modelId">
            {judges.map((model) => (
              <option key={model.id} value={model.id}>
                {model.name}
              </option>
            ))}
          </SelectField>
          <Button type="submit" busy={score.isPending}>
            Score the answers
          </Button>
          <Problem error={score.error ?? models.error} />
        </form>
      ) : null}
    </>
  );
}

/** The order of each reward model and how far it agrees with each ranking beside it. */
function ScoreTable({ comparison: { candidates, rankings } }: { comparison: Comparison }) {
  const nameOf = useNameOf();
  const labels = candidates.map(({ label }) => label);
  const judges = new Map<string, { name: string; scores: Map<string, number> }>();
  for (const { label, scores } of candidates) {
    for (const { modelId, modelName, score } of scores) {
      const judge = judges.get(modelId) ?? { name: modelName, scores: new Map() };
      judges.set(modelId, judge);
      judge.scores.set(label, score);
    }
  }
  if (judges.size === 0) return null;
  return (
    <ul className="rounded-md border border-line bg-surface">
      {[...judges].map(([modelId, { name, scores }]) => (
        <li key={modelId} className="border-line border-t px-3 py-2 first:border-t-0">
          <p className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-mono font-semibold text-lg">{formatRanking(modelOrder(scores))}</span>
            <span className="wrap-anywhere text-muted text-sm">{name}</span>
          </p>
          <ol className="flex flex-wrap gap-x-3" aria-label={`Scores by ${name}, highest first`}>
            {[...scores]
              .sort(([, a], [, b]) => b - a)
              .map(([label, score]) => (
                <li key={label} className="tabular-nums">
                  <span className="font-mono font-semibold">{label}</span> {figure(score)}
                </li>
              ))}
          </ol>
          <ul className="text-muted text-sm">
            {rankings.map(({ id, labeler, source, notation }) => (
              <li key={id}>
                {agreementWith(
                  labeler === null ? "another labeler" : source === null ? nameOf(labeler) : shown(labeler),
                  modelAgreement(parseRanking(notation, labels), scores),
                )}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

const agreementWith = (labeler: string, agreement: Agreement | null): string =>
  agreement === null
    ? `No pair to agree with ${labeler} on: all equal`
    : `Agrees with ${labeler} on ${agreement.agreed} of ${counted(agreement.pairs, "pair")}`;
