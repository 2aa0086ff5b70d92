"use client";
// How a run stands: how far it is, why it failed and what to do, or how good its model is.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../../lib/api/client.ts";
import { dataReport, lengthWarning } from "../../../../../../lib/training/data-report.ts";
import type { MetricPoint, TrainingRun } from "../../../../../../lib/training/shapes.ts";
import { words } from "../../../../../../lib/training/words.ts";
import type { TrainingKind } from "../../../../../../lib/vocabulary/labeling.ts";
import { counted } from "../../../../../ui/figures.ts";
import { Link } from "../../../../../ui/link.tsx";
import { metricName, metricText, rewardAccuracy } from "../../metrics.ts";
import { RunProgress, runStates } from "../../run-states.tsx";
import { UseModel } from "../../use-model.tsx";

export function Standing({ run, points }: { run: TrainingRun; points: readonly MetricPoint[] }) {
  return (
    <section aria-label="How it stands" className="flex flex-col gap-2 rounded-md border border-line bg-surface p-4">
      <p aria-live="polite" className="font-medium">
        {runStates[run.state]}
      </p>
      {run.error ? <p className="text-danger">{run.error}</p> : null}
      {run.state === "failed" ? (
        <p className="max-w-prose text-muted">
          Resume goes on from the last checkpoint with the same settings and data. Where a setting is to blame,{" "}
          <Link href="/train">start a new run</Link> with another.
        </p>
      ) : null}
      {run.state === "cancelled" ? <p className="text-muted">Resume goes on where it stopped.</p> : null}
      {run.state === "done" ? (
        <p className="text-muted">{counted(run.steps, "step")}, all done.</p>
      ) : (
        <RunProgress run={run} />
      )}
      <LearnsFrom points={points} />
      <LengthWarning kind={run.kind} points={points} />
      {run.outputModelId === null ? null : <Outcome kind={run.kind} modelId={run.outputModelId} />}
    </section>
  );
}

/** What there is to learn from, and what of it was left out: known from before the first step on. */
function LearnsFrom({ points }: { points: readonly MetricPoint[] }) {
  const figures = points.filter(({ step }) => step === 0).map(({ name, value }): [string, number] => [name, value]);
  const sentences = dataReport(Object.fromEntries(figures), `the setting “${words.sft.overlong.label}”`);
  return sentences.map((sentence) => (
    <p key={sentence} className="text-muted">
      {sentence}
    </p>
  ));
}

/** Whether the answers that were sampled last were mostly cut. */
function LengthWarning({ kind, points }: { kind: TrainingKind; points: readonly MetricPoint[] }) {
  const cut = points.findLast(({ name }) => name.endsWith("/no_end_fraction"))?.value;
  const { label } = words[kind === "sft" ? "sft" : "ppo"].answerTokens;
  const warning = lengthWarning(cut, `the setting “${label}”`);
  return warning ? <p>{warning}</p> : null;
}

/** The figures that say most of a model of this kind. */
const telling: Record<TrainingKind, readonly string[]> = {
  sft: ["eval/loss", "eval/reward"],
  reward: [],
  dpo: [],
  ppo: ["objective/score", "objective/kl"],
};

function Outcome({ kind, modelId }: { kind: TrainingKind; modelId: string }) {
  const { data: model } = useQuery(orpc.models.get.queryOptions({ input: { id: modelId } }));
  if (!model) return null;
  const { metrics } = model;
  return (
    <>
      <Figures kind={kind} metrics={metrics} />
      <UseModel model={model} />
    </>
  );
}

function Figures({ kind, metrics }: { kind: TrainingKind; metrics: Record<string, number> }) {
  const accuracy = rewardAccuracy(metrics);
  const told = telling[kind].flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${metricName(name)} ${metricText(name, value)}`];
  });
  if (accuracy) {
    return (
      <p>
        Accuracy on held-out prompts <strong className="tabular-nums">{accuracy.share}</strong>
        {accuracy.interval ? ` (${accuracy.interval})` : ""}
        {accuracy.longerWins ? `; “longer answer wins” ${accuracy.longerWins}` : ""}.
      </p>
    );
  }
  if (told.length > 0) return <p className="tabular-nums">{told.join(" · ")}</p>;
  if (kind === "ppo") return null;
  const more = kind === "sft" ? { what: "Write more", href: "/write" } : { what: "Rank more", href: "/rank" };
  return (
    <p className="text-muted">
      No prompt was held out, so how good it is on new ones is unknown. <Link href={more.href}>{more.what}</Link>, then
      train again.
    </p>
  );
}
