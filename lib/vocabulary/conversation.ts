// Conversations: what a model is asked, as turns. Few-shot prompts become one turn in GPT-3's format (Brown et al. 2020, fig. 2.1).
import * as z from "zod";

export const turnRoles = ["system", "user", "assistant"] as const;

/** One turn; the names of TRL, OpenAI and the chat templates of Hugging Face tokenizers. */
export const message = z.object({ role: z.enum(turnRoles), content: z.string() });
export type Message = z.infer<typeof message>;

/** turn("user", "Hi.") → { role: "user", content: "Hi." } */
export const turn = (role: Message["role"], content: string): Message => ({ role, content });

/** PromptContent is what a model is asked: turns, or one question as its text. */
export type PromptContent = string | readonly Message[];

export const messagesOf = (prompt: PromptContent): readonly Message[] =>
  typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;

/** A shot is one example of a few-shot prompt: a query and its response. */
export interface Shot {
  query: string;
  response: string;
}

const names = { system: "System", user: "User", assistant: "Assistant" } as const;

/**
 * The turns as one text, for lists and for files that hold a prompt as a string. A single question is itself;
 * of several turns each carries its role's name.
 * promptText([{ role: "user", content: "Hi." }]) → "Hi."
 */
export function promptText(messages: readonly Message[]): string {
  const [only, ...others] = messages;
  if (only?.role === "user" && others.length === 0) return only.content;
  return messages.map(({ role, content }) => `${names[role]}: ${content}`).join("\n\n");
}

/**
 * An instruction, examples and the query to answer, as one turn of the person.
 * fewShotText("Say the opposite.", [{ query: "hot", response: "cold" }], "up")
 * → "Say the opposite.\n\nInput: hot\nOutput: cold\n\nInput: up\nOutput:"
 */
export function fewShotText(instruction: string, shots: readonly Shot[], query: string): string {
  const examples = shots.map((shot) => `Input: ${shot.query}\nOutput: ${shot.response}`);
  return [instruction, ...examples, `Input: ${query}\nOutput:`].join("\n\n");
}

/**
 * What is wrong with the order of the turns, as a sentence; null when nothing is: an optional system message first, then the
 * person and the assistant by turns, the person last. The person may say two things in a row: MT-bench asks a second
 * question, and people write twice before they are answered.
 */
export function turnsProblem(messages: readonly Message[]): string | null {
  const turns = messages[0]?.role === "system" ? messages.slice(1) : messages;
  if (turns.length === 0) return "The prompt has no question: write what the person asks.";
  const mayFollow = (at: number): Message["role"][] =>
    turns[at - 1]?.role === "user" ? ["user", "assistant"] : ["user"];
  const wrong = turns.findIndex(({ role }, at) => !mayFollow(at).includes(role));
  if (wrong >= 0) {
    const whose = turns[wrong]?.role === "system" && turns[wrong - 1]?.role === "user" ? "assistant" : "user";
    return `Turn ${wrong + 1} is the ${whose}'s: the turns alternate.`;
  }
  return turns.at(-1)?.role === "user" ? null : "The last turn is the person's: it is what the model answers.";
}

/**
 * The turns as models are asked: what the person says in a row is one turn, with a blank line between. Most chat templates
 * know only turns that alternate, and some refuse others.
 */
export function alternating(messages: readonly Message[]): Message[] {
  const turns: Message[] = [];
  for (const { role, content } of messages) {
    const last = turns.at(-1);
    if (role === "user" && last?.role === "user") turns[turns.length - 1] = turn(role, `${last.content}\n\n${content}`);
    else turns.push({ role, content });
  }
  return turns;
}
