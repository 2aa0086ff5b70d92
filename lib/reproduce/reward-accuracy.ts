// How often reward models order answers as people did, beside how often people agree with each other (InstructGPT, 4.1).
import { writeFile } from "node:fs/promises";
import { bootstrap, type Interval, mean } from "../../models/interval.ts";
import { Random } from "../../models/random.ts";
import { agreement } from "../../models/train/agreement.ts";
import { type PromptGroup, readComparisons } from "../../models/train/data.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Task } from "../../models/world/asking.ts";
import { goldRanking } from "../../models/world/gold.ts";
import { type Labeler, rankingAgreement } from "../../models/world/labelers.ts";
import { orderedPairs } from "../preference/pairs.ts";
import type { Tiers } from "../preference/ranking.ts";
import type { ComparisonRecord } from "../preference/records.ts";

/** The comparisons of some labelers on some prompts, as a trainer reads them. */
export async function comparisonsOf(
  records: readonly ComparisonRecord[],
  wanted: (record: ComparisonRecord) => boolean,
  file: string,
): Promise<PromptGroup[]> {
  await writeFile(
    file,
    records
      .filter(wanted)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(""),
  );
  return readComparisons(file);
}

export interface Accuracy extends Interval {
  /** Of scoring an answer by its length. */
  longer: number;
}

/** Share of strict pairs that the reward model orders as the labelers did, with its interval over the prompts. */
export async function accuracyOf(rewardModel: string, groups: readonly PromptGroup[]): Promise<Accuracy> {
  const scorer = await RewardScorer.load(rewardModel);
  try {
    const scores = await scorer.scoreGroups(groups);
    const { accuracy, accuracy_low, accuracy_high, longer_wins } = agreement(groups, scores);
    return { value: accuracy, low: accuracy_low, high: accuracy_high, longer: longer_wins };
  } finally {
    await scorer.dispose();
  }
}

/** Answers to a task, as they were shown. */
export interface Shown {
  task: Task;
  answers: readonly string[];
}

export interface LabelerAgreement {
  /** How often a training labeler orders the pairs as another one ordered them: what a reward model's accuracy is. */
  instead: Interval;
  /** Two training labelers, two held-out ones, one of each. */
  training: Interval;
  heldOut: Interval;
  across: Interval;
  /** With the gold judge. */
  gold: Interval;
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
    const each = rankings.map(({ tiers }) => mean(pairs.map(([i, j]) => rankingAgreement(tiers[i]!, tiers[j]!))));
    return bootstrap(each, mean);
  };
  const withGold = ({ gold, tiers }: { gold: Tiers; tiers: Tiers[] }) =>
    mean(tiers.map((one) => rankingAgreement(one, gold)));
  const trainers = [...labelers.keys()].filter((l) => !labelers[l]!.heldOut);
  const instead = rankings.flatMap(({ tiers }) => {
    const each = trainers.flatMap((i) =>
      trainers.flatMap((j) => (i === j ? [] : strictAgreement(tiers[i]!, tiers[j]!))),
    );
    return each.length > 0 ? [mean(each)] : [];
  });
  return {
    instead: bootstrap(instead, mean),
    training: between((one, other) => !one.heldOut && !other.heldOut),
    heldOut: between((one, other) => one.heldOut && other.heldOut),
    across: between((one, other) => one.heldOut !== other.heldOut),
    gold: bootstrap(rankings.map(withGold), mean),
  };
}

/** Of the pairs that one ranking orders, the share that the other orders alike, a tie counting half; none without pairs. */
function strictAgreement(one: Tiers, other: Tiers): number[] {
  const rank = new Map(other.flatMap((tier, i) => tier.map((label) => [label, i] as const)));
  const right = orderedPairs(one).map(({ chosen, rejected }) => {
    const behind = rank.get(rejected)! - rank.get(chosen)!;
    return (1 + Math.sign(behind)) / 2;
  });
  return right.length > 0 ? [mean(right)] : [];
}
