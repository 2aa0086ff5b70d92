"use client";
// The guidelines in force, and what this person has read of them last; asked again now and then while a page stays open.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../lib/api/client.ts";
import type { GuidelineTopic } from "../../../lib/vocabulary/labeling.ts";

export function useGuidelines(topic: GuidelineTopic) {
  return useQuery(
    orpc.guidelines.get.queryOptions({ input: { topic }, staleTime: 60_000, refetchInterval: 5 * 60_000 }),
  );
}
