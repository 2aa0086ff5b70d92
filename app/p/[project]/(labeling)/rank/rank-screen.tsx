"use client";
// The screen of the ranking: what is on it now, and what became of the one before.
import { ORPCError } from "@orpc/client";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { mayEnter, rooms } from "../../../../shell/roles.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { useHolding } from "./holding.ts";
import { OutcomeLine, Refusals } from "./outcome.tsx";
import { RankWorkbench } from "./rank-workbench.tsx";
import { useSubmitTiming } from "./submit-timing.ts";
import { type Asked, useAssignments, useErrands } from "./use-assignments.ts";

export function RankScreen(asked: Asked) {
  const { now, goOn, leave, goBack, lose, claimNext } = useAssignments(asked);
  useHolding();
  const shown = now.is === "working" ? now.assignment.id : null;
  useSubmitTiming(shown);
  // A narrow window is scrolled to the end of the last one: this one begins at its prompt.
  useEffect(() => {
    if (shown !== null) window.scrollTo(0, 0);
  }, [shown]);

  const refusals = <Refusals onBack={goBack} />;
  const outcome = <OutcomeLine onBack={goBack} />;
  switch (now.is) {
    case "working":
      return (
        <RankWorkbench
          key={now.assignment.id}
          assignment={now.assignment}
          refusals={refusals}
          outcome={outcome}
          onDone={goOn}
          onLeave={leave}
          onLost={(sentence) => lose(now.assignment.id, sentence)}
        />
      );
    case "claiming":
      return (
        <Page title="Rank" wide>
          {refusals}
          {outcome}
          <Coming />
        </Page>
      );
    case "failed":
      return (
        <Page title="Rank">
          {refusals}
          {now.error instanceof ORPCError && now.error.status < 500 ? (
            <div role="alert">
              <Empty action={<GoOn label="Go on ranking" onGoOn={claimNext} />}>{now.error.message}</Empty>
            </div>
          ) : (
            <Failed error={now.error} retry={claimNext} />
          )}
        </Page>
      );
    case "lost":
      return (
        <Page title="Rank">
          {refusals}
          <div role="alert">
            <Empty
              action={
                <div className="flex flex-wrap gap-2">
                  <GoOn label="Take the next one" onGoOn={claimNext} />
                  {now.mayFinish ? <Button onClick={() => goBack(now.id)}>Finish it anyway</Button> : null}
                </div>
              }
            >
              {now.sentence}{" "}
              {now.mayFinish
                ? "Finish it as a further ranking, or take the next one."
                : "Your work on it is kept: if the prompt comes back to you, it stands as you left it."}
            </Empty>
          </div>
        </Page>
      );
    case "ended":
      return (
        <Page title="Rank">
          {refusals}
          {now.changed ? outcome : null}
          <Empty
            action={
              <div className="flex flex-wrap gap-2">
                <ButtonLink kind="primary" href={rooms.submitted.path}>
                  To your rankings
                </ButtonLink>
                <Button onClick={claimNext}>Go on ranking</Button>
              </div>
            }
          >
            {now.changed
              ? "The new version counts from now on; the one before is kept beside it."
              : "Nothing was changed: your ranking counts as you submitted it."}
          </Empty>
        </Page>
      );
    case "nothing":
      return (
        <Page title="Rank">
          {refusals}
          {outcome}
          <NothingWaits onArrived={claimNext} />
        </Page>
      );
  }
}

/** Nothing is claimed before what was said of those before has arrived: without a connection this takes a while. */
function Coming() {
  const isCutOff = useErrands().some(({ state }) => state === "waiting");
  if (isCutOff) {
    return (
      <div role="status">
        <Empty>The next task comes when the connection is back.</Empty>
      </div>
    );
  }
  return (
    <>
      <Skeleton lines={1} height="5rem" />
      <Skeleton lines={1} height="24rem" />
    </>
  );
}

function GoOn({ label, onGoOn }: { label: string; onGoOn: () => void }) {
  return (
    <Button kind="primary" onClick={onGoOn}>
      {label}
    </Button>
  );
}

function NothingWaits({ onArrived }: { onArrived: () => void }) {
  const user = useUser();
  const { data, isPending } = useQuery(orpc.progress.overview.queryOptions({ staleTime: 0, refetchInterval: 5_000 }));
  if (isPending) return <Skeleton lines={1} height="6rem" />;
  const others = data?.rankedByOthers ?? 0;
  const [are, turn] = others === 1 ? ["is", "turns"] : ["are", "turn"];
  const nothing =
    others > 0
      ? `No prompt is free: ${others} ${are} being ranked by others, and ${turn} up here if they leave ${others === 1 ? "it" : "them"}.`
      : "Nothing waits to be ranked.";
  return (
    <div role="status">
      {data && data.waitingForMe > 0 ? (
        <Empty action={<GoOn label="Start ranking" onGoOn={onArrived} />}>Answers are ready to be ranked.</Empty>
      ) : user && mayEnter(user.role, rooms.write) ? (
        <Empty
          action={
            <div className="flex flex-wrap gap-2">
              <ButtonLink kind="primary" href={rooms.write.path}>
                Write a prompt
              </ButtonLink>
              <ButtonLink href={rooms.prompts.path}>Choose a prompt</ButtonLink>
            </div>
          }
        >
          {nothing} Generate answers for a prompt, and they turn up here as soon as they are finished.
        </Empty>
      ) : (
        <Empty action={<ButtonLink href={rooms.submitted.path}>Your rankings</ButtonLink>}>
          {nothing} Leave this page open: new answers turn up here as soon as they are finished.
        </Empty>
      )}
    </div>
  );
}
