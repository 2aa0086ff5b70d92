// Which prompts are trained on and which are held out: whole prompts, never single pairs.
import { createHash } from "node:crypto";
import type { PromptGroup } from "./data.ts";

export interface Splits {
  train: PromptGroup[];
  heldOut: PromptGroup[];
}

/** Does the data itself keep this group from training? */
export const isHeldOut = (group: PromptGroup): boolean => group.split === "valid" || group.split === "test";

/**
 * Follow the records' own `split` (train against valid and test) where it leaves something on both sides; else hold out
 * a share of the prompts, chosen by a hash of the prompt and the seed: at least one where there are two.
 */
export function splitByPrompt(groups: readonly PromptGroup[], heldOutShare: number, seed: number): Splits {
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
