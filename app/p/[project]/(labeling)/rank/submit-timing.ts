"use client";
// From a submission to the next prompt painted, for whoever measures: a performance measure of the browser.
import { useEffect } from "react";

const start = "rankloop:submit";
const submitToNext = "rankloop:submit-to-next";

export function markSubmit(): void {
  performance.clearMarks(start);
  performance.mark(start);
}

/** @param assignmentId the one on the screen; null while there is none */
export function useSubmitTiming(assignmentId: string | null): void {
  useEffect(() => {
    if (assignmentId === null || performance.getEntriesByName(start).length === 0) return;
    const end = () => {
      if (performance.getEntriesByName(start).length === 0) return;
      performance.measure(submitToNext, start);
      performance.clearMarks(start);
    };
    // The second frame begins when the first one, with the new prompt on it, has been drawn.
    requestAnimationFrame(() => requestAnimationFrame(end));
  }, [assignmentId]);
}
