"use client";
// Scores every answer with a reward model, once people have ranked them: do model and people agree?
import { useMutation, useQuery } from "@tanstack/react-query";
import { api, orpc } from "../../../../lib/api/client.ts";
import type { Comparison } from "../../../../lib/api/contract.ts";
import { Button } from "../../../ui/button.tsx";
import { SelectField } from "../../../ui/field.tsx";
import { figure } from "../../../ui/figures.ts";
import { textOf } from "../../../ui/form.ts";
import { Section } from "../../../ui/frame.tsx";
import { Problem, Skeleton } from "../../../ui/states.tsx";

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
  const judges = models.data?.filter(({ kind, problem }) => kind === "reward" && problem === null);
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

/** Answers by reward model, highest first, so that the order can be held against the ranking beside it. */
function ScoreTable({ comparison }: { comparison: Comparison }) {
  const names = new Map(
    comparison.candidates.flatMap(({ scores }) => scores.map(({ modelId, modelName }) => [modelId, modelName])),
  );
  if (names.size === 0) return null;
  return (
    <ul className="rounded-md border border-line bg-surface">
      {[...names].map(([modelId, modelName]) => (
        <li key={modelId} className="flex flex-wrap gap-x-4 border-line border-t px-3 py-2 first:border-t-0">
          <span className="me-auto">{modelName}</span>
          <ol className="flex flex-wrap gap-x-3" aria-label={`Scores by ${modelName}, highest first`}>
            {comparison.candidates
              .flatMap(({ label, scores }) =>
                scores.filter((score) => score.modelId === modelId).map(({ score }) => ({ label, score })),
              )
              .sort((a, b) => b.score - a.score)
              .map(({ label, score }) => (
                <li key={label} className="tabular-nums">
                  <span className="font-mono font-semibold">{label}</span> {figure(score)}
                </li>
              ))}
          </ol>
        </li>
      ))}
    </ul>
  );
}
