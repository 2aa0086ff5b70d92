// Which texts belong to training, validation and test: by a hash of what they say, so that no seed can mix them.

import { messagesOf, type PromptContent } from "../../lib/vocabulary/conversation.ts";

export type Part = "all" | "train" | "validation" | "test";

/** What a text says, without capitals, marks, polite words and the form of the request. */
export const coreOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(
      /\b(please|can you|could you|i want you to|hello|question|tell me|i have a question|answer|do you know)\b/g,
      "",
    )
    .replace(/[^\p{L}\d]+/gu, " ")
    .trim();

/**
 * A twentieth of all prompts (or plain texts) is kept for validation, another for testing. Capitals, marks, polite words
 * and the form of the request do not count: "please tell me, what does an owl eat" is "What does an owl eat?".
 */
export function partOf(text: string): Exclude<Part, "all"> {
  const bucket = hashOf(coreOf(text)) % 20;
  return bucket === 0 ? "validation" : bucket === 1 ? "test" : "train";
}

/**
 * The part of a prompt of any number of turns: all that the person says together decides, the system message does not.
 * null for prompts that belong nowhere: whole they would be training's, but one of their turns is a prompt held out.
 */
export function partOfPrompt(prompt: PromptContent): Exclude<Part, "all"> | null {
  const turns = messagesOf(prompt).flatMap(({ role, content }) => (role === "user" ? [content] : []));
  const part = partOf(turns.join("\n"));
  return part === "train" && turns.some((turn) => partOf(turn) !== "train") ? null : part;
}

/** True the first time a text is seen. Remembers 53-bit hashes: a million texts cost some 50 MB. */
export function unseen(): (text: string) => boolean {
  const seen = new Set<number>();
  return (text) => {
    const hash = hashOf(text);
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  };
}

/** FNV-1a over UTF-16 units in two lanes, 53 bits together. */
function hashOf(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + i), 0x5bd1e995);
  }
  return (high >>> 0) * 0x200000 + ((low ^ (low >>> 15)) & 0x1fffff);
}
