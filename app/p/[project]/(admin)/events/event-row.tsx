"use client";
// One change in a sentence; what was before and after it unfolds.
import { verbs } from "../../../../../lib/vocabulary/events.ts";
import type { Event } from "../../../../../lib/vocabulary/shapes.ts";
import { roleNames } from "../../../../shell/roles.ts";
import { moment } from "../../../../ui/figures.ts";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Cell, Head, Table } from "../../../../ui/table.tsx";
import { shown } from "../../../../ui/written.ts";

export function EventRow({ event }: { event: Event }) {
  const { at, verb } = event;
  return (
    <li className="border-line border-t first:border-t-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 pt-2">
        <span className="wrap-anywhere min-w-0">
          <Who event={event} /> {verbs[verb]} <Subject event={event} />
        </span>
        <span className="text-muted text-sm">{moment(at)}</span>
      </div>
      <details>
        <summary className="px-4 pb-2 text-muted text-sm">Details</summary>
        <Facts event={event} />
      </details>
    </li>
  );
}

function Who({ event: { person, capacity } }: { event: Event }) {
  if (capacity === "worker") return <span>A worker</span>;
  if (capacity === "system") return <span>Rankloop</span>;
  return (
    <>
      {person === null ? "Somebody" : <Person username={person} />}{" "}
      <span className="text-muted text-sm">
        ({capacity === "account" ? "own account" : roleNames[capacity].toLowerCase()})
      </span>
    </>
  );
}

function Subject({ event }: { event: Event }) {
  const { kind, id, name } = event.subject;
  if (kind === "database") return null;
  const path = pathOf(event);
  // Ids begin with the time: those of one moment differ at their ends.
  const text = name === null ? id.slice(-8) : shown(name);
  return path === null ? (
    <code className="text-sm">{text}</code>
  ) : (
    <Link href={path} prefetch={false} dir="auto" className={name === null ? "font-mono text-sm" : ""}>
      {text}
    </Link>
  );
}

/** The page on which the subject, or what it is part of, is to be seen. */
function pathOf({ subject: { kind, id }, partOf, after }: Event): string | null {
  const whole = partOf ?? id;
  switch (kind) {
    case "prompt":
      return `/prompts/${id}`;
    case "demonstration":
      return `/prompts/${whole}`;
    case "comparison":
      return `/comparisons/${id}`;
    case "candidate":
    case "ranking":
      return `/comparisons/${whole}`;
    case "model":
      return `/models/${id}`;
    case "run":
      return `/train/${id}`;
    case "job":
      if (after?.kind === "train") return `/train/${whole}`;
      if (after?.kind === "download") return `/models/${whole}`;
      return after?.kind === "judge" ? null : `/comparisons/${whole}`;
    case "person":
    case "member":
      return "/people";
    case "dataSource":
      return "/import";
    case "guidelines":
      return "/guidelines";
    case "scenario":
    case "token":
      return "/settings";
    default:
      return null;
  }
}

function Facts({ event: { before, after, subject } }: { event: Event }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <div className="flex flex-col gap-2 px-4 pb-3">
      <p className="text-muted text-sm">
        <Link href={`/events?subject=${encodeURIComponent(subject.id)}`} prefetch={false}>
          All that was done to it
        </Link>
      </p>
      <Table label="Before and after">
        <thead>
          <tr>
            <Head>What</Head>
            <Head>Before</Head>
            <Head>After</Head>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <Cell>{name}</Cell>
              <Cell>
                <Fact value={before?.[name]} />
              </Cell>
              <Cell>
                <Fact value={after?.[name]} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function Fact({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span className="text-muted">none</span>;
  if (typeof value === "number" && value > 1e12) return moment(value);
  const text = typeof value === "string" ? shown(value) : JSON.stringify(value);
  return <code className="wrap-anywhere text-sm">{text}</code>;
}
