// What each goal would learn from just now, in words; and what to do where there is nothing.
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "../../../../../lib/api/contract.ts";
import { counted } from "../../../../ui/figures.ts";
import type { Goal } from "./goals.ts";

export type Sources = InferContractRouterOutputs<typeof contract>["training"]["sources"];

interface Missing {
  sentence: string;
  action: string;
  href: string;
}

/** Fewer pairs than this hardly teach more than chance (Gao et al. 2022). */
const enoughPairs = 2_000;

export function learnsFrom(goal: Goal, { data }: Sources): { text: string; missing: Missing | null } {
  const of = (name: (typeof data)[number]["dataset"]) =>
    data.find(({ dataset }) => dataset === name) ?? { items: 0, lines: 0 };
  if (goal === "sft") {
    const { items } = of("demonstrations");
    return {
      text: `Trains on all ${counted(items, "demonstration")} as they are now, in their latest version. Those sent back are left out.`,
      missing: items > 0 ? null : noDemonstrations,
    };
  }
  if (goal === "ppo" || goal === "ppo-ptx") {
    const { items } = of("prompts");
    return {
      text: `Practises on all ${counted(items, "prompt")} as they are now, but on none that is held out.`,
      missing: items > 0 ? null : noPrompts,
    };
  }
  const { items, lines } = of("comparisons");
  const said = [
    `Trains on all ${counted(items, "ranked comparison")} as they are now: ${counted(lines, "pair")} without ties.`,
  ];
  if (lines < enoughPairs)
    said.push("Below about 2,000, expect hardly more than chance on new prompts (Gao et al. 2022).");
  const demonstrations = of("demonstrations").items;
  if (goal === "reward" && demonstrations > 0) {
    said.push(`The ${counted(demonstrations, "demonstration")} will score 0 on average.`);
  }
  return { text: said.join(" "), missing: lines > 0 ? null : noPairs };
}

const noDemonstrations: Missing = {
  sentence: "There are no demonstrations to learn from yet: write some first.",
  action: "Write a demonstration",
  href: "/write",
};
const noPairs: Missing = {
  sentence: "There are no pairs to learn from yet: rank some answers first. A ranking with ties only makes none.",
  action: "Rank answers",
  href: "/rank",
};
const noPrompts: Missing = {
  sentence: "There are no prompts to practise on yet: write some first.",
  action: "Write a prompt",
  href: "/write",
};
