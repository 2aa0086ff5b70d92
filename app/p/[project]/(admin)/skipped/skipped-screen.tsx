"use client";
// Comparisons that were skipped, with each labeler's reason: those nobody is handed any more, and those others still are.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { listed } from "../../../../../lib/preference/ranking.ts";
import type { SkippedComparison } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Empty, Failed, Problem, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { shown } from "../../../../ui/written.ts";
import { SkipReasons } from "../../(labeling)/skip-reasons.tsx";

const options = (setAside: boolean) =>
  orpc.skips.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ cursor, limit: 30, setAside }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

export function SkippedScreen() {
  const [showsOthers, setShowsOthers] = useState(false);
  return (
    <Page
      title="Skipped"
      lead="Prompts that two labelers have skipped are handed out no more. Mend the prompt or an answer, then hand it out again: those who skipped it may get it, too."
    >
      <List setAside />
      <details onToggle={(event) => setShowsOthers(event.currentTarget.open)}>
        <summary className="w-fit rounded-sm py-1 font-medium">Skipped by one, still handed out to others</summary>
        {showsOthers ? <List setAside={false} /> : null}
      </details>
      <Naming />
    </Page>
  );
}

function List({ setAside }: { setAside: boolean }) {
  const skipped = useInfiniteQuery(options(setAside));
  const items = skipped.data?.pages.flatMap((page) => page.items);
  if (skipped.error) return <Failed error={skipped.error} retry={() => skipped.refetch()} />;
  if (!items) return <Skeleton lines={setAside ? 3 : 1} height="6rem" />;
  if (items.length === 0) {
    return setAside ? (
      <Empty>No prompt has been skipped by two labelers. Those that are stand here, with the reasons.</Empty>
    ) : (
      <p className="text-muted">None.</p>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <ul
        aria-label={setAside ? "Handed out no more" : "Skipped by one"}
        className="rounded-md border border-line bg-surface"
      >
        {items.map((one) => (
          <Row key={one.id} skipped={one} setAside={setAside} />
        ))}
      </ul>
      {skipped.hasNextPage ? (
        <Button className="self-center" busy={skipped.isFetchingNextPage} onClick={() => skipped.fetchNextPage()}>
          {skipped.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}

/** Not skipped, and to be looked at as well: whoever ranks these can tell who wrote them. */
function Naming() {
  const { data, error, refetch } = useQuery(orpc.skips.naming.queryOptions());
  return (
    <Section title="Answers that name their model">
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!data && !error ? <Skeleton lines={1} height="3rem" /> : null}
      {data?.length === 0 ? <p className="text-muted">None of those that wait to be ranked.</p> : null}
      {data && data.length > 0 ? (
        <ul aria-label="Answers that name their model" className="rounded-md border border-line bg-surface">
          {data.map(({ id, promptText, labels }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline gap-x-6 border-line border-t px-4 py-2 first:border-t-0"
            >
              <Link
                href={`/comparisons/${id}`}
                prefetch={false}
                dir="auto"
                className="wrap-anywhere line-clamp-1 min-w-0 flex-1 basis-80"
              >
                {shown(promptText.slice(0, 300))}
              </Link>
              <span className="text-muted">
                {listed(labels)} {labels.length === 1 ? "names its model" : "name their models"}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

function Row({ skipped, setAside }: { skipped: SkippedComparison; setAside: boolean }) {
  const { id, promptId, promptText, useCase, k, skips } = skipped;
  const queryClient = useQueryClient();
  const handOut = useMutation({
    mutationFn: () => api.skips.handOut({ id }),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
      return queryClient.invalidateQueries({ queryKey: orpc.skips.key() });
    },
  });
  const start = shown(promptText.slice(0, 300));
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 border-line border-t px-4 py-3 first:border-t-0">
      <div className="flex min-w-0 flex-1 basis-80 flex-col gap-1">
        <Link
          href={`/comparisons/${id}`}
          prefetch={false}
          dir="auto"
          className="wrap-anywhere line-clamp-2 w-fit text-read"
        >
          {start}
        </Link>
        <p className="flex flex-wrap gap-x-4 text-muted text-sm">
          <span>{useCase}</span>
          <span>{k} answers</span>
          <Link href={`/prompts/${promptId}`} prefetch={false}>
            To the prompt
          </Link>
        </p>
        <SkipReasons skips={skips} />
      </div>
      {setAside ? (
        <div className="flex flex-col items-end gap-1">
          <Button busy={handOut.isPending} onClick={() => handOut.mutate()}>
            Hand out again
            <span className="sr-only">: {start.slice(0, 60)}</span>
          </Button>
          <Problem error={handOut.error} />
        </div>
      ) : null}
    </li>
  );
}
