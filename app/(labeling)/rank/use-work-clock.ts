"use client";
// The time really worked on what is on screen.
import { useCallback, useEffect, useRef } from "react";
import { startWorkClock, type WorkClock, watchActivity } from "./activity.ts";

/** @returns reads the time worked since the component appeared, ms. */
export function useWorkClock(): () => number {
  const clock = useRef<WorkClock | null>(null);
  useEffect(() => {
    const started = startWorkClock(Date.now());
    clock.current = started;
    return watchActivity(() => started.touch(Date.now()));
  }, []);
  return useCallback(() => clock.current?.spentMs() ?? 0, []);
}
