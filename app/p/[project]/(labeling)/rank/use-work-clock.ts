"use client";
// The time really worked on what is on screen.
import { useCallback, useEffect, useEffectEvent, useRef } from "react";
import { type Spent, startWorkClock, type WorkClock, watchActivity } from "./activity.ts";

/**
 * @param before worked on it earlier
 * @param answer the place of the answer that is being rated alone, null while none is
 * @returns reads the time worked so far
 */
export function useWorkClock(before: Spent, answer: number | null): () => Spent {
  const clock = useRef<WorkClock | null>(null);
  const start = useEffectEvent(() => startWorkClock(Date.now(), before));
  const touch = useEffectEvent(() => clock.current?.touch(Date.now(), answer));
  useEffect(() => {
    clock.current = start();
    return watchActivity(touch);
  }, []);
  return useCallback(() => clock.current?.spent() ?? before, [before]);
}
