"use client";
// One thing to do next, then the project's figures in the order of the loop.
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { orpc } from "../../lib/api/client.ts";
import { useUser } from "../shell/user-context.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { count, counted } from "../ui/figures.ts";
import { Page, Section } from "../ui/frame.tsx";
import { Failed, Skeleton } from "../ui/states.tsx";
import { nextStep, type Overview } from "./next-step.ts";

export function HomeScreen() {
  const user = useUser();
  const { data, error, refetch } = useQuery(orpc.progress.overview.queryOptions({ refetchInterval: 15_000 }));
  return (
    <Page title="Home">
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!data && !error ? <Skeleton lines={2} height="7rem" /> : null}
      {data ? <Next overview={data} isLead={user?.role !== "labeler"} /> : null}
      {data ? <Figures overview={data} /> : null}
    </Page>
  );
}

function Next({ overview, isLead }: { overview: Overview; isLead: boolean }) {
  const { sentence, action, other } = nextStep(overview, isLead);
  return (
    <Section title="What waits for you">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-md border border-line bg-surface p-4">
        <p className="min-w-0 flex-1 basis-80 text-read">{sentence}</p>
        <div className="flex flex-wrap gap-2">
          <ButtonLink kind="primary" href={action.href}>
            {action.name}
          </ButtonLink>
          {other ? <ButtonLink href={other.href}>{other.name}</ButtonLink> : null}
        </div>
      </div>
      {overview.myRankings > 0 ? (
        <p className="text-muted">You have submitted {counted(overview.myRankings, "ranking")} so far.</p>
      ) : null}
    </Section>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const all = overview.comparisonsReady + overview.comparisonsRanked;
  return (
    <Section title="How far the project is">
      <dl className="flex flex-wrap gap-px overflow-hidden rounded-md border border-line bg-line">
        <Figure name="Prompts" value={overview.prompts} href="/prompts" />
        <Figure name="Demonstrations" value={overview.demonstrations} />
        <Figure name="Waiting to be ranked" value={overview.comparisonsReady} />
        <Figure
          name="Rankings"
          value={overview.rankings}
          note={`${count(overview.comparisonsRanked)} of ${counted(all, "comparison")} ranked`}
        />
        <Figure name="Pairs" value={overview.pairs} note="ties included" />
      </dl>
    </Section>
  );
}

function Figure({ name, value, note, href }: { name: string; value: number; note?: string; href?: string }) {
  return (
    <div className="flex grow basis-36 flex-col bg-surface p-4">
      <dt className="text-muted text-sm">{href ? <Link href={href}>{name}</Link> : name}</dt>
      <dd className="font-semibold text-xl tabular-nums">{count(value)}</dd>
      {note ? <dd className="text-muted text-sm">{note}</dd> : null}
    </div>
  );
}
