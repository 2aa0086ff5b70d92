"use client";
// The files that came in: what each added, and its deletion, which takes along all that came in from it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { formatTitles, knownFormat } from "../../../../../lib/datasets/formats/format.ts";
import { cameIn } from "../../../../../lib/datasets/import-report.ts";
import type { DataSource } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { Confirm } from "../../../../ui/confirm.tsx";
import { count, moment } from "../../../../ui/figures.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Failed, Skeleton } from "../../../../ui/states.tsx";
import { Cell, Head, Table } from "../../../../ui/table.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { shown } from "../../../../ui/written.ts";

export function CameIn() {
  const { data, error, refetch } = useQuery(orpc.imports.list.queryOptions());
  if (error) return <Failed error={error} retry={() => refetch()} />;
  if (!data) return <Skeleton lines={2} height="2.5rem" />;
  if (data.length === 0) return null;
  return (
    <Section title="What came in">
      <Table label="What came in">
        <thead>
          <tr>
            <Head>File</Head>
            <Head>Format</Head>
            <Head numeric>Prompts</Head>
            <Head numeric>Demonstrations</Head>
            <Head numeric>Sets of answers</Head>
            <Head numeric>Rankings</Head>
            <Head numeric>Left out</Head>
            <Head>By</Head>
            <Head>When</Head>
            <Head>
              <span className="sr-only">Delete</span>
            </Head>
          </tr>
        </thead>
        <tbody>
          {data.map((source) => (
            <Source key={source.id} source={source} />
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

function Source({ source }: { source: DataSource }) {
  const { id, name, revision, licence, format, leftOut, by, createdAt, finishedAt } = source;
  const { prompts, demonstrations, comparisons, rankings } = source;
  const known = knownFormat(format);
  const terms = [revision, licence].filter((one) => one !== "").join(" · ");
  return (
    <tr>
      <Cell>
        <Link href={`/prompts?source=${id}`} prefetch={false} className="block min-w-40 wrap-anywhere" dir="auto">
          {shown(name)}
        </Link>
        {terms ? <span className="block wrap-anywhere text-muted text-sm">{shown(terms)}</span> : null}
      </Cell>
      <Cell>{known ? formatTitles[known] : format}</Cell>
      <Cell numeric>{count(prompts)}</Cell>
      <Cell numeric>{count(demonstrations)}</Cell>
      <Cell numeric>{count(comparisons)}</Cell>
      <Cell numeric>{count(rankings)}</Cell>
      <Cell numeric>{leftOut === null ? "" : count(leftOut)}</Cell>
      <Cell>
        <Person username={by} />
      </Cell>
      <Cell>
        {moment(createdAt)}
        {finishedAt === null ? <span className="block text-muted text-sm">Not to its end</span> : null}
      </Cell>
      <Cell>
        <Remove source={source} />
      </Cell>
    </tr>
  );
}

function Remove({ source }: { source: DataSource }) {
  const { id, name } = source;
  const [asks, setAsks] = useState(false);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.imports.remove({ id }),
    onSuccess: () => {
      setAsks(false);
      // Prompts, rankings, counts: it may have been in any list.
      void queries.invalidateQueries();
    },
  });
  return (
    <>
      <Button kind="quiet" onClick={() => setAsks(true)}>
        Delete<span className="sr-only"> {shown(name)}</span> …
      </Button>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title="Delete what came in from this file?"
        action="Delete it"
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {goesWith(source)}
      </Confirm>
    </>
  );
}

const goesWith = (source: DataSource) =>
  `From ${shown(source.name)} came ${cameIn(source) || "nothing"}: that goes, for good. Where people have built on it since, nothing is deleted.`;
