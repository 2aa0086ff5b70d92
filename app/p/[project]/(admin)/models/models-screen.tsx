"use client";
// Every model with what is known of it; those that cannot be used say why.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import type { Model } from "../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { ButtonLink } from "../../../../ui/button.tsx";
import { counted, moment } from "../../../../ui/figures.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { modelSizes, offered } from "../../model-words.ts";
import { metricName, metricText, rewardAccuracy } from "../metrics.ts";
import { FetchedSoFar } from "./[id]/fetching.tsx";
import { ModelAccuracy, modelKind } from "./model-facts.tsx";

/** How often the list is looked at while one of it is being fetched. */
const lookEveryMs = 2_000;

export function ModelsScreen() {
  const user = useUser();
  const { data, error, refetch } = useQuery(
    orpc.models.list.queryOptions({
      refetchInterval: ({ state }) => (state.data?.some(({ fetching }) => fetching) ? lookEveryMs : false),
    }),
  );
  const models = data && offered(data);
  const archived = data?.filter(({ archivedAt }) => archivedAt !== null) ?? [];
  return (
    <Page
      title="Models"
      lead={`Language models write answers, reward models score them. ${
        user?.isAdmin
          ? "Add your own from a folder, from a hub or at an address."
          : "An admin of the installation adds others, from a folder, from a hub or at an address."
      }`}
      action={
        user?.isAdmin ? (
          <ButtonLink kind="primary" href="/models/new">
            Add a model
          </ButtonLink>
        ) : null
      }
    >
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!models && !error ? <Skeleton lines={3} height="7rem" /> : null}
      {models?.length === 0 ? <Empty>There is no model. Restart Rankloop to bring back the shipped ones.</Empty> : null}
      {models?.map((model) => (
        <ModelCard key={model.id} model={model} />
      ))}
      {archived.length > 0 ? (
        <details className="flex flex-col gap-6">
          <summary className="cursor-pointer font-medium">{counted(archived.length, "archived model")}</summary>
          <div className="mt-4 flex flex-col gap-6">
            {archived.map((model) => (
              <ModelCard key={model.id} model={model} />
            ))}
          </div>
        </details>
      ) : null}
    </Page>
  );
}

function ModelCard({ model }: { model: Model }) {
  const said = rewardAccuracy(model.metrics)?.names ?? [];
  const others = Object.entries(model.metrics).filter(([name]) => !said.includes(name));
  return (
    <article aria-label={model.name} className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4">
      <header className="flex flex-wrap items-baseline gap-x-4">
        <h2 className="me-auto font-semibold text-lg">
          <Link href={`/models/${model.id}`} prefetch={false}>
            {model.name}
          </Link>
        </h2>
        <p className="text-muted text-sm">
          {modelKind(model)} · {modelSizes(model)} · {moment(model.createdAt)}
        </p>
      </header>
      {model.about ? <p>{model.about}</p> : null}
      {model.usedAs ? <p className="font-medium">The project’s {model.usedAs}</p> : null}
      {model.fetching ? <FetchedSoFar {...model.fetching} /> : null}
      {model.problem && !model.fetching ? (
        <p className="rounded-md bg-danger-wash px-3 py-2 text-danger">It cannot be used now: {model.problem}</p>
      ) : null}
      <ModelAccuracy metrics={model.metrics} />
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
    </article>
  );
}
