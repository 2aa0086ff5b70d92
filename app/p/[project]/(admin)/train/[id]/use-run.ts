"use client";
// A training run and its points, up to date while it trains.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { orpc } from "../../../../../../lib/api/client.ts";

const watchOptions = (id: string, enabled: boolean) =>
  orpc.training.watch.experimental_streamedOptions({
    input: { id },
    context: { retry: Number.POSITIVE_INFINITY },
    enabled,
    // Opened again, the stream starts with all points: appended, nothing on screen blinks, and twice the same is one.
    queryFnOptions: { refetchMode: "append" },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });

/** @param id null: no run at all */
export function useRun(id: string | null) {
  const { data: events, error, refetch } = useQuery(watchOptions(id ?? "", id !== null));
  const points = useMemo(() => events?.flatMap((event) => event.points) ?? [], [events]);
  return { run: events?.at(-1)?.run, points, error, watchAgain: () => refetch() };
}
