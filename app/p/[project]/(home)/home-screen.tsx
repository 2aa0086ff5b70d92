"use client";
// One thing to do next and what else waits, then how far the project is, in the order of the loop, and one's own work.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { orpc } from "../../../../lib/api/client.ts";
import { may, type Role } from "../../../../lib/vocabulary/labeling.ts";
import { mayEnter, rooms } from "../../../shell/roles.ts";
import { useUser } from "../../../shell/user-context.tsx";
import { ButtonLink } from "../../../ui/button.tsx";
import { count, counted } from "../../../ui/figures.ts";
import { Page, Section } from "../../../ui/frame.tsx";
import { Link } from "../../../ui/link.tsx";
import { Meter } from "../../../ui/meter.tsx";
import { Failed, Skeleton } from "../../../ui/states.tsx";
import { forecast, nextSteps, type Overview } from "./next-step.ts";

export function HomeScreen() {
  const role = useUser()?.role;
  const { data, error, refetch } = useQuery(orpc.progress.overview.queryOptions({ refetchInterval: 15_000 }));
  return (
    <Page title="Home">
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!data && !error ? <Skeleton lines={3} height="6rem" /> : null}
      {data && role ? (
        <>
          <Waiting overview={data} role={role} />
          <Stages overview={data} role={role} />
          <Own overview={data} role={role} />
        </>
      ) : null}
    </Page>
  );
}

interface Shown {
  overview: Overview;
  role: Role;
}

function Waiting({ overview, role }: Shown) {
  const [first, ...others] = nextSteps(overview, role);
  return (
    <Section title="What waits for you">
      <div className="rounded-md border border-line bg-surface">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3 border-accent border-s-3 p-4">
          <p className="min-w-0 flex-1 basis-80 text-lg">{first.sentence}</p>
          <ButtonLink kind="primary" href={first.action.href}>
            {first.action.name}
          </ButtonLink>
        </div>
        {others.length > 0 ? (
          <ul aria-label="Also">
            {others.map(({ sentence, action }) => (
              <li
                key={sentence}
                className="flex flex-wrap items-center gap-x-6 gap-y-1 border-line border-t px-4 py-2.5 ps-[calc(1rem+3px)]"
              >
                <span className="min-w-0 flex-1 basis-80">{sentence}</span>
                <Link href={action.href}>{action.name}</Link>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </Section>
  );
}

const row = "grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-5";

function Stages({ overview, role }: Shown) {
  const { prompts, demonstrations, comparisonsLeft, comparisonsComplete: ranked, rankings, pairs } = overview;
  const { rankingsLeft, rankedByOthers: others } = overview;
  const answered = comparisonsLeft + ranked;
  const time = forecast(overview);
  const what = counted(comparisonsLeft, "comparison");
  const toRank =
    rankingsLeft === comparisonsLeft ? `${what} left to rank` : `${counted(rankingsLeft, "ranking")} of ${what} left`;
  const left = `${toRank}${others > 0 ? `, ${count(others)} of them being ranked by others just now` : ""}`;
  return (
    <Section title="How far the project is">
      <ol className={row}>
        <Figure name="Prompts" href={mayEnter(role, rooms.prompts) ? "/prompts" : null} value={prompts} />
        <Figure name="Demonstrations" value={demonstrations} note="ideal answers by people" />
        <Figure name="Answered" value={answered} note="sets of K answers" />
        <Figure name="Ranked" value={ranked} note={`of ${count(answered)} · ${counted(rankings, "ranking")}`}>
          {answered > 0 ? <Meter label="Ranked" share={ranked / answered} /> : null}
        </Figure>
        <Figure name="Pairs" href={may(role, "export") ? "/export" : null} value={pairs} note="ties included" />
      </ol>
      <p className="text-muted">
        {time ? `${left}: ${time} at the pace of the last week.` : null}
        {rankingsLeft > 0 && !time ? `${left}. A forecast stands here once there is a pace.` : null}
        {rankingsLeft === 0 && ranked > 0 ? "All answers there are have been ranked." : null}
      </p>
    </Section>
  );
}

interface FigureProps {
  name: string;
  value: number;
  /** Where it can be looked at. */
  href?: string | null;
  note?: string;
  children?: ReactNode;
}

function Figure({ name, value, href = null, note, children }: FigureProps) {
  return (
    <li className="flex min-w-0 flex-col gap-0.5 rounded-md border border-line bg-surface px-4 py-3 max-sm:odd:last:col-span-2">
      <p className="text-muted text-sm">{href ? <Link href={href}>{name}</Link> : name}</p>
      <p className="font-semibold text-xl tabular-nums">{count(value)}</p>
      {note ? <p className="text-muted text-sm">{note}</p> : null}
      {children}
    </li>
  );
}

function Own({ overview, role }: Shown) {
  const { myRankings, myDemonstrations } = overview;
  if (!may(role, "rank") && !may(role, "write")) return null;
  return (
    <Section title="Your own work">
      <ul className={row}>
        {may(role, "rank") ? (
          <Figure name="Rankings" href={myRankings > 0 ? "/submitted" : null} value={myRankings} note="submitted" />
        ) : null}
        {may(role, "write") ? <Figure name="Demonstrations" value={myDemonstrations} note="written" /> : null}
      </ul>
    </Section>
  );
}
