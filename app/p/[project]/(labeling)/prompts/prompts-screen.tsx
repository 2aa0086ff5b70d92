"use client";
// The list of prompts: searched, narrowed, page by page; and what is done with many of them at once.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { type ListOrder, may } from "../../../../../lib/vocabulary/labeling.ts";
import type { Prompt, PromptFilter } from "../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button, ButtonLink } from "../../../../ui/button.tsx";
import { counted, count as figure } from "../../../../ui/figures.ts";
import { addressOf } from "../../../../ui/form.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { useSettled } from "../../../../ui/use-settled.ts";
import { type Chosen, chosenIn, filterOf, isNarrowed, orderOf } from "./chosen.ts";
import { FilterForm } from "./filter-form.tsx";
import { PromptRow } from "./prompt-row.tsx";
import { type Picked, picked, Selected } from "./selected.tsx";

const optionsOf = (filter: PromptFilter, order: ListOrder) =>
  orpc.prompts.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ ...filter, order, cursor, limit: 30 }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export function PromptsScreen() {
  const user = useUser();
  const parameters = useSearchParams();
  const [chosen, setChosen] = useState(() => chosenIn(parameters));
  const [selected, setSelected] = useState<ReadonlyMap<string, Picked>>(new Map());
  const choose = (part: Partial<Chosen>) => {
    const next = { ...chosen, ...part };
    setChosen(next);
    setSelected(new Map());
    // Without a visit to the server; whoever comes back from a prompt finds the same list.
    window.history.replaceState(null, "", window.location.pathname + addressOf(next));
  };
  const filter = filterOf({ ...chosen, search: useSettled(chosen.search) });
  const list = useInfiniteQuery(optionsOf(filter, orderOf(chosen)));
  const total = useQuery(orpc.prompts.count.queryOptions({ input: filter, placeholderData: keepPreviousData })).data;
  const items = list.data?.pages.flatMap((page) => page.items);
  const mayChange = (prompt: Prompt) =>
    user !== null && may(user.role, "write") && (may(user.role, "lead") || prompt.author === user.username);
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
      <FilterForm chosen={chosen} choose={choose} />
      <div className="flex flex-col gap-1">
        <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 bg-page py-2 sm:[@media(min-height:40rem)]:sticky sm:[@media(min-height:40rem)]:top-12 sm:[@media(min-height:40rem)]:z-20">
          <p role="status" className="text-muted">
            {total ? inWords(total) : " "}
          </p>
          {items && user !== null && may(user.role, "write") ? (
            <Selected
              filter={filter}
              total={total}
              shown={items.filter(mayChange)}
              mayChange={mayChange}
              selected={selected}
              select={setSelected}
            />
          ) : null}
        </div>
        {list.isPending ? <Skeleton lines={8} height="4.25rem" /> : null}
        {list.error ? <Failed error={list.error} retry={() => list.refetch()} /> : null}
        {items?.length === 0 ? (
          <Nothing isNarrowed={isNarrowed(chosen)} showAll={() => choose(chosenIn(nowhere))} />
        ) : null}
        {items && items.length > 0 ? (
          <ul
            aria-label="Prompts"
            className={`rounded-md border border-line bg-surface ${list.isPlaceholderData ? "opacity-60" : ""}`}
          >
            {items.map((prompt) => (
              <PromptRow
                key={prompt.id}
                prompt={prompt}
                isSelected={selected.has(prompt.id)}
                select={mayChange(prompt) ? (on) => setSelected(withOne(selected, prompt, on)) : undefined}
              />
            ))}
          </ul>
        ) : null}
        {list.hasNextPage ? (
          <Button className="mt-2 self-center" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {list.isFetchingNextPage ? "Loading …" : "Show more"}
          </Button>
        ) : null}
      </div>
    </Page>
  );
}

const nowhere = new URLSearchParams();

function withOne(selected: ReadonlyMap<string, Picked>, prompt: Prompt, on: boolean): ReadonlyMap<string, Picked> {
  const next = new Map(selected);
  if (on) next.set(prompt.id, picked(prompt));
  else next.delete(prompt.id);
  return next;
}

const inWords = ({ count, more }: { count: number; more: boolean }) =>
  more ? `More than ${figure(count)} prompts` : counted(count, "prompt");

function Nothing({ isNarrowed, showAll }: { isNarrowed: boolean; showAll: () => void }) {
  if (isNarrowed)
    return <Empty action={<Button onClick={showAll}>Show all prompts</Button>}>No prompt is like this.</Empty>;
  return <Empty>There are no prompts yet. Write the first one: everything else follows from it.</Empty>;
}
