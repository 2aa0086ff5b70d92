"use client";
// Buttons, and links that look like them. One primary button a screen: the accent says what comes next.
import type { ComponentProps } from "react";
import { Link, type LinkProps } from "./link.tsx";
import { useHydrated } from "./use-hydrated.ts";

type Kind = "primary" | "plain" | "quiet" | "danger";

const shape =
  "inline-flex min-h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-3 py-1 text-base font-medium no-underline";

const looks: Record<Kind, string> = {
  primary: "border-accent bg-accent text-on-accent hover:border-accent-strong hover:bg-accent-strong",
  plain: "border-edge bg-surface text-ink hover:bg-sunken",
  quiet: "border-transparent bg-transparent text-ink hover:bg-sunken",
  danger: "border-danger bg-surface text-danger hover:bg-danger-wash",
};

/** A button; `busy` keeps its width and focus, says so to a screen reader, and ignores further presses. */
export function Button({
  kind = "plain",
  busy = false,
  className = "",
  onClick,
  type = "button",
  disabled = false,
  ...rest
}: ComponentProps<"button"> & { kind?: Kind; busy?: boolean }) {
  // A popover opens without React; everything else waits for it, looking the same.
  const works = useHydrated() || rest.popoverTarget !== undefined;
  return (
    <button
      {...rest}
      // The caller names "submit"; a plain button must never send a form by accident.
      type={type}
      disabled={disabled || !works}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
      className={`${shape} ${looks[kind]} ${disabled || busy ? "opacity-60" : ""} ${className}`}
    />
  );
}

export function ButtonLink({ kind = "plain", className = "", ...rest }: LinkProps & { kind?: Kind }) {
  return <Link {...rest} className={`${shape} ${looks[kind]} ${className}`} />;
}

/** A link that saves a file of the API: the browser fetches it, past the pages' own router. */
export function DownloadLink({ kind = "plain", className = "", ...rest }: ComponentProps<"a"> & { kind?: Kind }) {
  return <a download {...rest} className={`${shape} ${looks[kind]} ${className}`} />;
}
