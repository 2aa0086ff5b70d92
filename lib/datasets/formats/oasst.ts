// Trees of Open Assistant (projects.laion.ai/Open-Assistant): people's messages and their replies, ranked among siblings.
// Every group of two or more ranked replies is a ranking of what was said up to there.
import * as z from "zod";
import type { Message } from "../../vocabulary/conversation.ts";
import { type Answer, defined, type Format, has, type Item, RowRefused, rowAs, withoutNulls } from "./format.ts";

interface Node {
  text: string;
  role: "prompter" | "assistant";
  message_id?: string | undefined;
  rank?: number | undefined;
  deleted?: boolean | undefined;
  model_name?: string | undefined;
  replies: Node[];
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.preprocess(
    withoutNulls,
    z.object({
      text: z.string(),
      role: z.enum(["prompter", "assistant"]),
      message_id: z.string().optional(),
      rank: z.number().optional(),
      deleted: z.boolean().optional(),
      model_name: z.string().optional(),
      replies: z.array(node).default([]),
    }),
  ),
);
const tree = z.object({ prompt: node });

export const oasst: Format = {
  name: "oasst",
  looks: '"message_tree_id" and a "prompt" with "replies"',
  recognises: (row) => has(row, "message_tree_id", "prompt"),
  read: (row) => {
    const { prompt } = rowAs(row, tree);
    if (prompt.role !== "prompter") throw new RowRefused("The tree does not begin with a prompter's message.");
    const found = [...rankingsIn(prompt, [])];
    const asked = [{ role: "user" as const, content: prompt.text }];
    return found.length > 0 ? found : [{ kind: "prompt", prompt: asked, ...defined({ promptId: prompt.message_id }) }];
  },
};

/** @param before what was said before this message */
function* rankingsIn(message: Node, before: readonly Message[]): Generator<Item, void, undefined> {
  const { text, role, message_id: promptId } = message;
  const prompt = [...before, { role: role === "prompter" ? ("user" as const) : ("assistant" as const), content: text }];
  const ranked = message.replies.filter((reply) => reply.rank !== undefined && !reply.deleted);
  if (role === "prompter" && ranked.length > 1) {
    const ranks = [...new Set(ranked.map(({ rank }) => rank ?? 0))].toSorted((a, b) => a - b);
    const tiers = ranks.map((rank) => [...ranked.keys()].filter((place) => ranked[place]?.rank === rank));
    yield { kind: "ranking", prompt, answers: ranked.map(answerOf), tiers, ...defined({ promptId }) };
  }
  for (const reply of message.replies) if (!reply.deleted) yield* rankingsIn(reply, prompt);
}

const answerOf = ({ text, message_id: id, model_name: writer }: Node): Answer => ({ text, ...defined({ id, writer }) });
