"use client";
// The guidelines beside the work: a button that says when they are new, and a panel that stays open while one goes on.
// On a wide screen the page makes room for it (look.css); on a phone it covers the page until it is closed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { GuidelineTopic } from "../../../../../lib/vocabulary/labeling.ts";
import { Button } from "../../../../ui/button.tsx";
import { onKey } from "../../../../ui/on-key.ts";
import { Failed, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { useShortcut } from "../../../../ui/use-shortcut.ts";

const GuidelinesText = lazy(() => import("./guidelines-text.tsx"));

/** Left open: it stays so from one prompt to the next, each of which is a new screen. */
const leftOpen = new Set<GuidelineTopic>();

export function GuidelinesPanel({ topic }: { topic: GuidelineTopic }) {
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  const cameFrom = useRef<Element | null>(null);
  const goesBack = useRef(false);
  const [isOpen, setIsOpen] = useState(() => leftOpen.has(topic));
  const { data } = useGuidelines(topic);
  const isUnread = data !== undefined && data.read?.version !== data.version;

  useEffect(() => {
    if (!isOpen) return;
    panel.current?.showPopover();
    if (cameFrom.current) panel.current?.focus();
    document.documentElement.dataset.panel = "open";
    // Where there is no room beside the page it lies under the panel, out of reach until that is closed.
    const page = document.querySelector("main");
    const beside = window.matchMedia("(min-width: 64rem)");
    const cover = () => page?.toggleAttribute("inert", !beside.matches);
    cover();
    beside.addEventListener("change", cover);
    return () => {
      delete document.documentElement.dataset.panel;
      beside.removeEventListener("change", cover);
      page?.removeAttribute("inert");
      if (goesBack.current && cameFrom.current instanceof HTMLElement) cameFrom.current.focus();
    };
  }, [isOpen]);

  function open() {
    cameFrom.current = document.activeElement;
    goesBack.current = false;
    leftOpen.add(topic);
    setIsOpen(true);
  }
  function close() {
    goesBack.current = panel.current?.contains(document.activeElement) ?? false;
    leftOpen.delete(topic);
    setIsOpen(false);
  }
  const toggle = isOpen ? close : open;
  useShortcut("g", toggle);

  return (
    <>
      <Button kind="quiet" aria-expanded={isOpen} aria-controls={id} aria-keyshortcuts="g" onClick={toggle}>
        Guidelines
        {isUnread ? (
          <span className="rounded-sm bg-accent px-1 font-medium text-on-accent text-xs">
            {data.read ? "changed" : "new"}
          </span>
        ) : null}
      </Button>
      {isOpen
        ? // Not in the bar its button stands in: that one has spaces and layers of its own.
          createPortal(
            <section
              ref={panel}
              id={id}
              popover="manual"
              aria-label="Guidelines"
              {...{
                tabIndex: -1,
                onKeyDown: onKey((event) => {
                  if (event.key !== "Escape") return;
                  event.stopPropagation();
                  close();
                }),
              }}
              className="side-panel"
            >
              <header className="sticky top-0 flex items-center justify-between gap-4 border-line border-b bg-surface px-4 py-2">
                <h2 className="font-semibold text-lg">Guidelines</h2>
                <Button kind="quiet" onClick={close}>
                  Close
                </Button>
              </header>
              <Contents topic={topic} />
            </section>,
            document.body,
          )
        : null}
    </>
  );
}

function Contents({ topic }: { topic: GuidelineTopic }) {
  const queryClient = useQueryClient();
  const { data, error, refetch } = useGuidelines(topic);
  // What was read before stays as it was while the panel is open: the changes must not vanish under one's eyes.
  const [before, setBefore] = useState<{ of: number; read: { version: number; text: string } | null } | null>(null);
  if (data && before?.of !== data.version) setBefore({ of: data.version, read: data.read });
  const { mutate } = useMutation({
    mutationFn: (version: number) => api.guidelines.markRead({ topic, version }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.guidelines.get.key({ input: { topic } }) }),
  });
  const unread = data && data.read?.version !== data.version ? data.version : null;
  useEffect(() => {
    if (unread !== null) mutate(unread);
  }, [unread, mutate]);

  if (!data) {
    return (
      <div className="p-4">{error ? <Failed error={error} retry={() => refetch()} /> : <Skeleton lines={8} />}</div>
    );
  }
  return (
    <div className="px-4 py-3">
      <Suspense fallback={<Skeleton lines={8} />}>
        <GuidelinesText guidelines={data} before={before?.read ?? null} />
      </Suspense>
    </div>
  );
}

export function useGuidelines(topic: GuidelineTopic) {
  return useQuery(
    orpc.guidelines.get.queryOptions({ input: { topic }, staleTime: 60_000, refetchInterval: 5 * 60_000 }),
  );
}
