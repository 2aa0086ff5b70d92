// The frame of a page (one h1, an optional action beside it) and of a section within.
import type { ReactNode } from "react";

export function Page({
  title,
  lead,
  action,
  wide = false,
  children,
}: {
  title: string;
  /** One sentence under the title, where the title does not say enough. */
  lead?: ReactNode;
  action?: ReactNode;
  /** Use the whole window: for things that stand side by side. */
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    // Not in the middle of the window: the left edge stays where it is from page to page.
    <div className={`flex w-full flex-col gap-6 px-4 py-6 ${wide ? "max-w-[112rem]" : "max-w-5xl"}`}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold">{title}</h1>
          {lead ? <p className="mt-1 max-w-3xl text-muted">{lead}</p> : null}
        </div>
        {action ? <div className="flex flex-wrap items-start gap-x-3 gap-y-2">{action}</div> : null}
      </header>
      {children}
    </div>
  );
}

export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
