// How people put a request: the same wish with and without capitals, full stops, "please" and "can you".

import type { Random } from "../random.ts";
import { capital } from "./english.ts";

/** InstructGPT's ten use cases, spelled as the application spells them. */
export type UseCase =
  | "generation"
  | "open QA"
  | "brainstorming"
  | "chat"
  | "rewrite"
  | "summarization"
  | "classification"
  | "other"
  | "closed QA"
  | "extract";

/** One prompt with a good answer. */
export interface Task {
  useCase: UseCase;
  prompt: string;
  answer: string;
}

/** An order such as "tell me a story about a fox" (no capital, no full stop) in one of the ways people write it. */
export function order(r: Random, imperative: string): string {
  const style = r.next();
  if (style < 0.5) return `${capital(imperative)}.`;
  if (style < 0.62) return capital(imperative);
  if (style < 0.74) return imperative;
  if (style < 0.8) return `Please ${imperative}.`;
  if (style < 0.84) return `please ${imperative}`;
  if (style < 0.9) return `Can you ${imperative}?`;
  if (style < 0.93) return `Could you ${imperative}, please?`;
  if (style < 0.96) return `I want you to ${imperative}.`;
  if (style < 0.98) return `${capital(imperative)}, please.`;
  return r.pick([`can you ${imperative}`, `Hello! Can you ${imperative}?`, `${imperative}, please`]);
}

/** A question such as "what does an owl eat" (no capital, no question mark) in one of the ways people write it. */
export function question(r: Random, text: string): string {
  const style = r.next();
  if (style < 0.58) return `${capital(text)}?`;
  if (style < 0.66) return capital(text);
  if (style < 0.76) return `${text}?`;
  if (style < 0.88) return text;
  if (style < 0.91) return `Question: ${capital(text)}?`;
  if (style < 0.94) return `Tell me, ${text}?`;
  if (style < 0.97) return `I have a question. ${capital(text)}?`;
  return `Please answer: ${text}?`;
}

/** An order about a given text: before it, after it, on its own line or not. */
export function orderWith(r: Random, imperative: string, passage: string): string {
  const style = r.next();
  const isQuestion = /^(what|which|is|happy) /.test(imperative);
  const polite = !isQuestion && r.chance(0.12) ? `please ${imperative}` : imperative;
  if (isQuestion) {
    return r.pick([
      `${capital(imperative)}? ${passage}`,
      `${capital(imperative)}?\n${passage}`,
      `${passage}\n${capital(imperative)}?`,
      `${passage} ${capital(imperative)}?`,
      `${capital(imperative)}: ${passage}`,
      `${imperative}? ${passage}`,
    ]);
  }
  if (style < 0.4) return `${capital(polite)}: ${passage}`;
  if (style < 0.6) return `${capital(polite)}:\n${passage}`;
  if (style < 0.72) return `${capital(polite)}.\n${passage}`;
  if (style < 0.84) return `${polite}: ${passage}`;
  return `${passage}\n${capital(polite)}.`;
}
