// axolotl's preference rows (docs.axolotl.ai, chat_template.default): what was said, and the better and the worse answer as
// one message each.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isObject, isPlain, rowAs } from "./format.ts";
import { conversation, turnsOf } from "./openai-chat.ts";
import { pairOf } from "./trl-preference.ts";

const answer = z.object({ role: z.literal("assistant"), content: z.string() });
const preference = conversation.extend({ chosen: answer, rejected: answer });

export const axolotl: Format = {
  name: "axolotl",
  looks: '"messages" beside "chosen" and "rejected"',
  recognises: (row) => has(row, "messages", "chosen", "rejected") && isObject(row) && !Array.isArray(row.chosen),
  read: (row) => {
    const { chosen, rejected, ...said } = rowAs(row, preference);
    const answers = [chosen, rejected].map(({ content }) => ({ text: content }));
    return [{ kind: "ranking", prompt: turnsOf(said), answers, tiers: [[0], [1]] }];
  },
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    if (!better || !worse || !isPlain(item)) return null;
    return { messages: item.prompt, chosen: turn("assistant", better.text), rejected: turn("assistant", worse.text) };
  },
};
