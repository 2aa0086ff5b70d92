"use client";
// Why labelers do not see what the project's judge thinks: said to leads, wherever they meet the judge.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../lib/api/client.ts";

export const judgeStatusOptions = orpc.judge.status.queryOptions({ refetchInterval: 10_000 });

/** Nothing where they see it, or where there is none. */
export function JudgeHidden() {
  const { data } = useQuery(judgeStatusOptions);
  if (!data?.model || data.hidden === null) return null;
  return (
    <p role="note" className="max-w-3xl text-caution">
      Labelers do not see what {data.model.name} thinks. {data.hidden}
    </p>
  );
}
