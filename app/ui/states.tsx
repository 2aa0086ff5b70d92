// What a screen shows when it has nothing to show: still loading, empty, failed, or not for this person.
import { ORPCError } from "@orpc/client";
import type { ReactNode } from "react";
import { sentenceOf } from "../../lib/api/client.ts";
import { Button, ButtonLink } from "./button.tsx";
import { Page } from "./frame.tsx";

/** Grey bars of the size of what is coming, so that nothing jumps when it arrives. */
export function Skeleton({ lines = 3, height = "1.5rem" }: { lines?: number; height?: string }) {
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="sr-only">Loading …</span>
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <div key={line} className="animate-pulse rounded-md bg-sunken" style={{ height }} />
      ))}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-md border border-line bg-surface p-6">
      <p className="max-w-prose text-muted">{children}</p>
      {action}
    </div>
  );
}

interface FailedProps {
  /** Whatever a call threw. */
  error: unknown;
  retry?: () => void;
}

/** One sentence and a way on. */
export function Failed({ error, retry }: FailedProps) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-danger bg-danger-wash p-3"
    >
      <p>{sentenceOf(error)}</p>
      {retry ? <Button onClick={retry}>Try again</Button> : null}
    </div>
  );
}

interface AwaitedProps {
  /** What the page is about, e.g. "comparison". */
  what: string;
  error: unknown;
  retry: () => void;
  /** Where others of its kind are. */
  elsewhere: { name: string; href: string };
  /** Of the page that is coming. */
  wide?: boolean;
  /** Grey bars in its place. */
  children: ReactNode;
}

/** The page of one thing as long as it is not there: on its way, failed, or missing for good. The same for all kinds. */
export function Awaited({ what, error, retry, elsewhere, wide, children }: AwaitedProps) {
  const isMissing = error instanceof ORPCError && error.code === "NOT_FOUND";
  const name = what.charAt(0).toUpperCase() + what.slice(1);
  return (
    <Page title={isMissing ? `There is no such ${what}` : name} wide={wide}>
      {isMissing ? (
        <Empty
          action={
            <ButtonLink kind="primary" href={elsewhere.href}>
              {elsewhere.name}
            </ButtonLink>
          }
        >
          The link may be old, or a letter of it got lost.
        </Empty>
      ) : error ? (
        <Failed error={error} retry={retry} />
      ) : (
        children
      )}
    </Page>
  );
}

/** A failure beside the button that caused it. */
export function Problem({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className="text-danger">
      {typeof error === "string" ? error : sentenceOf(error)}
    </p>
  );
}

/** What stands in the place of a page for whoever may not see it: why, and whom to ask. */
export function NotForYou({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex max-w-5xl flex-col items-start gap-3 px-4 py-12">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="max-w-prose text-muted">{children}</p>
      <ButtonLink href="/">Go home</ButtonLink>
    </div>
  );
}
