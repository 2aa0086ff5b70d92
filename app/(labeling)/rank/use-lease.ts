"use client";
// Keeps an assignment while its person works on it, gives it back when they leave, says when it was lost.
import { ORPCError } from "@orpc/client";
import { useEffect, useEffectEvent } from "react";
import { api, sentenceOf } from "../../../lib/api/client.ts";
import { watchActivity } from "./activity.ts";

/** No sign of work for this long: the lease is no longer renewed and runs out by itself. */
const idleMs = 5 * 60_000;
/** Leaving and coming straight back (React's double effect, the back button) is not leaving. */
const graceMs = 400;

/**
 * How often to renew a lease with so much time left: three tries before it runs out.
 * Never rarer than each minute and never more often than three times in one, because this device's clock may be far
 * from the server's, and the time left with it.
 */
export function renewalMs(leftMs: number): number {
  return Math.min(Math.max(leftMs / 3, 20_000), 60_000);
}

const leaving = new Map<string, ReturnType<typeof setTimeout>>();

function releaseSoon(id: string) {
  leaving.set(
    id,
    setTimeout(() => {
      leaving.delete(id);
      // Nothing to tell anyone if this fails: the lease runs out by itself.
      api.assignments.release({ id }).catch(() => {});
    }, graceMs),
  );
}

interface Held {
  id: string;
  leaseUntil: number;
}

/**
 * @param isStarted the person has moved something: closing the tab then keeps the lease until it runs out, because a
 *   reload looks the same and must find its assignment again
 * @param isFinished submitted or skipped: nothing to give back
 */
export function useLease(
  held: Held,
  options: { isStarted(): boolean; isFinished(): boolean; onLost(sentence: string): void },
) {
  const isStarted = useEffectEvent(options.isStarted);
  const isFinished = useEffectEvent(options.isFinished);
  const onLost = useEffectEvent(options.onLost);
  const { id, leaseUntil } = held;

  useEffect(() => {
    clearTimeout(leaving.get(id));
    leaving.delete(id);

    const openedAt = Date.now();
    let renewEveryMs = renewalMs(leaseUntil - openedAt);
    let activeAt = openedAt;
    let renewedAt = openedAt;
    let isOver = false;

    async function renew() {
      renewedAt = Date.now();
      try {
        const lease = await api.assignments.renew({ id });
        renewEveryMs = renewalMs(lease.leaseUntil - Date.now());
      } catch (error) {
        // Silence is not a no: ask again at the next tick.
        if (!(error instanceof ORPCError) || error.code === "INTERNAL_SERVER_ERROR" || isOver || isFinished()) return;
        isOver = true;
        onLost(sentenceOf(error));
      }
    }
    function renewIfDue() {
      const now = Date.now();
      if (isOver || isFinished() || now - activeAt > idleMs || now - renewedAt < renewEveryMs) return;
      renew();
    }
    function onActive() {
      activeAt = Date.now();
      renewIfDue();
    }
    function onPageHide() {
      if (isOver || isFinished() || isStarted()) return;
      navigator.sendBeacon(`/api/v1/assignments/${encodeURIComponent(id)}/release`);
    }

    const timer = setInterval(renewIfDue, 2_000);
    const stopWatching = watchActivity(onActive);
    window.addEventListener("pagehide", onPageHide);
    return () => {
      clearInterval(timer);
      stopWatching();
      window.removeEventListener("pagehide", onPageHide);
      if (!isOver && !isFinished()) releaseSoon(id);
    };
  }, [id, leaseUntil]);
}
