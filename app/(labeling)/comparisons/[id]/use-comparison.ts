"use client";
// A comparison that stays up to date while its answers are written or scored.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../lib/api/client.ts";

const watchOptions = (id: string) =>
  orpc.comparisons.watch.experimental_liveOptions({
    input: { id },
    // A server that restarts while answers are written: go on watching when it is back.
    context: { retry: Number.POSITIVE_INFINITY },
    staleTime: 0,
  });

/** The stream ends with the work it shows; `watchAgain` opens it anew after a regenerate or a score was asked for. */
export function useComparison(id: string) {
  const { data, error, refetch } = useQuery(watchOptions(id));
  return { comparison: data, error, watchAgain: () => refetch({ cancelRefetch: true }) };
}
