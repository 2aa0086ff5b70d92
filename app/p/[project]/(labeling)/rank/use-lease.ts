"use client";
// Keeps an assignment while its person works on it, and says when it was lost. Renewing one renews the one fetched ahead.
import { ORPCError } from "@orpc/client";
import { useEffect, useEffectEvent } from "react";
import { api, sentenceOf } from "../../../../../lib/api/client.ts";
import { watchActivity } from "./activity.ts";
import { hold, letGo } from "./holding.ts";

/** No sign of work for this long: the lease is no longer renewed and runs out by itself. */
const idleMs = 5 * 60_000;

/**
 * How often to renew a lease with so much time left: three tries before it runs out.
 * Never rarer than each minute and never more often than three times in one, because this device's clock may be far
 * from the server's, and the time left with it.
 */
export function renewalMs(leftMs: number): number {
  return Math.min(Math.max(leftMs / 3, 20_000), 60_000);
}

interface LeaseOptions {
  /** null: this one is not held (a submitted ranking that was reopened). */
  id: string | null;
  leaseUntil: number;
  isStarted(): boolean;
  /** Submitted or skipped: nothing to keep. */
  isFinished(): boolean;
  onLost(sentence: string): void;
}

export function useLease({ id, leaseUntil, ...options }: LeaseOptions): void {
  const isStarted = useEffectEvent(options.isStarted);
  const isFinished = useEffectEvent(options.isFinished);
  const onLost = useEffectEvent(options.onLost);

  useEffect(() => {
    if (id === null) return;
    const openedAt = Date.now();
    let renewEveryMs = renewalMs(leaseUntil - openedAt);
    let activeAt = openedAt;
    let renewedAt = openedAt;
    let isOver = false;

    const renew = async () => {
      renewedAt = Date.now();
      try {
        const lease = await api.assignments.renew({ id });
        renewEveryMs = renewalMs(lease.leaseUntil - Date.now());
      } catch (error) {
        // Silence is not a no: ask again at the next tick.
        if (!(error instanceof ORPCError) || error.status >= 500 || isOver || isFinished()) return;
        isOver = true;
        letGo(id);
        onLost(sentenceOf(error));
      }
    };
    const tick = () => {
      if (isOver || isFinished()) return;
      hold(id, isStarted());
      const now = Date.now();
      if (now - activeAt <= idleMs && now - renewedAt >= renewEveryMs) renew();
    };
    const onActive = () => {
      const now = Date.now();
      // Back after a long pause: at once, before somebody else takes it.
      const isBack = now - activeAt > idleMs;
      activeAt = now;
      if (isBack) tick();
    };

    hold(id);
    // One fetched ahead may have been given back by another window meanwhile.
    renew();
    const timer = setInterval(tick, 2_000);
    const stopWatching = watchActivity(onActive);
    return () => {
      isOver = true;
      clearInterval(timer);
      stopWatching();
    };
  }, [id, leaseUntil]);
}
