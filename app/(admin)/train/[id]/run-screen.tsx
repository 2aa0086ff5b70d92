"use client";
// A run: how it stands, its curves, what it was started with.
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { api, orpc } from "../../../../lib/api/client.ts";
import type { MetricPoint, TrainingRun } from "../../../../lib/api/contract.ts";
import { Button, ButtonLink } from "../../../ui/button.tsx";
import { count, counted, figure, moment } from "../../../ui/figures.ts";
import { Page, Section } from "../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../ui/states.tsx";
import { rewardAccuracy } from "../../metrics.ts";
import { isUnderWay, RunProgress, runStates } from "../../run-states.tsx";
import { CurveFigure } from "./curve-figure.tsx";
import { curvesOf } from "./curves.ts";
import { useRun } from "./use-run.ts";

export function RunScreen({ id }: { id: string }) {
  const { run, points, error, watchAgain } = useRun(id);
  if (!run) {
    return (
      <Page title="Training run" wide>
        {error ? <Failed error={error} retry={watchAgain} /> : null}
        {error ? null : <Skeleton lines={1} height="5rem" />}
        {error ? null : <Skeleton lines={1} height="20rem" />}
      </Page>
    );
  }
  return (
    <Page
      title={run.name}
      lead={`Reward model from ${run.baseModelName} · ${run.startedBy}, ${moment(run.createdAt)}`}
      action={<Actions run={run} onChange={watchAgain} />}
      wide
    >
      {error ? <Failed error={error} retry={watchAgain} /> : null}
      <Standing run={run} />
      <Plots points={points} />
      <Started run={run} />
    </Page>
  );
}

function Actions({ run, onChange }: { run: TrainingRun; onChange: () => void }) {
  const stop = useMutation({ mutationFn: () => api.training.stop({ id: run.id }), onSuccess: onChange });
  const resume = useMutation({ mutationFn: () => api.training.resume({ id: run.id }), onSuccess: onChange });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Problem error={stop.error ?? resume.error} />
      {isUnderWay(run) ? (
        <Button kind="danger" busy={stop.isPending || stop.isSuccess} onClick={() => stop.mutate()}>
          {stop.isPending || stop.isSuccess ? "Stopping …" : "Stop"}
        </Button>
      ) : null}
      {run.state === "cancelled" || run.state === "failed" ? (
        <Button
          kind="primary"
          busy={resume.isPending}
          onClick={() => {
            stop.reset();
            resume.mutate();
          }}
        >
          {resume.isPending ? "Resuming …" : "Resume"}
        </Button>
      ) : null}
      {run.outputModelId ? (
        <ButtonLink kind="primary" href={`/models#${run.outputModelId}`}>
          To the finished model
        </ButtonLink>
      ) : null}
    </div>
  );
}

function Standing({ run }: { run: TrainingRun }) {
  const models = useQuery(orpc.models.list.queryOptions({ enabled: run.outputModelId !== null }));
  const accuracy = rewardAccuracy(models.data?.find(({ id }) => id === run.outputModelId)?.metrics ?? {});
  return (
    <section aria-label="How it stands" className="flex flex-col gap-2 rounded-md border border-line bg-surface p-4">
      <p aria-live="polite" className="font-medium">
        {runStates[run.state]}
      </p>
      {run.error ? <p className="text-danger">{run.error}</p> : null}
      {run.state === "done" ? null : <RunProgress run={run} />}
      {run.state === "done" ? <p className="text-muted">{counted(run.steps, "step")}, all done.</p> : null}
      {accuracy ? (
        <p>
          Accuracy on held-out prompts <strong className="tabular-nums">{accuracy.share}</strong>
          {accuracy.interval ? ` (${accuracy.interval})` : ""}
          {accuracy.longerWins ? `; “longer answer wins” ${accuracy.longerWins}` : ""}.
        </p>
      ) : null}
      {run.state === "done" && models.data && !accuracy ? (
        <p className="text-muted">
          No prompt was held out, so its accuracy on new ones is unknown. <Link href="/rank">Rank more</Link>, then
          train again.
        </p>
      ) : null}
    </section>
  );
}

function Plots({ points }: { points: MetricPoint[] }) {
  const loss = useMemo(() => curvesOf(points, (name) => name === "loss" || name === "eval/loss"), [points]);
  const accuracy = useMemo(() => curvesOf(points, (name) => name === "accuracy" || name === "eval/accuracy"), [points]);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <CurveFigure title="Loss" data={loss} />
      <CurveFigure title="Accuracy" data={accuracy} range={[0, 1]} />
    </div>
  );
}

function Started({ run }: { run: TrainingRun }) {
  const { learningRate, epochs, rows, weightDecay, seed } = run.settings;
  const facts: [name: string, value: string][] = [
    ["Comparisons", count(run.comparisons)],
    ["Pairs", count(run.pairs)],
    ["Learning rate", figure(learningRate)],
    ["Epochs", count(epochs)],
    ["Rows a step", count(rows)],
    ["Weight decay", figure(weightDecay)],
    ["Seed", String(seed)],
  ];
  return (
    <Section title="Started with">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-muted text-sm">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
