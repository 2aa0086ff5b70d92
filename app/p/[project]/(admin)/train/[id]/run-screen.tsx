"use client";
// A run: how it stands, its curves, what it was started with.
import { api } from "../../../../../../lib/api/client.ts";
import type { TrainingRun } from "../../../../../../lib/training/shapes.ts";
import { Button, ButtonLink } from "../../../../../ui/button.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Page, Section } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { useNameOf } from "../../../../../ui/person.tsx";
import { Awaited, Failed, Problem, Skeleton } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { RenameDelete } from "../../rename-delete.tsx";
import { RunFacts } from "../../run-facts.tsx";
import { isUnderWay } from "../../run-states.tsx";
import { goalName } from "../goals.ts";
import { Plots } from "./plots.tsx";
import { Standing } from "./standing.tsx";
import { useRun } from "./use-run.ts";

const toRuns = { name: "To the training runs", href: "/train" };

export function RunScreen({ id }: { id: string }) {
  const { run, points, error, watchAgain } = useRun(id);
  const nameOf = useNameOf();
  if (!run) {
    return (
      <Awaited what="training run" error={error} retry={watchAgain} elsewhere={toRuns} wide>
        <Skeleton lines={1} height="5rem" />
        <Skeleton lines={1} height="20rem" />
      </Awaited>
    );
  }
  return (
    <Page
      title={run.name}
      lead={`${goalName(run)} from ${run.baseModelName} · ${nameOf(run.startedBy)}, ${moment(run.createdAt)}`}
      action={<Actions run={run} onChange={watchAgain} />}
      wide
    >
      {error ? <Failed error={error} retry={watchAgain} /> : null}
      <Standing run={run} points={points} />
      <Plots run={run} points={points} />
      <Section title="Started with">
        <Models run={run} />
        <RunFacts run={run} />
      </Section>
    </Page>
  );
}

function Models({ run }: { run: TrainingRun }) {
  return (
    <p className="flex flex-wrap gap-x-6 gap-y-1">
      <span>
        Base model <Link href={`/models/${run.baseModelId}`}>{run.baseModelName}</Link>
      </span>
      {run.rewardModelId ? (
        <span>
          Reward model <Link href={`/models/${run.rewardModelId}`}>{run.rewardModelName}</Link>
        </span>
      ) : null}
    </p>
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
      {isUnderWay(run) ? null : (
        <RenameDelete what="run" id={run.id} name={run.name} onRenamed={onChange}>
          Its curves, its settings and the files with its data go.{" "}
          {run.outputModelId
            ? "The model it made stays, and can no longer say what it learned from."
            : "It has made no model, and can no longer be resumed."}
        </RenameDelete>
      )}
      {run.outputModelId ? (
        <ButtonLink kind="primary" href={`/models/${run.outputModelId}`}>
          To the finished model
        </ButtonLink>
      ) : null}
    </div>
  );
}
