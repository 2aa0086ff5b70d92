// What can be trained, as people choose it, and a run in one line. PPO and PPO-ptx are one kind: the second reads texts, too.
import type { TrainingData, TrainingRun } from "../../../../../lib/training/shapes.ts";
import { smallWorld, type TrainingKind } from "../../../../../lib/vocabulary/labeling.ts";
import { counted } from "../../../../ui/figures.ts";

export const goals = [
  {
    value: "sft",
    label: "Fine-tuning (SFT)",
    hint: "A language model learns to answer as people demonstrated. The first step of InstructGPT.",
  },
  {
    value: "reward",
    label: "Reward model",
    hint: "Learns from the rankings which answers people prefer, and gives any answer a score.",
  },
  {
    value: "dpo",
    label: "DPO",
    hint: "A language model learns from the rankings directly, without a reward model.",
  },
  {
    value: "ppo",
    label: "PPO",
    hint: "A language model practises on the prompts, and a reward model scores what it answers.",
  },
  {
    value: "ppo-ptx",
    label: "PPO-ptx",
    hint: "PPO that goes on writing plain texts beside it, so that it forgets less. InstructGPT itself.",
  },
] as const;
export type Goal = (typeof goals)[number]["value"];

export const kindOf = (goal: Goal): TrainingKind => (goal === "ppo-ptx" ? "ppo" : goal);

export function goalOf({ kind, data }: Pick<TrainingRun, "kind" | "data">): Goal {
  return kind === "ppo" && data.some(({ dataset }) => dataset === "texts") ? "ppo-ptx" : kind;
}

/** "PPO-ptx" */
export const goalName = (run: Pick<TrainingRun, "kind" | "data">): string =>
  goals.find(({ value }) => value === goalOf(run))?.label ?? run.kind;

export const textsName = (source: string): string => (source === smallWorld ? "the small world" : source);

/** "22 comparisons, 96 pairs" · "3 demonstrations" · "texts of the small world" */
export function dataText({ dataset, source, items, lines }: TrainingData): string {
  if (dataset === "comparisons") return `${counted(items, "comparison")}, ${counted(lines, "pair")}`;
  if (dataset === "demonstrations") return counted(items, "demonstration");
  if (dataset === "prompts") return counted(items, "prompt");
  const many = items === 0 ? "texts" : counted(items, "text");
  return source === smallWorld ? `${many} of ${textsName(source)}` : `${many} in ${source}`;
}
