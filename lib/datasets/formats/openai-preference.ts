// OpenAI's preference rows, for its DPO (platform.openai.com/docs/guides/direct-preference-optimization); Azure, Together and
// Fireworks read the same.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isPlain, rowAs } from "./format.ts";
import { conversation, turnsOf } from "./openai-chat.ts";
import { pairOf } from "./trl-preference.ts";

const answer = z
  .array(z.object({ role: z.literal("assistant"), content: z.string() }))
  .length(1, { error: "one message of the assistant" });
const preference = z.object({ input: conversation, preferred_output: answer, non_preferred_output: answer });

export const openaiPreference: Format = {
  name: "openai-preference",
  looks: '"input", "preferred_output" and "non_preferred_output"',
  recognises: (row) => has(row, "input", "preferred_output", "non_preferred_output"),
  read: (row) => {
    const { input, preferred_output: better, non_preferred_output: worse } = rowAs(row, preference);
    const answers = [better, worse].map(([only]) => ({ text: only?.content ?? "" }));
    return [{ kind: "ranking", prompt: turnsOf(input), answers, tiers: [[0], [1]] }];
  },
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || !isPlain(item)) return null;
    return {
      input: { messages: item.prompt, tools: [], parallel_tool_calls: true },
      preferred_output: [turn("assistant", better.text)],
      non_preferred_output: [turn("assistant", worse.text)],
    };
  },
};
