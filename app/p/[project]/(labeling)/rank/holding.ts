"use client";
// The assignments this page holds (the one on the screen, the one fetched ahead): given back when the page is left,
// unless another window of this browser has them open.
import { useEffect } from "react";
import { api } from "../../../../../lib/api/client.ts";
import { thisWindow } from "../../../../../lib/random-id.ts";
import { sayClosed, sayOpen } from "./open-windows.ts";

/** Leaving and coming straight back (React's double effect, the back button) is not leaving. */
const graceMs = 400;

/** Id → has the person changed something there? */
const held = new Map<string, boolean>();
let leaving: ReturnType<typeof setTimeout> | undefined;

/** Also says to other windows that it is open here: to be called again now and then. */
export function hold(id: string, isStarted = held.get(id) ?? false): void {
  held.set(id, isStarted);
  sayOpen(window.localStorage, id, thisWindow());
}

/** Submitted, skipped or lost: nothing to give back. */
export function letGo(id: string): void {
  held.delete(id);
  sayClosed(window.localStorage, id, thisWindow());
}

/** For the screen that holds them, as long as it is there. */
export function useHolding(): void {
  useEffect(() => {
    clearTimeout(leaving);
    window.addEventListener("pagehide", leaveWithPage);
    window.addEventListener("pageshow", comeBack);
    return () => {
      window.removeEventListener("pagehide", leaveWithPage);
      window.removeEventListener("pageshow", comeBack);
      leaving = setTimeout(giveAllBack, graceMs);
    };
  }, []);
}

function giveAllBack(): void {
  for (const id of held.keys()) {
    held.delete(id);
    if (!sayClosed(window.localStorage, id, thisWindow())) continue;
    // Nothing to tell anyone if this fails: the lease runs out by itself.
    api.assignments.release({ id }).catch(() => {});
  }
}

/** One that was begun keeps its lease: a reload looks the same, and must find its assignment again. */
function leaveWithPage(): void {
  for (const [id, isStarted] of held) {
    const isLast = sayClosed(window.localStorage, id, thisWindow());
    if (isLast && !isStarted) navigator.sendBeacon(`/api/v1/assignments/${encodeURIComponent(id)}/release`);
  }
}

/** A page that a browser kept while it was left shows what it has given back: anew. */
function comeBack({ persisted }: PageTransitionEvent): void {
  if (persisted) window.location.reload();
}
