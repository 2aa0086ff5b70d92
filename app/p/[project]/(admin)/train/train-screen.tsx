"use client";
// The training runs, and the form that starts one on the data as they are now.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import type { TrainingRun } from "../../../../../lib/training/shapes.ts";
import { moment } from "../../../../ui/figures.ts";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { isUnderWay, RunProgress, runStates } from "../run-states.tsx";
import { dataText, goalName } from "./goals.ts";
import { StartForm } from "./start-form.tsx";

export function TrainScreen() {
  const {
    data: runs,
    error,
    refetch,
  } = useQuery(
    orpc.training.list.queryOptions({
      // Live curves are on the run's own page; here a glance every two seconds, and only while something moves.
      refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? 2_000 : false),
    }),
  );
  return (
    <Page title="Train" lead="Models learn from what people wrote and ranked." wide>
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(22rem,2fr)]">
        <Section title="Runs">
          {error ? <Failed error={error} retry={() => refetch()} /> : null}
          {!runs && !error ? <Skeleton lines={3} height="5.5rem" /> : null}
          {runs?.length === 0 ? (
            <Empty>Nothing has been trained yet. Start the first run with the form on this page.</Empty>
          ) : null}
          {runs && runs.length > 0 ? (
            <ul aria-label="Runs" className="rounded-md border border-line bg-surface">
              {runs.map((run) => (
                <Row key={run.id} run={run} />
              ))}
            </ul>
          ) : null}
        </Section>
        <StartForm />
      </div>
    </Page>
  );
}

function Row({ run }: { run: TrainingRun }) {
  return (
    <li className="relative flex flex-col gap-1 border-line border-t px-4 py-3 first:border-t-0 hover:bg-sunken">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <Link
          href={`/train/${run.id}`}
          prefetch={false}
          className="font-medium text-ink no-underline before:absolute before:inset-0"
        >
          {run.name}
        </Link>
        <span className={run.state === "failed" ? "text-danger" : ""}>{runStates[run.state]}</span>
      </p>
      {isUnderWay(run) ? <RunProgress run={run} /> : null}
      <p className="flex flex-wrap gap-x-4 text-muted text-sm">
        <span>
          {goalName(run)} from {run.baseModelName}
        </span>
        <span>{run.data.map(dataText).join("; ")}</span>
        <span>
          <Person username={run.startedBy} />, {moment(run.createdAt)}
        </span>
      </p>
    </li>
  );
}
