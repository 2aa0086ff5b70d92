// What comparisons are worth: reward models trained on more and more of them, and on K-way rankings against as many pairs
// that each come from a prompt of their own.
import { join } from "node:path";
import { type Interval, mean } from "../../models/interval.ts";
import { Random } from "../../models/random.ts";
import type { PromptGroup } from "../../models/train/data.ts";
import { trainReward } from "../../models/train/reward.ts";
import type { RewardSettings } from "../../models/train/reward-config.ts";
import type { Task } from "../../models/world/asking.ts";
import type { Labeler } from "../../models/world/labelers.ts";
import { orderedPairs } from "../preference/pairs.ts";
import { labelsOf } from "../preference/ranking.ts";
import type { ComparisonRecord } from "../preference/records.ts";
import { messagesOf } from "../vocabulary/conversation.ts";
import { answersTo, writeRecords } from "./data.ts";
import { accuracyBy, scoresOf } from "./reward-accuracy.ts";
import type { Scale } from "./scale.ts";
import type { Step } from "./steps.ts";
import { toEnd } from "./train.ts";

/** A Point is the held-out accuracy of a reward model trained on this much data. */
export interface Point {
  seed: number;
  /** The number of prompts, or of pairs, that was wanted. */
  wanted: number;
  /** How many prompts have a ranking that is not all ties. */
  prompts: number;
  /** How many strict pairs their rankings have; the last one may bring more than were wanted. */
  pairs: number;
  accuracy: number;
}

interface Given {
  scale: Scale;
  /** The language model that each reward model starts from. */
  model: string;
  /** What accuracy is measured on. */
  heldOut: readonly PromptGroup[];
}

/** The ranked prompts of an export, each with its lines, shuffled by a seed. */
export function shuffledRankings(records: readonly ComparisonRecord[], seed: number): ComparisonRecord[][] {
  const groups = [...Map.groupBy(records, ({ ranking_id }) => ranking_id).values()];
  return new Random(seed).sample(groups, groups.length);
}

/** Measures accuracy against the number of ranked prompts; each smaller set is part of the larger ones. */
export async function byComparisons(given: Given, records: readonly ComparisonRecord[], step: Step): Promise<Point[]> {
  const points: Point[] = [];
  for (const seed of given.scale.seeds) {
    const rankings = shuffledRankings(records, seed);
    for (const prompts of given.scale.comparisonCounts) {
      const some = { wanted: prompts, rankings: rankings.slice(0, prompts) };
      points.push(await trainedOn(given, some, seed, `${prompts}-${seed}`, step));
    }
  }
  return points;
}

/**
 * Compares rankings of nine answers with rankings of two, at the same number of strict pairs in all and about the same
 * number in each step, which is that of two rankings of nine.
 */
export async function byKind(
  given: Given,
  labelers: readonly Labeler[],
  tasks: (seed: number) => Iterator<Task>,
  step: Step,
): Promise<{ ranked: Point[]; independent: Point[] }> {
  const found = { ranked: [] as Point[], independent: [] as Point[] };
  const most = Math.max(...given.scale.pairCounts);
  for (const seed of given.scale.seeds) {
    let pairsAStep = 0;
    for (const [kind, k] of [
      ["ranked", 9],
      ["independent", 2],
    ] as const) {
      const rankings = await rankingsOf(given, labelers, tasks(seed), { k, pairs: most, seed }, step);
      if (kind === "ranked") pairsAStep = (2 * rankings.flat().length) / rankings.length;
      const rows = kind === "ranked" ? 18 : 2 * Math.round(pairsAStep);
      for (const pairs of given.scale.pairCounts) {
        const some = { wanted: pairs, rankings: untilPairs(rankings, pairs), rows };
        found[kind].push(await trainedOn(given, some, seed, `${kind}-${pairs}-${seed}`, step));
      }
    }
  }
  return found;
}

/** The first rankings that together have at least so many pairs. */
function untilPairs(rankings: readonly ComparisonRecord[][], pairs: number): ComparisonRecord[][] {
  const some: ComparisonRecord[][] = [];
  for (let sum = 0, i = 0; sum < pairs && i < rankings.length; i++) {
    some.push(rankings[i]!);
    sum += rankings[i]!.length;
  }
  return some;
}

