// Trees of Open Assistant (projects.laion.ai/Open-Assistant): people's messages and their replies, ranked among siblings.
// Every group of two or more ranked replies is a ranking of what was said up to there. Written is a tree for each ranking, whose
// messages are numbered within it: such an id says nothing of where a message comes from, and is not read back.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as z from "zod";
import type { Message } from "../../vocabulary/conversation.ts";
import {
  type Answer,
  defined,
  type Format,
  has,
  type Item,
  isPlain,
  RowRefused,
  rowAs,
  withoutNulls,
} from "./format.ts";
import { ranksOfTiers } from "./ranks.ts";

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
const tree = z.object({ message_tree_id: z.string(), prompt: node });

export const oasst: Format = {
  name: "oasst",
  looks: '"message_tree_id" and a "prompt" with "replies"',
  recognises: (row) => has(row, "message_tree_id", "prompt"),
  read: (row) => {
    const { message_tree_id: id, prompt } = rowAs(row, tree);
    if (prompt.role !== "prompter") throw new RowRefused("The tree does not begin with a prompter's message.");
    const idOf: IdOf = ({ message_id }) => (message_id?.startsWith(`${id}.`) ? undefined : message_id);
    // The tree stands for a user: what is asked in it has the same beginning, and must not be learned from and tested on.
    const beside = defined({ promptId: idOf(prompt), user: idOf(prompt) && id });
    const found = [...rankingsIn(prompt, [], idOf)].map((item) => ({ ...item, ...defined({ user: beside.user }) }));
    const asked = [{ role: "user" as const, content: prompt.text }];
    return found.length > 0 ? found : [{ kind: "prompt", prompt: asked, ...beside }];
  },
  write: (item) => {
    if (item.kind !== "ranking" || !isPlain(item)) return null;
    if (item.prompt[0]?.role !== "user" || item.prompt.at(-1)?.role !== "user") return null;
    if (item.prompt.some(({ role }) => role === "system")) return null;
    const id = bytesToHex(sha256(utf8ToBytes(JSON.stringify(item)))).slice(0, 32);
    const ranks = ranksOfTiers(item.tiers);
    const depth = item.prompt.length;
    let replies: object[] = item.answers.map(({ text }, place) => ({
      ...{ message_id: `${id}.${depth + place}`, parent_id: `${id}.${depth - 1}`, text, role: "assistant" },
      ...{ rank: ranks[place], replies: [] },
    }));
    for (const [at, { role, content: text }] of [...item.prompt.entries()].reverse()) {
      const said = { text, role: role === "user" ? "prompter" : "assistant", replies };
      replies = [{ message_id: `${id}.${at}`, ...(at > 0 && { parent_id: `${id}.${at - 1}` }), ...said }];
    }
    return { message_tree_id: id, tree_state: "ready_for_export", prompt: replies[0] };
  },
};

/** The id of a message; undefined where it only numbers it. */
type IdOf = (message: Node) => string | undefined;

/** @param before what was said before this message */
function* rankingsIn(message: Node, before: readonly Message[], idOf: IdOf): Generator<Item, void, undefined> {
  const { text, role } = message;
  const prompt = [...before, { role: role === "prompter" ? ("user" as const) : ("assistant" as const), content: text }];
  const ranked = message.replies.filter((reply) => reply.rank !== undefined && !reply.deleted);
  if (role === "prompter" && ranked.length > 1) {
    const ranks = [...new Set(ranked.map(({ rank }) => rank ?? 0))].toSorted((a, b) => a - b);
    const tiers = ranks.map((rank) => [...ranked.keys()].filter((place) => ranked[place]?.rank === rank));
    yield {
      kind: "ranking",
      prompt,
      answers: ranked.map((reply) => answerOf(reply, idOf)),
      tiers,
      ...defined({ promptId: idOf(message) }),
    };
  }
  for (const reply of message.replies) if (!reply.deleted) yield* rankingsIn(reply, prompt, idOf);
}

const answerOf = (reply: Node, idOf: IdOf): Answer => ({
  text: reply.text,
  ...defined({ id: idOf(reply), writer: reply.model_name }),
});
