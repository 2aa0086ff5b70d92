"use client";
// Who did what to what, newest first, page by page: of all of it, or of one person, verb, subject or time.
import { useInfiniteQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { orpc } from "../../../../../lib/api/client.ts";
import { verbs } from "../../../../../lib/vocabulary/events.ts";
import type { EventFilter } from "../../../../../lib/vocabulary/shapes.ts";
import { useProject } from "../../../../shell/user-context.tsx";
import { Button, DownloadLink } from "../../../../ui/button.tsx";
import { SelectField } from "../../../../ui/field.tsx";
import { DayFields, PersonField } from "../../../../ui/filter-fields.tsx";
import { addressOf } from "../../../../ui/form.ts";
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Failed, Skeleton } from "../../../../ui/states.tsx";
import { EventRow } from "./event-row.tsx";
import { type Chosen, chosenIn, filterOf, kindNames, verbsByKind } from "./filter.ts";

const optionsOf = (filter: EventFilter) =>
  orpc.events.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ ...filter, cursor, limit: 50 }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

export function HistoryScreen() {
  const parameters = useSearchParams();
  const pathname = usePathname();
  const router = useRouter();
  const project = useProject();
  const chosen = chosenIn(parameters);
  const choose = (part: Partial<Chosen>) => router.replace(pathname + addressOf({ ...chosen, ...part }));
  const filter = filterOf(chosen);
  const isAll = addressOf(chosen) === "";
  const query = new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  return (
    <Page
      title="History"
      lead="Every change, by whom and to what. Nothing of it can be altered or deleted. Texts are kept here by their SHA-256 only."
      action={
        <DownloadLink href={`/api/export/${project?.id}/events?${query}`}>
          Download {isAll ? "all" : "these"}
        </DownloadLink>
      }
    >
      <Filter chosen={chosen} choose={choose} />
      {chosen.subject ? (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="wrap-anywhere">
            Only what was done to <code className="text-sm">{chosen.subject}</code> and its parts.
          </span>
          <Button onClick={() => choose({ subject: "" })}>Show everything</Button>
        </p>
      ) : null}
      <List key={addressOf(chosen)} filter={filter} isAll={isAll} />
    </Page>
  );
}

function Filter({ chosen, choose }: { chosen: Chosen; choose: (part: Partial<Chosen>) => void }) {
  return (
    <search className="grid gap-4 sm:grid-cols-2 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.5fr)_10rem_10rem]">
      <PersonField label="Who" value={chosen.by} choose={(by) => choose({ by })} />
      <SelectField label="What" value={chosen.what} onChange={(event) => choose({ what: event.target.value })}>
        <option value="">Everything</option>
        {[...verbsByKind].map(([kind, ofKind]) => (
          <optgroup key={kind} label={kindNames[kind]}>
            <option value={kind}>{kindNames[kind]}: all</option>
            {ofKind.map((verb) => (
              <option key={verb} value={verb}>
                {verbs[verb]}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectField>
      <DayFields from={chosen.from} until={chosen.until} choose={choose} />
    </search>
  );
}

function List({ filter, isAll }: { filter: EventFilter; isAll: boolean }) {
  const events = useInfiniteQuery(optionsOf(filter));
  const items = events.data?.pages.flatMap((page) => page.items);
  if (events.error) return <Failed error={events.error} retry={() => events.refetch()} />;
  if (!items) return <Skeleton lines={8} height="2.75rem" />;
  if (items.length === 0) {
    return (
      <Empty>{isAll ? "Nothing has been changed yet." : "Nothing like this has been done: widen the filter."}</Empty>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label="Changes" className="rounded-md border border-line bg-surface">
        {items.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ol>
      {events.hasNextPage ? (
        <Button className="self-center" busy={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
          {events.isFetchingNextPage ? "Loading …" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}
