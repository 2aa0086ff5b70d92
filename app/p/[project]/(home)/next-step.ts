// What waits for a person, from the project's figures and their role: one thing to do next, and the others after it.
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "../../../../lib/api/contract.ts";
import { may, type Role } from "../../../../lib/vocabulary/labeling.ts";
import { counted } from "../../../ui/figures.ts";

export type Overview = InferContractRouterOutputs<typeof contract>["progress"]["overview"];

export interface Step {
  sentence: string;
  action: { name: string; href: string };
}

const waits = (value: number) => (value === 1 ? "waits" : "wait");

/** The first is the one to do next: work that someone waits for comes before what can always be done. Never empty. */
export function nextSteps(overview: Overview, role: Role): [Step, ...Step[]] {
  const { demonstrationsReturned: returned, demonstrationsToReview: toReview, waitingForMe: toRank } = overview;
  const steps: Step[] = [];
  const add = (sentence: string, name: string, href: string) => steps.push({ sentence, action: { name, href } });

  if (returned > 0) {
    const sent = returned === 1 ? "was sent back to you" : "were sent back to you";
    add(`${counted(returned, "demonstration")} ${sent} with a comment.`, "Revise", "/write");
  }
  if (overview.rankingsAskedAgain > 0) {
    add(
      `A reviewer asks you to look at ${counted(overview.rankingsAskedAgain, "ranking")} again.`,
      "Look again",
      "/submitted",
    );
  }
  if (toRank > 0) {
    add(`${counted(toRank, "prompt")} with finished answers ${waits(toRank)} to be ranked.`, "Start ranking", "/rank");
  }
  if (toReview > 0) {
    add(`${counted(toReview, "demonstration")} ${waits(toReview)} for a reviewer.`, "Start reviewing", "/review");
  }
  if (overview.setAside > 0) {
    const [were, are] = overview.setAside === 1 ? ["was", "is"] : ["were", "are"];
    const skipped = `${counted(overview.setAside, "prompt")} ${were} skipped and ${are} handed out no more.`;
    add(skipped, "See why", "/skipped");
  }
  if (may(role, "write")) {
    const generate = () =>
      add("Generate answers to a prompt: they then wait to be ranked.", "Choose a prompt", "/prompts");
    // Where nothing waits to be ranked, answers are what the project needs most.
    if (overview.prompts > 0 && overview.comparisonsLeft === 0) generate();
    const first = "There are no prompts yet. Write the first one: everything else follows from it.";
    const next = "Write a prompt, and the ideal answer if you have one in mind.";
    add(overview.prompts === 0 ? first : next, "Write a prompt", "/write");
  }
  if (may(role, "train") && overview.newPairs > 0) {
    const all = overview.newPairs === overview.pairs;
    const many = all ? counted(overview.newPairs, "pair") : counted(overview.newPairs, "new pair");
    const since = all ? "" : " since the last training run on rankings";
    add(`${many} can be learned from${since}.`, "Train a reward model", "/train");
  }
  const [first, ...others] = steps;
  if (first) return [first, ...others];
  if (may(role, "rank")) {
    const { rankedByOthers: others } = overview;
    const nothing =
      others > 0
        ? `${counted(others, "prompt")} ${others === 1 ? "is" : "are"} being ranked by others just now, none is free.`
        : "Nothing waits to be ranked just now. Finished answers turn up here by themselves.";
    return [{ sentence: nothing, action: { name: "Look at what you submitted", href: "/submitted" } }];
  }
  if (overview.pairs > 0) {
    const all = "Everything that was ranked has been learned from, or is being learned from.";
    return [{ sentence: all, action: { name: "Look at the runs", href: "/train" } }];
  }
  const nothing = "Nothing has been ranked yet: there is nothing to learn from.";
  return [{ sentence: nothing, action: { name: "Look at the prompts", href: "/prompts" } }];
}

/**
 * How long the rankings that are left take at the pace of the last seven days, or of those since the first ranking; null
 * where there is no pace or nothing to do.
 * 12 left, 28 in 7 days → "about 3 days"
 */
export function forecast({ rankingsLeft, rankingsLastWeek, daysRanked }: Overview): string | null {
  if (rankingsLeft === 0 || rankingsLastWeek === 0) return null;
  const days = (rankingsLeft / rankingsLastWeek) * daysRanked;
  if (days < 1) return "less than a day";
  if (days < 14) return `about ${counted(Math.round(days), "day")}`;
  if (days < 60) return `about ${counted(Math.round(days / 7), "week")}`;
  return `about ${counted(Math.round(days / 30), "month")}`;
}
