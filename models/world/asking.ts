// A task, and how people put a request: the same wish with and without capitals, full stops, "please" and "can you".

import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { UseCase } from "../../lib/vocabulary/labeling.ts";
import type { Random } from "../random.ts";
import { capital } from "./english.ts";
import type { Constraint, Want } from "./wants.ts";

/** How a prompt is put: one question, examples before it, turns before it, or a system message before it. */
export type PromptForm = "plain" | "few-shot" | "multi-turn" | "system";

/** One prompt, what a right answer must satisfy, and good answers. */
export interface Task {
  useCase: UseCase;
  form: PromptForm;
  prompt: PromptContent;
  want: Want;
  constraints: readonly Constraint[];
  /** The demonstration: a good answer as a person might write it. */
  answer: string;
  /** The same in other wordings, as good; may be empty. */
  otherAnswers: readonly string[];
}

/** A plain request as its maker gives it: one turn, no constraint. */
export interface Request extends Task {
  form: "plain";
  prompt: string;
}

/**
 * A request from its good answers, of which one (by chance) is the demonstration.
 * @param answers different wordings, at least one
 */
export function request(
  r: Random,
  useCase: UseCase,
  prompt: string,
  want: Want,
  answers: string | readonly string[],
): Request {
  const [answer, ...otherAnswers] = typeof answers === "string" ? [answers] : r.sample([...new Set(answers)], 4);
  return { useCase, form: "plain", prompt, want, constraints: [], answer: answer!, otherAnswers };
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
  const isQuestion = /^(what|which|who|is|happy) /.test(imperative);
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
