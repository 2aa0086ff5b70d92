// Comparisons made ready for a trainer: what is trained on and what is held out, as token ids, and the plan of the steps.
import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { agreement } from "./agreement.ts";
import { DataError, type PromptGroup, readComparisons } from "./data.ts";
import { type Pack, packOf } from "./packed.ts";
import { counted, type Ties } from "./pairwise.ts";
import { splitByPrompt } from "./split.ts";

/** Elements of the loss, the answers to a prompt that were compared, each with its token ids. */
export interface Comparisons {
  groups: PromptGroup[];
  packs: Pack[];
}

export interface ComparisonSettings {
  data: string;
  rows: number;
  ties: Ties;
  validFraction: number;
  seed: number;
}

/**
 * The training and the held-out part of a file. Held-out elements have a strict pair each: agreement is measured on them.
 * @throws DataError, JsonlError; also where an element has more answers than a step has `rows`.
 */
export async function splitComparisons(
  { data, rows, ties, validFraction, seed }: ComparisonSettings,
  tokenizer: Tokenizer,
  context: number,
): Promise<{ train: Comparisons; heldOut: Comparisons }> {
  const { train, heldOut } = splitByPrompt(await readComparisons(data), validFraction, seed);
  const usable = train.filter((group) => counted(group, ties) > 0);
  if (usable.length === 0) throw new DataError(`${data} has no comparison to train on: all are ties, or held out.`);
  for (const { prompt, answers } of usable) {
    if (answers.length <= rows) continue;
    const text = promptText(messagesOf(prompt));
    const start = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    throw new DataError(
      `"${start}" has ${answers.length} answers compared together, a step only ${rows}: raise the answers a step (rows).`,
    );
  }
  const packed = (groups: PromptGroup[]): Comparisons => ({
    groups,
    packs: groups.map(({ prompt, answers }) => packOf(tokenizer, prompt, answers, context)),
  });
  return { train: packed(usable), heldOut: packed(heldOut.filter(({ pairs }) => pairs.length > 0)) };
}

/** The figures of `agreement`, each under `eval/`; none where nothing is held out. */
export function evaluation(
  groups: readonly PromptGroup[],
  scores: readonly ArrayLike<number>[],
): Record<string, number> {
  if (groups.length === 0) return {};
  return Object.fromEntries(Object.entries(agreement(groups, scores)).map(([name, value]) => [`eval/${name}`, value]));
}

/** What a finished run says about its data. */
export function dataFigures({ train, heldOut }: { train: Comparisons; heldOut: Comparisons }, ties: Ties) {
  const figures: Record<string, number> = {
    "train/prompts": new Set(train.groups.map((group) => group.promptKey)).size,
    "train/pairs": train.groups.reduce((sum, { pairs }) => sum + pairs.length, 0),
    "train/rows_cut": [...train.packs, ...heldOut.packs].reduce((sum, p) => sum + (p.cut ? p.answers.length : 0), 0),
  };
  if (ties !== "drop") figures["train/ties"] = train.groups.reduce((sum, group) => sum + group.ties.length, 0);
  return figures;
}
