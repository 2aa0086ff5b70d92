// NeMo RL's preference rows (docs.nvidia.com/nemo/rl): the conversation so far, and its completions with their ranks, 0 = best.
import * as z from "zod";
import { message, turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, rowAs } from "./format.ts";
import { ranksOfTiers, tiersOfRanks } from "./ranks.ts";

const completion = z.object({
  rank: z.number(),
  completion: z.array(message).length(1, { error: "one message of the assistant" }),
});
const record = z.object({ context: z.array(message).min(1), completions: z.array(completion).min(1) });

export const nemoRl: Format = {
  name: "nemo-rl",
  looks: '"context" and "completions" with "rank"',
  recognises: (row) => has(row, "context", "completions"),
  read: (row) => {
    const { context: prompt, completions } = rowAs(row, record);
    const answers = completions.map(({ completion: [only] }) => ({ text: only?.content ?? "" }));
    return [{ kind: "ranking", prompt, answers, tiers: tiersOfRanks(completions.map(({ rank }) => rank)) }];
  },
  write: (item) => {
    if (item.kind !== "ranking" || !isPlain(item)) return null;
    const ranks = ranksOfTiers(item.tiers);
    const completions = item.answers.map(({ text }, place) => ({
      rank: ranks[place] ?? 0,
      completion: [turn("assistant", text)],
    }));
    return { context: item.prompt, completions };
  },
};
