"use client";
// Rankings by how far the reward model is from them, page by page; a reviewer lets each stand or asks its labeler about it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { count, counted } from "../../../../ui/figures.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { JudgeHidden, judgeStatusOptions } from "../judge-status.tsx";
import { DisputeRow } from "./dispute-row.tsx";

type State = "open" | "reviewed";

const disputeOptions = (state: State) =>
  orpc.judge.disputes.infiniteOptions({
    input: (cursor: string | undefined) => ({ cursor, limit: 30, state }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

export function DisagreementsScreen() {
  const [showsReviewed, setShowsReviewed] = useState(false);
  return (
    <Page
      title="Disagreements"
      lead="Those the reward model is furthest from come first: either may be wrong, so a second look pays. It never learned from prompts marked “held out”."
    >
      <JudgeLine />
      <JudgeHidden />
      <List state="open" />
      <details onToggle={(event) => setShowsReviewed(event.currentTarget.open)}>
        <summary className="w-fit rounded-sm py-1 font-medium">Looked at</summary>
        {showsReviewed ? <List state="reviewed" /> : null}
      </details>
    </Page>
  );
}

/** Which model it is, and how far it has got. */
function JudgeLine() {
  const { data } = useQuery(judgeStatusOptions);
  if (!data?.model) return null;
  const { model, scored, comparisons } = data;
  return (
    <p role="status" className="text-muted">
      By <span className="wrap-anywhere text-ink">{model.name}</span>, which has read the answers of {count(scored)} of{" "}
      {counted(comparisons, "comparison")}.
    </p>
  );
}

function List({ state }: { state: State }) {
  const disputes = useInfiniteQuery(disputeOptions(state));
  const items = disputes.data?.pages.flatMap((page) => page.items);
  if (disputes.error) return <Failed error={disputes.error} retry={() => disputes.refetch()} />;
  if (!items) return <Skeleton lines={state === "open" ? 4 : 1} height="8rem" />;
  if (items.length === 0) return state === "open" ? <NothingOpen /> : <p className="text-muted">None yet.</p>;
  return (
    <div className="flex flex-col gap-3">
      <ul
        aria-label={state === "open" ? "To be looked at" : "Looked at"}
        className="rounded-md border border-line bg-surface"
      >
        {items.map((dispute) => (
          <DisputeRow key={dispute.id} dispute={dispute} />
        ))}
      </ul>
      {disputes.hasNextPage ? (
        <Button className="self-center" busy={disputes.isFetchingNextPage} onClick={() => disputes.fetchNextPage()}>
          {disputes.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}

/** Nothing to look at has several reasons, each with another way on. */
function NothingOpen() {
  const { data, error, refetch } = useQuery(judgeStatusOptions);
  if (error) return <Failed error={error} retry={() => refetch()} />;
  if (!data) return <Skeleton lines={1} height="6rem" />;
  const { model, problem, scored, comparisons } = data;
  const say = (sentence: ReactNode, action?: ReactNode) => <Empty action={action}>{sentence}</Empty>;
  if (problem !== null) return say(`The reward model cannot read the answers: ${problem}`);
  if (!model) {
    return say(
      "No judge is chosen. Train a reward model on the rankings and use it: then it is held against them here.",
      <ButtonLink href="/train">Train a reward model</ButtonLink>,
    );
  }
  if (scored < comparisons) return say("The reward model is reading the answers: come back in a moment.");
  return say("Nothing is left to be looked at. New rankings turn up here as soon as the reward model has read them.");
}
