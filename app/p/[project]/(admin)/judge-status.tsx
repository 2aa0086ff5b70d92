"use client";
// How the project's judge is doing, for leads: why labelers do not see its scores, and whether it can choose what is ranked next.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../lib/api/client.ts";
import { count, counted } from "../../../ui/figures.ts";
import { Problem, Skeleton } from "../../../ui/states.tsx";

export const judgeStatusOptions = orpc.judge.status.queryOptions({ refetchInterval: 10_000 });

/** JudgeHidden shows nothing where labelers see the scores, or where there is no judge. */
export function JudgeHidden() {
  const { data } = useQuery(judgeStatusOptions);
  if (!data?.model || data.hidden === null) return null;
  return (
    <p role="note" className="max-w-3xl text-caution">
      Labelers do not see what {data.model.name} thinks. {data.hidden}
    </p>
  );
}

/** Choosing says whether the judge can choose, and how much it has scored; else what happens instead. */
export function Choosing() {
  const { data, error } = useQuery(judgeStatusOptions);
  if (error) return <Problem error={error} />;
  if (!data) return <Skeleton lines={1} />;
  const { model, problem, scored, comparisons } = data;
  const meanwhile = "Until then prompts come in the order they were written.";
  const sentence =
    model && problem === null
      ? model.heads > 0
        ? `${model.name} has read the answers of ${count(scored)} of ${counted(comparisons, "comparison")}; those it has not read come last, oldest first.`
        : `${model.name} was trained without several heads, so it cannot say how unsure it is: train a new reward model. ${meanwhile}`
      : problem === null
        ? `No judge is chosen: choose one below. ${meanwhile}`
        : `The reward model cannot read the answers: ${problem} ${meanwhile}`;
  return (
    <p role="status" className={`max-w-3xl ${model?.heads && problem === null ? "text-muted" : "text-caution"}`}>
      {sentence}
    </p>
  );
}
