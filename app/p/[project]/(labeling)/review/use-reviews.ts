"use client";
// The demonstrations that wait for this reviewer, oldest first, and what has been reviewed already.
import type { InferContractRouterOutputs } from "@orpc/contract";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import type { contract } from "../../../../../lib/api/contract.ts";

export type Reviewable = InferContractRouterOutputs<typeof contract>["demonstrations"]["list"]["items"][number];

const waiting = orpc.demonstrations.list.queryOptions({
  input: { state: "unreviewed", of: "others", limit: 50 },
  // What others review meanwhile would jump away under one's eyes: asked for anew after each review.
  refetchOnWindowFocus: false,
});

/** Several at a time, so that the next one is there at once. */
export function useWaiting() {
  const queryClient = useQueryClient();
  const query = useQuery(waiting);
  return {
    query,
    /** A review has arrived: lists and figures are old. */
    refresh() {
      for (const queryKey of [orpc.demonstrations.key(), orpc.prompts.key(), orpc.progress.key()]) {
        queryClient.invalidateQueries({ queryKey });
      }
    },
  };
}

export function useReviewed(state: "accepted" | "returned") {
  return useInfiniteQuery(
    orpc.demonstrations.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ state, of: "others", cursor, limit: 20 }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.next ?? undefined,
    }),
  );
}
