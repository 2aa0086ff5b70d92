"use client";
// The use-case description a user-based prompt is written from. Each writer starts somewhere else in the list, so that
// they do not all write about the first.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Failed, Skeleton } from "../../../../ui/states.tsx";

interface ScenarioFieldProps {
  scenarioId: string | null;
  onChoose: (id: string | null) => void;
  error: string | null;
}

export function ScenarioField({ scenarioId, onChoose, error }: ScenarioFieldProps) {
  const { data: scenarios, error: failure, refetch } = useQuery(orpc.scenarios.list.queryOptions());
  const at = scenarios?.findIndex(({ id }) => id === scenarioId) ?? -1;
  const chosen = scenarios?.[at];

  const chooseFirst = useEffectEvent(() => {
    if (!scenarios || chosen) return;
    onChoose(scenarios[Math.floor(Math.random() * scenarios.length)]?.id ?? null);
  });
  // One that has been taken off the list is replaced too.
  const isMissing = scenarios !== undefined && chosen === undefined;
  useEffect(() => {
    if (isMissing) chooseFirst();
  }, [isMissing]);

  if (failure) return <Failed error={failure} retry={() => refetch()} />;
  if (!scenarios) return <Skeleton lines={1} height="5rem" />;
  return (
    <section aria-label="Use-case description" className="rounded-md border border-line bg-surface px-3 py-2">
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <p className="text-muted text-sm">Somebody wants to use the model for this. Write what they would ask it.</p>
        {scenarios.length > 1 ? (
          <Button
            name="scenario"
            kind="quiet"
            onClick={() => onChoose(scenarios[(at + 1) % scenarios.length]?.id ?? null)}
          >
            Another one
          </Button>
        ) : null}
      </div>
      <div aria-live="polite">
        {chosen ? <AsWritten text={chosen.text} /> : null}
        {scenarios.length === 0 ? (
          <p>
            There are no use-case descriptions yet. Ask a lead of this project to add some, or write a plain prompt.
          </p>
        ) : null}
      </div>
      {error ? <p className="text-danger text-sm">{error}</p> : null}
    </section>
  );
}
