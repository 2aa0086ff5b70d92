"use client";
// Every model with what is known of it; those that cannot be used say why.
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { orpc } from "../../../lib/api/client.ts";
import type { Model } from "../../../lib/api/contract.ts";
import { count, magnitude, moment } from "../../ui/figures.ts";
import { Page } from "../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../ui/states.tsx";
import { metricName, metricText, rewardAccuracy } from "../metrics.ts";

const kinds: Record<Model["kind"], string> = { lm: "Language model", reward: "Reward model" };

export function ModelsScreen() {
  const { data: models, error, refetch } = useQuery(orpc.models.list.queryOptions());
  return (
    <Page title="Models" lead="Language models write answers, reward models score them.">
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!models && !error ? <Skeleton lines={3} height="7rem" /> : null}
      {models?.length === 0 ? <Empty>There is no model. Restart Rankloop to bring back the shipped one.</Empty> : null}
      {models?.map((model) => (
        <ModelCard key={model.id} model={model} />
      ))}
    </Page>
  );
}

function ModelCard({ model }: { model: Model }) {
  const accuracy = rewardAccuracy(model.metrics);
  const others = Object.entries(model.metrics).filter(([name]) => !accuracy?.names.includes(name));
  return (
    <article
      id={model.id}
      aria-label={model.name}
      className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4 target:border-accent"
    >
      <header className="flex flex-wrap items-baseline gap-x-4">
        <h2 className="me-auto font-semibold text-lg">{model.name}</h2>
        <p className="text-muted text-sm">
          {kinds[model.kind]} · {magnitude(model.parameters)} parameters · {count(model.context)} tokens of context ·{" "}
          {moment(model.createdAt)}
        </p>
      </header>
      {model.problem ? (
        <p className="rounded-md bg-danger-wash px-3 py-2 text-danger">It cannot be used now: {model.problem}</p>
      ) : null}
      {accuracy ? (
        <dl className="flex flex-wrap gap-x-8 gap-y-2">
          <div>
            <dt className="text-muted text-sm">Accuracy on held-out prompts</dt>
            <dd className="font-semibold tabular-nums">
              {accuracy.share} <span className="font-normal text-muted">{accuracy.interval}</span>
            </dd>
          </div>
          {accuracy.longerWins ? (
            <div>
              <dt className="text-muted text-sm">“Longer answer wins” on the same pairs</dt>
              <dd className="font-semibold tabular-nums">{accuracy.longerWins}</dd>
            </div>
          ) : null}
        </dl>
      ) : null}
      {others.length > 0 ? (
        <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
          {others.map(([name, value]) => (
            <div key={name} className="flex gap-1.5">
              <dt className="text-muted">{metricName(name)}</dt>
              <dd className="tabular-nums">{metricText(name, value)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {model.trainingRunId ? (
        <p>
          <Link href={`/train/${model.trainingRunId}`}>How it was trained</Link>
        </p>
      ) : null}
    </article>
  );
}
