"use client";
// One model: what it is, how it came about up to the shipped ones, its figures with their meaning, and its children.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../../lib/api/client.ts";
import type { TrainingRun } from "../../../../../../lib/training/shapes.ts";
import { ButtonLink } from "../../../../../ui/button.tsx";
import { count, counted, magnitude, moment } from "../../../../../ui/figures.ts";
import { Page, Section } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { Person } from "../../../../../ui/person.tsx";
import { Awaited, Skeleton } from "../../../../../ui/states.tsx";
import { RenameDelete } from "../../rename-delete.tsx";
import { RunFacts } from "../../run-facts.tsx";
import { runStates } from "../../run-states.tsx";
import { goalName } from "../../train/goals.ts";
import { UseModel } from "../../use-model.tsx";
import { ModelAccuracy, modelKind } from "../model-facts.tsx";
import { Figures } from "./figures.tsx";
import { Lineage } from "./lineage.tsx";

const toModels = { name: "To the models", href: "/models" };

export function ModelScreen({ id }: { id: string }) {
  const { data: model, error, refetch } = useQuery(orpc.models.get.queryOptions({ input: { id } }));
  if (!model) {
    return (
      <Awaited what="model" error={error} retry={() => refetch()} elsewhere={toModels}>
        <Skeleton lines={3} height="7rem" />
      </Awaited>
    );
  }
  const run = model.lineage[0]?.run ?? null;
  return (
    <Page
      title={model.name}
      lead={`${modelKind(model)} · ${magnitude(model.parameters)} parameters · ${count(model.context)} tokens of context`}
      action={
        <>
          {run ? <ButtonLink href={`/train/${run.id}`}>Its curves</ButtonLink> : null}
          {model.origin === "trained" && model.deletedAt === null ? (
            <RenameDelete what="model" id={id} name={model.name} onRenamed={() => refetch()}>
              {goesWith(model.children.length)}
            </RenameDelete>
          ) : null}
        </>
      }
    >
      {model.about ? <p>{model.about}</p> : null}
      {model.problem ? (
        <p className="rounded-md bg-danger-wash px-3 py-2 text-danger">It cannot be used now: {model.problem}</p>
      ) : null}
      <ModelAccuracy metrics={model.metrics} />
      {model.deletedAt === null ? <UseModel model={model} /> : null}
      <Section title="How it came about">
        <Lineage id={model.id} lineage={model.lineage} />
        {run ? <RunFacts run={run} /> : null}
      </Section>
      <Section title="Figures">
        <Figures metrics={model.metrics} />
      </Section>
      <Section title="Made from it">
        <Children runs={model.children} />
      </Section>
    </Page>
  );
}

/** What goes with a model, and what stays. */
function goesWith(children: number): string {
  const left =
    children > 0 ? ` ${counted(children, "run that began", "runs that began")} with it will name it still.` : "";
  return `Its files go, and nothing new can be made with it. The answers it wrote and the scores it gave stay, under its name.${left}`;
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
