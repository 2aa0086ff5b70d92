// Comparisons as a trainer needs them: a training and a held-out part, as token ids, without those that teach nothing.

import type { Tokenizer } from "../gpt/tokenizer.ts";
import { agreement } from "./agreement.ts";
import { DataError, type PromptGroup, readComparisons } from "./data.ts";
import { type Pack, packOf } from "./packed.ts";
import { counted, type Ties } from "./pairwise.ts";
import { beginning, type Overlong, splitByPrompt, tooLong } from "./split.ts";

/** Elements of the loss, the answers to a prompt that were compared, each with its token ids. */
export interface Comparisons {
  groups: PromptGroup[];
  packs: Pack[];
}

export interface ComparisonSettings {
  data: string;
  rows: number;
  ties: Ties;
  overlong: Overlong;
  validFraction: number;
  seed: number;
}

/**
 * The training and the held-out part of a file. Held-out elements have a strict pair each: agreement is measured on them.
 * `figures` say what there is, and what was left out; see `trainReward`.
 * @throws DataError, JsonlError; also where an element has more answers than a step has `rows`.
 */
export async function splitComparisons(
  { data, rows, ties, overlong, validFraction, seed }: ComparisonSettings,
  tokenizer: Tokenizer,
  context: number,
): Promise<{ train: Comparisons; heldOut: Comparisons; figures: Record<string, number> }> {
  const parts = splitByPrompt(await readComparisons(data), data, validFraction, seed);
  const left = { answers: 0, pairs: 0, equal: 0 };
  const ready = (groups: readonly PromptGroup[]): Comparisons => {
    const packed: Comparisons = { groups: [], packs: [] };
    for (const whole of groups) {
      let group = whole;
      let pack = packOf(tokenizer, group.prompt, group.answers, context);
      const long = pack.cut.filter(Boolean).length;
      left.answers += long;
      if (long > 0 && overlong === "refuse") throw tooLong(data, group.prompt, context);
      if (long > 0 && overlong === "drop") {
        group = keptAnswers(whole, (i) => !pack.cut[i]);
        left.pairs += whole.pairs.length - group.pairs.length;
        pack = packOf(tokenizer, group.prompt, group.answers, context);
      }
      const pairs = group.pairs.filter(([winner, loser]) => !isSame(pack.answers[winner]!, pack.answers[loser]!));
      left.equal += group.pairs.length - pairs.length;
      packed.groups.push({ ...group, pairs });
      packed.packs.push(pack);
    }
    return packed;
  };
  const [train, heldOut] = [ready(parts.train), ready(parts.heldOut)].map((all, part) => {
    const used = all.groups.map((group) => (part === 0 ? counted(group, ties) : group.pairs.length) > 0);
    return { groups: all.groups.filter((_, i) => used[i]), packs: all.packs.filter((_, i) => used[i]) };
  }) as [Comparisons, Comparisons];
  if (train.groups.length === 0) throw new DataError(`${data} has no comparison to train on: ${whyNone(left)}.`);
  for (const { prompt, answers } of train.groups) {
    if (answers.length <= rows) continue;
    throw new DataError(
      `"${beginning(prompt)}" has ${answers.length} answers compared together, a step only ${rows}: raise the answers a step (rows).`,
    );
  }
  const sum = (groups: readonly PromptGroup[], list: "pairs" | "ties") =>
    groups.reduce((total, group) => total + group[list].length, 0);
  const prompts = (groups: readonly PromptGroup[]) => new Set(groups.map(({ promptKey }) => promptKey)).size;
  const figures: Record<string, number> = {
    "train/prompts": prompts(train.groups),
    "train/prompts_held_out": prompts(heldOut.groups),
    "train/pairs": sum(train.groups, "pairs"),
    ...(ties === "drop" ? {} : { "train/ties": sum(train.groups, "ties") }),
    ...(left.equal > 0 ? { "train/pairs_equal": left.equal } : {}),
    ...longFigures(left.answers, overlong),
    ...(left.pairs > 0 ? { "train/pairs_too_long": left.pairs } : {}),
  };
  return { train, heldOut, figures };
}

/** How many answers were too long: left out or cut, as it was asked for. None is no figure. */
export function longFigures(answers: number, overlong: Overlong): Record<string, number> {
  if (answers === 0) return {};
  return { [overlong === "drop" ? "train/answers_too_long" : "train/answers_cut"]: answers };
}

function whyNone(left: { pairs: number; equal: number }): string {
  const also = [
    ...(left.equal > 0 ? ["say the same twice"] : []),
    ...(left.pairs > 0 ? ["are too long"] : []),
    "are ties",
    "are held out",
  ];
  return `all ${also.join(", or ")}`;
}

/** A group without some of its answers. */
function keptAnswers(group: PromptGroup, isKept: (index: number) => boolean): PromptGroup {
  const kept = [...group.answers.keys()].filter(isKept);
  const place = new Map(kept.map((old, now) => [old, now]));
  const moved = (list: [number, number][]) =>
    list.flatMap(([a, b]): [number, number][] =>
      place.has(a) && place.has(b) ? [[place.get(a)!, place.get(b)!]] : [],
    );
  const answers = kept.map((i) => group.answers[i]!);
  return { ...group, answers, pairs: moved(group.pairs), ties: moved(group.ties) };
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** The figures of `agreement`, each under `eval/`; none where nothing is held out. */
export function evaluation(
  groups: readonly PromptGroup[],
  scores: readonly ArrayLike<number>[],
): Record<string, number> {
  if (groups.length === 0) return {};
  return Object.fromEntries(Object.entries(agreement(groups, scores)).map(([name, value]) => [`eval/${name}`, value]));
}
