// What a person should do next, from the project's figures: one sentence, one button, at most one other.
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "../../lib/api/contract.ts";
import { counted } from "../ui/figures.ts";

export type Overview = InferContractRouterOutputs<typeof contract>["progress"]["overview"];

interface Way {
  name: string;
  href: string;
}

export interface NextStep {
  sentence: string;
  action: Way;
  other?: Way;
}

const write: Way = { name: "Write a prompt", href: "/write" };
const choose: Way = { name: "Choose a prompt", href: "/prompts" };
const rank: Way = { name: "Start ranking", href: "/rank" };
const train: Way = { name: "Train a reward model", href: "/train" };

/** @param isLead may train (admin, reviewer) */
export function nextStep(overview: Overview, isLead: boolean): NextStep {
  if (overview.waitingForMe > 0) {
    const sentence = `${counted(overview.waitingForMe, "prompt")} with finished answers ${overview.waitingForMe === 1 ? "waits" : "wait"} to be ranked.`;
    return { sentence, action: rank, other: write };
  }
  if (overview.prompts === 0) {
    return {
      sentence: "There are no prompts yet. Write the first one: everything else follows from it.",
      action: write,
    };
  }
  if (overview.rankings === 0) {
    return {
      sentence: "Nothing has been ranked yet. Choose a prompt and generate answers: they then wait here to be ranked.",
      action: choose,
      other: write,
    };
  }
  return {
    sentence: "Nothing waits to be ranked just now. Generate answers for another prompt, or write one.",
    action: choose,
    other: isLead && overview.pairs > 0 ? train : write,
  };
}
