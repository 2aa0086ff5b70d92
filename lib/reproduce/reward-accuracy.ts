// How often reward models order answers as people did, beside how often people agree with each other (InstructGPT, 4.1).
import { bootstrap, type Interval } from "../../models/interval.ts";
import { Random } from "../../models/random.ts";
import { agreement, pairAccuracy } from "../../models/train/agreement.ts";
import { type PromptGroup, readComparisons } from "../../models/train/data.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Task } from "../../models/world/asking.ts";
import { goldRanking } from "../../models/world/gold.ts";
import type { Labeler } from "../../models/world/labelers.ts";
import {
  type Agreement,
  agreementOfRankings,
  agreementOnOrdered,
  agreementShare,
  totalAgreement,
} from "../preference/agreement.ts";
import type { ComparisonRecord } from "../preference/records.ts";
import { writeRecords } from "./data.ts";

/** The comparisons of some labelers on some prompts, as a trainer reads them. */
export async function comparisonsOf(
  records: readonly ComparisonRecord[],
  wanted: (record: ComparisonRecord) => boolean,
  file: string,
): Promise<PromptGroup[]> {
  await writeRecords(file, records.filter(wanted));
  return readComparisons(file);
}

/** The scores that a reward model gives the answers of each group. */
export async function scoresOf(
  rewardModel: string,
  groups: readonly PromptGroup[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const scorer = await RewardScorer.load(rewardModel);
  try {
    return await scorer.scoreGroups(groups, signal);
  } finally {
    await scorer.dispose();
  }
}

/** The baseline that any reward model has to beat: the length of each answer as its score. */
export const lengthsOf = (groups: readonly PromptGroup[]): number[][] =>
  groups.map(({ answers }) => answers.map(({ length }) => length));

/** How much more often one scoring is right than another, on the same pairs; the interval is over the groups. */
export function advantage(
  groups: readonly PromptGroup[],
  one: readonly ArrayLike<number>[],
  other: readonly ArrayLike<number>[],
): Interval {
  const right = (sample: readonly number[], scores: readonly ArrayLike<number>[]) =>
    pairAccuracy(
      sample.map((i) => groups[i]!),
      sample.map((i) => scores[i]!),
    )!;
  return bootstrap([...groups.keys()], (sample) => right(sample, one) - right(sample, other));
}

/** The share of strict pairs that scores order as the labelers did, with its interval over the prompts. */
export function accuracyBy(groups: readonly PromptGroup[], scores: readonly ArrayLike<number>[]): Interval {
  const { accuracy: value, accuracy_low: low, accuracy_high: high } = agreement(groups, scores);
  return { value, low, high };
}

/** Shown is a task with its answers in the order they were shown. */
export interface Shown {
  task: Task;
  answers: readonly string[];
}

export interface LabelerAgreement {
  /** How often a training labeler orders another one's pairs alike, which is how a reward model's accuracy is measured. */
  instead: Interval;
  /** Two training labelers, two held-out ones, one of each. */
  training: Interval;
  heldOut: Interval;
  across: Interval;
  /** How far labelers agree with the gold judge. */
  gold: Interval;
}

/** Agreement pooled over all pairs, as the reward model's accuracy is; the interval is over prompts. */
function pooled(prompts: readonly (readonly Agreement[])[]): Interval {
  return bootstrap(prompts, (sample) => agreementShare(totalAgreement(sample.flat()))!);
}

/** How far labelers agree when all of them rank the same answers; a tie against an order counts half. */
export function labelerAgreement(shown: readonly Shown[], labelers: readonly Labeler[]): LabelerAgreement {
  const rankings = shown.map(({ task, answers }, i) => ({
    gold: goldRanking(task, [...answers]),
    tiers: labelers.map((labeler, l) => labeler.rank(task, answers, new Random(i * 2 ** 32 + l))),
  }));
  const between = (wanted: (one: Labeler, other: Labeler) => boolean): Interval => {
    const pairs = labelers.flatMap((one, i) =>
      labelers.flatMap((other, j) => (i < j && wanted(one, other) ? [[i, j] as const] : [])),
    );
    return pooled(rankings.map(({ tiers }) => pairs.map(([i, j]) => agreementOfRankings(tiers[i]!, tiers[j]!))));
  };
  const trainers = [...labelers.keys()].filter((l) => !labelers[l]!.heldOut);
  const others = trainers.flatMap((i) => trainers.flatMap((j) => (i === j ? [] : [[i, j] as const])));
  return {
    instead: pooled(rankings.map(({ tiers }) => others.map(([i, j]) => agreementOnOrdered(tiers[i]!, tiers[j]!)))),
    training: between((one, other) => !one.heldOut && !other.heldOut),
    heldOut: between((one, other) => one.heldOut && other.heldOut),
    across: between((one, other) => one.heldOut !== other.heldOut),
    gold: pooled(rankings.map(({ gold, tiers }) => tiers.map((one) => agreementOfRankings(one, gold)))),
  };
}
