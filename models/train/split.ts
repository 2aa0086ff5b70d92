// Which prompts are trained on and which are held out: whole prompts, never single pairs; and what becomes of what is too
// long.
import { createHash } from "node:crypto";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Split } from "../../lib/vocabulary/labeling.ts";
import { DataError } from "./data.ts";

/** Anything that belongs to a prompt: a group of compared answers, a demonstration. */
interface OfPrompt {
  promptKey: string;
  split: Split | undefined;
}

/** Does the data itself keep this from training? */
export const isHeldOut = ({ split }: OfPrompt): boolean => split === "valid" || split === "test";

/**
 * Follow the records' own `split` (train against valid and test) where it leaves something on both sides; else hold out
 * a share of the prompts, chosen by a hash of the prompt and the seed: at least one where there are two.
 * @throws DataError where all of it is held out by its own split: it was kept to be measured on.
 */
export function splitByPrompt<T extends OfPrompt>(
  groups: readonly T[],
  file: string,
  heldOutShare: number,
  seed: number,
): { train: T[]; heldOut: T[] } {
  const own = { train: groups.filter((group) => !isHeldOut(group)), heldOut: groups.filter(isHeldOut) };
  if (own.train.length > 0 && own.heldOut.length > 0) return own;
  if (own.train.length === 0 && own.heldOut.length > 0) {
    throw new DataError(`${file} has only lines that are held out (split "valid" or "test"): nothing to train on.`);
  }

  const order = (key: string) => createHash("sha256").update(`${seed}\n${key}`).digest("hex");
  const keys = [...new Set(groups.map((group) => group.promptKey))].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const count = keys.length < 2 || heldOutShare === 0 ? 0 : Math.max(1, Math.round(keys.length * heldOutShare));
  const held = new Set(keys.slice(0, count));
  return {
    train: groups.filter((group) => !held.has(group.promptKey)),
    heldOut: groups.filter((group) => held.has(group.promptKey)),
  };
}

/** What becomes of answers that do not fit the context behind their prompts. */
export type Overlong = "drop" | "cut" | "refuse";

/** What "refuse" says. */
export const tooLong = (file: string, prompt: PromptContent, context: number): DataError =>
  new DataError(
    `${file}: an answer to "${beginning(prompt)}" is longer than the model's ${context} tokens leave room for, and such are refused.`,
  );

/** A prompt's first words, to know it by. */
export function beginning(prompt: PromptContent): string {
  const text = promptText(messagesOf(prompt));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
