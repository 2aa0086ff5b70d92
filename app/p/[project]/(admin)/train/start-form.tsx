"use client";
// What to train; then, where there is something to learn from, the form that starts it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import type { Model } from "../../../../../lib/vocabulary/shapes.ts";
import { ButtonLink } from "../../../../ui/button.tsx";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { Section } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { type Goal, goals } from "./goals.ts";
import { RunForm } from "./run-form.tsx";
import { learnsFrom, type Sources } from "./sources.ts";

export function StartForm() {
  const [goal, setGoal] = useState<Goal>("reward");
  const models = useQuery(orpc.models.list.queryOptions());
  const sources = useQuery(orpc.training.sources.queryOptions());
  const error = models.error ?? sources.error;
  return (
    <Section title="Start a run">
      {error ? (
        <Failed
          error={error}
          retry={() => {
            models.refetch();
            sources.refetch();
          }}
        />
      ) : null}
      {!error && !(models.data && sources.data) ? <Skeleton lines={5} height="3.5rem" /> : null}
      {models.data && sources.data ? (
        <>
          <ChoiceField legend="What to train" options={goals} value={goal} onChange={setGoal} />
          <Beginning key={goal} goal={goal} models={models.data} sources={sources.data} />
        </>
      ) : null}
    </Section>
  );
}

interface BeginningProps {
  goal: Goal;
  models: readonly Model[];
  sources: Sources;
}

/** The form, or what must be done before there can be one. */
function Beginning({ goal, models, sources }: BeginningProps) {
  const usable = models.filter(({ problem }) => problem === null);
  const bases = usable.filter(({ kind }) => kind === "lm");
  const judges = usable.filter(({ kind }) => kind === "reward");
  const { text, missing } = learnsFrom(goal, sources);
  if (missing) {
    return <Empty action={<ButtonLink href={missing.href}>{missing.action}</ButtonLink>}>{missing.sentence}</Empty>;
  }
  if (bases.length === 0) {
    return <Empty>There is no language model to start from. Restart Rankloop to bring back the shipped ones.</Empty>;
  }
  if (judges.length === 0 && (goal === "ppo" || goal === "ppo-ptx")) {
    return <Empty>There is no reward model yet. Train one from the rankings first.</Empty>;
  }
  return <RunForm goal={goal} data={text} texts={sources.texts} bases={bases} judges={judges} />;
}
