"use client";
// One model: what it is, how it came about up to the shipped ones, its figures with their meaning, and its children.
import { useQuery } from "@tanstack/react-query";
import { type api, orpc } from "../../../../../../lib/api/client.ts";
import type { TrainingRun } from "../../../../../../lib/training/shapes.ts";
import { ButtonLink } from "../../../../../ui/button.tsx";
import { counted, moment } from "../../../../../ui/figures.ts";
import { Page, Section } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { Person } from "../../../../../ui/person.tsx";
import { Awaited, Skeleton } from "../../../../../ui/states.tsx";
import { modelSizes } from "../../../model-words.ts";
import { RenameDelete } from "../../rename-delete.tsx";
import { RunFacts } from "../../run-facts.tsx";
import { runStates } from "../../run-states.tsx";
import { goalName } from "../../train/goals.ts";
import { UseModel } from "../../use-model.tsx";
import { ModelAccuracy, modelKind } from "../model-facts.tsx";
import { ArchiveButton } from "./archive-button.tsx";
import { Bits } from "./bits.tsx";
import { Fetching } from "./fetching.tsx";
import { Figures } from "./figures.tsx";
import { HowAsked } from "./how-asked.tsx";
import { Lineage } from "./lineage.tsx";

type ModelDetail = Awaited<ReturnType<typeof api.models.get>>;

/** How often a model that is being fetched is looked at. */
const lookEveryMs = 1_000;

const toModels = { name: "To the models", href: "/models" };

export function ModelScreen({ id }: { id: string }) {
  const {
    data: model,
    error,
    refetch,
  } = useQuery(
    orpc.models.get.queryOptions({
      input: { id },
      refetchInterval: ({ state }) => (state.data?.fetching ? lookEveryMs : false),
    }),
  );
  if (!model) {
    return (
      <Awaited what="model" error={error} retry={() => refetch()} elsewhere={toModels}>
        <Skeleton lines={3} height="7rem" />
      </Awaited>
    );
  }
  const run = model.lineage[0]?.run ?? null;
  const isOwn = model.origin !== "shipped" && model.deletedAt === null;
  return (
    <Page
      title={model.name}
      lead={`${modelKind(model)} · ${modelSizes(model)}${model.archivedAt === null ? "" : " · archived"}`}
      action={
        <>
          {run ? <ButtonLink href={`/train/${run.id}`}>Its curves</ButtonLink> : null}
          {isOwn ? <ArchiveButton id={id} isArchived={model.archivedAt !== null} /> : null}
          {isOwn ? (
            <RenameDelete what="model" id={id} name={model.name} onRenamed={() => refetch()}>
              {goesWith(model)}
            </RenameDelete>
          ) : null}
        </>
      }
    >
      {model.about ? <p>{model.about}</p> : null}
      {model.origin === "hub" && model.parameters === null && model.deletedAt === null ? (
        <Fetching id={id} fetching={model.fetching} />
      ) : null}
      {model.problem && !model.fetching ? (
        <p className="rounded-md bg-danger-wash px-3 py-2 text-danger">It cannot be used now: {model.problem}</p>
      ) : null}
      <ModelAccuracy metrics={model.metrics} />
      {model.deletedAt === null && model.archivedAt === null ? <UseModel model={model} /> : null}
      {model.address && model.deletedAt === null ? (
        <HowAsked id={id} address={model.address} context={model.context} />
      ) : null}
      {isOwn && model.kind === "lm" && !model.address ? (
        <Bits id={id} bits={model.bits} metrics={model.metrics} />
      ) : null}
      <Section title="How it came about">
        <Lineage id={model.id} lineage={model.lineage} />
        {model.source ? <p className="wrap-anywhere text-muted text-sm">From {model.source}</p> : null}
        {run ? <RunFacts run={run} /> : null}
      </Section>
      <Section title="Figures">
        <Figures metrics={model.metrics} />
      </Section>
      {model.address ? null : (
        <Section title="Made from it">
          <Children runs={model.children} />
        </Section>
      )}
    </Page>
  );
}

/** What goes with a model, and what stays. */
function goesWith({ origin, dependents }: Pick<ModelDetail, "origin" | "dependents">): string {
  const goes = {
    address: "Its address and its key go",
    folder: "It goes from the list, and its files stay in their folder",
  };
  const first = `${goes[origin as keyof typeof goes] ?? "Its files go"}: nothing new can be made with it.`;
  const { answers, underWay, scores, runs } = dependents;
  const parts = [
    answers > 0 ? `${counted(answers, "answer")} it wrote` : null,
    scores > 0 ? `${counted(scores, "score")} it gave` : null,
    runs > 0 ? counted(runs, "run that began with it", "runs that began with it") : null,
  ].filter((part) => part !== null);
  const stays = parts.length > 0 ? ` What stays, under its name: ${new Intl.ListFormat("en").format(parts)}.` : "";
  const fails = underWay > 0 ? ` ${counted(underWay, "answer")} it is writing just now will fail.` : "";
  return `${first}${stays}${fails}`;
}

function Children({ runs }: { runs: readonly TrainingRun[] }) {
  if (runs.length === 0) {
    return (
      <p className="text-muted">
        Nothing yet. <Link href="/train">Train another model</Link> from it.
      </p>
    );
  }
  return (
    <ul className="flex flex-col gap-2">
      {runs.map((run) => (
        <li key={run.id} className="flex flex-wrap gap-x-4">
          <Link href={run.outputModelId ? `/models/${run.outputModelId}` : `/train/${run.id}`}>{run.name}</Link>
          <span>{goalName(run)}</span>
          <span className="text-muted">
            {run.state === "done" ? "" : `${runStates[run.state]} · `}
            <Person username={run.startedBy} />, {moment(run.createdAt)}
          </span>
        </li>
      ))}
    </ul>
  );
}
