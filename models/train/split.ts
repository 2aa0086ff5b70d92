// Which prompts are trained on and which are held out: whole prompts, never single pairs.
import { createHash } from "node:crypto";
import type { Split } from "../../lib/vocabulary/labeling.ts";

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
 */
export function splitByPrompt<T extends OfPrompt>(
  groups: readonly T[],
  heldOutShare: number,
  seed: number,
): { train: T[]; heldOut: T[] } {
  const own = { train: groups.filter((group) => !isHeldOut(group)), heldOut: groups.filter(isHeldOut) };
  if (own.train.length > 0 && own.heldOut.length > 0) return own;

  const order = (key: string) => createHash("sha256").update(`${seed}\n${key}`).digest("hex");
  const keys = [...new Set(groups.map((group) => group.promptKey))].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const count = keys.length < 2 || heldOutShare === 0 ? 0 : Math.max(1, Math.round(keys.length * heldOutShare));
  const held = new Set(keys.slice(0, count));
  return {
    train: groups.filter((group) => !held.has(group.promptKey)),
    heldOut: groups.filter((group) => held.has(group.promptKey)),
  };
}
