"use client";
// The list of prompts, page by page.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { may } from "../../../../../lib/vocabulary/labeling.ts";
import type { Prompt } from "../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { counted, moment } from "../../../../ui/figures.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { shown } from "../../../../ui/written.ts";
import { kindNames } from "../prompt-words.ts";

const optionsOf = (archived: boolean) =>
  orpc.prompts.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ cursor, limit: 30, archived }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

export function PromptsScreen() {
  const user = useUser();
  const [showsArchived, setShowsArchived] = useState(false);
  return (
    <Page
      title="Prompts"
      action={
        <>
          {user !== null && may(user.role, "lead") ? <ButtonLink href="/import">Import</ButtonLink> : null}
          {user !== null && may(user.role, "write") ? (
            <ButtonLink href="/write" kind="primary">
              Write a prompt
            </ButtonLink>
          ) : null}
        </>
      }
    >
      <List archived={false} />
      <details onToggle={(event) => setShowsArchived(event.currentTarget.open)}>
        <summary className="w-fit rounded-sm py-1 font-medium">Archived</summary>
        {showsArchived ? <List archived /> : null}
      </details>
    </Page>
  );
}

function List({ archived }: { archived: boolean }) {
  const prompts = useInfiniteQuery(optionsOf(archived));
  const items = prompts.data?.pages.flatMap((page) => page.items);
  return (
    <div className="flex flex-col gap-3">
      {prompts.isPending ? <Skeleton lines={8} height="4.25rem" /> : null}
      {prompts.error ? <Failed error={prompts.error} retry={() => prompts.refetch()} /> : null}
      {items?.length === 0 && archived ? <p className="text-muted">None.</p> : null}
      {items?.length === 0 && !archived ? (
        <Empty>There are no prompts yet. Write the first one: everything else follows from it.</Empty>
      ) : null}
      {items && items.length > 0 ? (
        <ul aria-label={archived ? "Archived prompts" : "Prompts"} className="rounded-md border border-line bg-surface">
          {items.map((prompt) => (
            <Row key={prompt.id} prompt={prompt} />
          ))}
        </ul>
      ) : null}
      {prompts.hasNextPage ? (
        <Button className="self-center" busy={prompts.isFetchingNextPage} onClick={() => prompts.fetchNextPage()}>
          {prompts.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}

function Row({ prompt }: { prompt: Prompt }) {
  return (
    <li className="relative border-line border-t px-4 py-2.5 first:border-t-0 hover:bg-sunken">
      {/* The link covers the row, so that the whole of it can be pressed. */}
      <Link
        href={`/prompts/${prompt.id}`}
        prefetch={false}
        dir="auto"
        className="line-clamp-2 text-ink text-read no-underline wrap-anywhere before:absolute before:inset-0"
      >
        {shown(prompt.text.slice(0, 400))}
      </Link>
      <p className="flex flex-wrap gap-x-4 text-muted text-sm">
        <span>{kindNames[prompt.kind]}</span>
        <span>{prompt.useCase}</span>
        <Person username={prompt.author} />
        <span>{moment(prompt.createdAt)}</span>
        {prompt.demonstrations > 0 ? <span>{counted(prompt.demonstrations, "demonstration")}</span> : null}
        {prompt.comparisons > 0 ? (
          <span>{counted(prompt.comparisons, "set of answers", "sets of answers")}</span>
        ) : null}
        {prompt.rankingsLeft > 0 ? <span>{counted(prompt.rankingsLeft, "ranking")} left</span> : null}
      </p>
    </li>
  );
}
