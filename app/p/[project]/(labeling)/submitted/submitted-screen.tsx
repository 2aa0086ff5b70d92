"use client";
// One's own rankings, newest first, page by page; each can be reopened, and both versions are kept.
import { useInfiniteQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import type { SubmittedRanking } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { duration, moment } from "../../../../ui/figures.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { shown } from "../../../../ui/written.ts";
import { ModelOrderLine } from "../model-order-line.tsx";

const options = orpc.rankings.mine.infiniteOptions({
  input: (cursor: string | undefined) => ({ cursor, limit: 30 }),
  initialPageParam: undefined,
  getNextPageParam: (last) => last.next ?? undefined,
});

/** Not before there is one. */
const aboutJudge =
  " Under yours stands the reward model’s order: a guess learned from everyone’s rankings, not the right answer.";

export function SubmittedScreen() {
  const rankings = useInfiniteQuery(options);
  const items = rankings.data?.pages.flatMap((page) => page.items);
  const isScored = items?.some(({ modelOrder }) => modelOrder !== null);
  return (
    <Page
      title="Submitted"
      lead={`What you have ranked, newest first. Reopen one to change it: the version before is kept beside it.${isScored ? aboutJudge : ""}`}
      action={
        <ButtonLink href="/rank" kind="primary">
          Go on ranking
        </ButtonLink>
      }
    >
      {rankings.isPending ? <Skeleton lines={8} height="4.25rem" /> : null}
      {rankings.error ? <Failed error={rankings.error} retry={() => rankings.refetch()} /> : null}
      {items?.length === 0 ? (
        <Empty>You have not submitted a ranking yet. The first one stands here as soon as it is in.</Empty>
      ) : null}
      {items && items.length > 0 ? (
        <ul aria-label="Your rankings" className="rounded-md border border-line bg-surface">
          {items.map((ranking) => (
            <Row key={ranking.assignmentId} ranking={ranking} />
          ))}
        </ul>
      ) : null}
      {rankings.hasNextPage ? (
        <Button className="self-center" busy={rankings.isFetchingNextPage} onClick={() => rankings.fetchNextPage()}>
          {rankings.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </Page>
  );
}

function Row({ ranking }: { ranking: SubmittedRanking }) {
  const { assignmentId, promptText, useCase, notation, version, submittedAt, spentMs, modelOrder, askedAgain } =
    ranking;
  const start = shown(promptText.slice(0, 300));
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 border-line border-t px-4 py-2.5 first:border-t-0">
      <div className="min-w-0 flex-1 basis-80">
        <p dir="auto" className="wrap-anywhere line-clamp-2 text-read">
          {start}
        </p>
        <p className="flex flex-wrap gap-x-4 text-muted text-sm">
          <span className="font-mono font-semibold text-ink">{notation}</span>
          <span>{useCase}</span>
          <span>{moment(submittedAt)}</span>
          {spentMs === null ? null : <span>{duration(spentMs / 1_000)}</span>}
          {version > 1 ? <span>version {version}</span> : null}
        </p>
        {modelOrder ? <ModelOrderLine modelOrder={modelOrder} whom="you" /> : null}
        {askedAgain === null ? null : (
          <div className="mt-1 max-w-3xl rounded-md border border-caution bg-caution-wash px-3 py-2">
            <p className="font-medium">A reviewer asks you to look at this again</p>
            <AsWritten text={askedAgain} />
            <p className="text-muted text-sm">Reopen it, and submit it changed or as it is.</p>
          </div>
        )}
      </div>
      <ButtonLink href={`/rank?reopen=${assignmentId}`} prefetch={false}>
        Reopen
        <span className="sr-only">: {start.slice(0, 60)}</span>
      </ButtonLink>
    </li>
  );
}