async function rankingsOf(
  { model, scale }: Given,
  labelers: readonly Labeler[],
  tasks: Iterator<Task>,
  { k, pairs, seed }: { k: number; pairs: number; seed: number },
  { tell, signal }: Step,
): Promise<ComparisonRecord[][]> {
  const rankings: ComparisonRecord[][] = [];
  const random = new Random(seed);
  const several = Math.ceil(Math.min(256, pairs) / k);
  for (let sum = 0, round = 0; sum < pairs; round++) {
    signal.throwIfAborted();
    const some = Array.from({ length: several }, () => tasks.next().value as Task);
    const sampling = { model, answerTokens: scale.answerTokens, seed: seed * 1_000 + round, signal };
    const answers = await answersTo(some, k, sampling);
    for (const [i, task] of some.entries()) {
      const texts = answers[i]!;
      const lines = linesOf(task, texts, labelers[rankings.length % labelers.length]!, random, `${seed}-${round}-${i}`);
      if (lines.length > 0) rankings.push(lines);
      sum += lines.length;
    }
    tell(`${sum} of ${pairs} pairs ranked, ${k} answers at a time`);
  }
  return rankings;
}

/** The lines that an export has for one ranking: its strict pairs. */
function linesOf(task: Task, texts: string[], labeler: Labeler, random: Random, id: string): ComparisonRecord[] {
  const labels = labelsOf(texts.length);
  const textOf = (label: string) => texts[labels.indexOf(label)]!;
  return orderedPairs(labeler.rank(task, texts, random)).map(({ chosen, rejected, chosenRank, rejectedRank }) => ({
    prompt: messagesOf(task.prompt).map((message) => ({ ...message })),
    chosen: textOf(chosen),
    rejected: textOf(rejected),
    prompt_id: id,
    ranking_id: id,
    // Two answers may have the same text, and be ranked apart.
    chosen_id: `${id}-${chosen}`,
    rejected_id: `${id}-${rejected}`,
    k: texts.length,
    chosen_rank: chosenRank,
    rejected_rank: rejectedRank,
    labeler: labeler.name,
  }));
}

async function trainedOn(
  given: Given,
  { wanted, rankings, rows }: { wanted: number; rankings: readonly ComparisonRecord[][]; rows?: number },
  seed: number,
  name: string,
  step: Step,
): Promise<Point> {
  const settings = { ...given.scale.reward, ...(rows === undefined ? {} : { rows }), seed };
  const dir = await rewardModelOn(rankings, given.model, settings, name, step);
  const { value: accuracy } = accuracyBy(given.heldOut, await scoresOf(dir, given.heldOut, step.signal));
  return { seed, wanted, prompts: rankings.length, pairs: rankings.flat().length, accuracy };
}

/**
 * Trains a reward model on all of these rankings, ignoring their split: it is measured on other ones.
 * @param model the language model it starts from. @returns its directory
 */
export async function rewardModelOn(
  rankings: readonly ComparisonRecord[][],
  model: string,
  settings: Partial<RewardSettings>,
  name: string,
  step: Step,
): Promise<string> {
  const data = join(step.folder, `${name}.jsonl`);
  await writeForTraining(rankings, data);
  const places = { out: join(step.folder, name), checkpoints: join(step.folder, `${name}.checkpoint`) };
  const run = trainReward({ ...settings, ...places, model, data, validFraction: 0 }, step.signal);
  return (await toEnd(run, `reward model ${name}`, step)).dir;
}

/** Writes rankings to a file without their split, so that the trainer holds none out. */
export const writeForTraining = (rankings: readonly ComparisonRecord[][], file: string): Promise<void> =>
  writeRecords(
    file,
    rankings.flat().map(({ split: _, ...line }) => line),
  );

/** The mean, the lowest and the highest of values that differ by seed. */
export function spread(values: readonly number[]): Interval {
  return { value: mean(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The accuracies of each seed, in the order of the size wanted. */
export const bySeed = (points: readonly Point[]): number[][] =>
  [...Map.groupBy(points, ({ seed }) => seed).values()].map((own) =>
    own.toSorted((one, other) => one.wanted - other.wanted).map(({ accuracy }) => accuracy),
  );

/** The mean, the lowest and the highest over the seeds, for each size. */
export function overSeeds(points: readonly Point[]) {
  return [...Map.groupBy(points, ({ wanted }) => wanted).values()].map((some) => {
    return {
      pairs: mean(some.map(({ pairs }) => pairs)),
      prompts: mean(some.map(({ prompts }) => prompts)),
      ...spread(some.map(({ accuracy }) => accuracy)),
    };
  });
}
