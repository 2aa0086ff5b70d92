"use client";
// Claims an assignment, puts it on the workbench, and takes the next one as soon as this one is done.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { orpc } from "../../../lib/api/client.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Page } from "../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../ui/states.tsx";
import { dropOldDrafts } from "./draft.ts";
import { type Outcome, OutcomeLine } from "./outcome.tsx";
import { RankWorkbench } from "./rank-workbench.tsx";

// Claiming is a change, so nothing but this screen may repeat it: no refetch on focus, nothing kept after leaving.
const nextOptions = orpc.assignments.next.queryOptions({
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});

export function RankScreen() {
  const queryClient = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { data: assignment, error, refetch, isPending } = useQuery(nextOptions);
  useEffect(() => dropOldDrafts(window.localStorage), []);

  async function goOn(what: Outcome) {
    setOutcome(what);
    if (what.kind === "lost") return;
    queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
    await refetch();
  }

  if (outcome?.kind === "lost") {
    return (
      <Page title="Rank">
        <div role="alert">
          <Empty
            action={
              <Button
                kind="primary"
                onClick={() => {
                  setOutcome(null);
                  queryClient.resetQueries({ queryKey: nextOptions.queryKey });
                }}
              >
                Go on ranking
              </Button>
            }
          >
            {outcome.sentence} Your board is kept on this device: if the prompt comes back to you, it stands as you left
            it.
          </Empty>
        </div>
      </Page>
    );
  }
  // A failed claim after a submitted ranking must not leave the submitted one on screen.
  if (error) {
    return (
      <Page title="Rank">
        <Failed error={error} retry={() => queryClient.resetQueries({ queryKey: nextOptions.queryKey })} />
      </Page>
    );
  }
  if (isPending) {
    return (
      <Page title="Rank" wide>
        <Skeleton lines={1} height="5rem" />
        <Skeleton lines={1} height="24rem" />
      </Page>
    );
  }
  if (!assignment) return <NothingWaits outcome={outcome} onArrived={() => refetch()} />;
  return <RankWorkbench key={assignment.id} assignment={assignment} before={outcome} onDone={goOn} />;
}

function NothingWaits({ outcome, onArrived }: { outcome: Outcome | null; onArrived: () => void }) {
  const { data } = useQuery(orpc.progress.overview.queryOptions({ refetchInterval: 5_000 }));
  const waiting = data?.waitingForMe ?? 0;
  return (
    <Page title="Rank">
      {outcome ? <OutcomeLine outcome={outcome} /> : null}
      <div role="status">
        {waiting > 0 ? (
          <Empty
            action={
              <Button kind="primary" onClick={onArrived}>
                Start ranking
              </Button>
            }
          >
            Answers are ready to be ranked.
          </Empty>
        ) : (
          <Empty
            action={
              <div className="flex flex-wrap gap-2">
                <ButtonLink kind="primary" href="/write">
                  Write a prompt
                </ButtonLink>
                <ButtonLink href="/prompts">Choose a prompt</ButtonLink>
              </div>
            }
          >
            Nothing waits to be ranked. Generate answers for a prompt, and they turn up here as soon as they are
            finished.
          </Empty>
        )}
      </div>
    </Page>
  );
}
