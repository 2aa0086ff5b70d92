// Few-shot prompts as turns: an instruction, examples and the input to answer become one turn of the person.

import { fewShotText, type Message, type Shot } from "./conversation.ts";
import { DomainError } from "./domain-error.ts";
import { limits } from "./limits.ts";

export function fewShotMessages(
  { instruction, shots, query }: { instruction: string; shots: readonly Shot[]; query: string },
  system?: string,
): Message[] {
  const question: Message = { role: "user", content: fewShotText(instruction, shots, query) };
  return system === undefined ? [question] : [{ role: "system", content: system }, question];
}

export const tooLong = (messages: readonly Message[]): boolean =>
  messages.reduce((sum, { content }) => sum + content.length, 0) > limits.promptCharacters;

/** Refuses turns that together are too long, though each may be within its limit. @throws DomainError BAD_REQUEST */
export function refuseTooLong(messages: readonly Message[]): void {
  if (!tooLong(messages)) return;
  const most = `at most ${limits.promptCharacters.toLocaleString("en")} characters`;
  throw new DomainError("BAD_REQUEST", `The prompt is too long: ${most}.`);
}
