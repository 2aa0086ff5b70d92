// Starting a run: what each kind learns from, what must be there before it can begin, and the texts that PPO-ptx may mix in: the
// small world's, and JSONL files of {"text"} in the folder `texts` of the data directory.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "../../db/data-directory.ts";
import { type CountedDataset, countTrainingData, insertTrainingRun } from "../../db/queries/training-runs.ts";
import { sameTokens } from "../../models/gpt/padding.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { smallWorld, type TrainingKind } from "../vocabulary/labeling.ts";
import { refuse } from "./model-changes.ts";
import { modelDirectory } from "./model-directory.ts";
import { usableFiles } from "./models.ts";
import { getTrainingRun } from "./runs.ts";
import type { NewTraining, TrainingRun } from "./shapes.ts";

type Counts = Awaited<ReturnType<typeof countTrainingData>>;

/** The data set each kind of training requires, and what to do where it is empty. */
const needs: Record<TrainingKind, { dataset: CountedDataset; otherwise: string }> = {
  sft: {
    dataset: "demonstrations",
    otherwise: "There is nothing to learn from yet: write a demonstration first.",
  },
  reward: {
    dataset: "comparisons",
    otherwise: "There is nothing to learn from yet: rank some answers first, not all as ties.",
  },
  dpo: {
    dataset: "comparisons",
    otherwise: "There is nothing to learn from yet: rank some answers first, not all as ties.",
  },
  ppo: {
    dataset: "prompts",
    otherwise: "There is no prompt to practise on yet: write one first.",
  },
};

/** The data there are to learn from now. */
export async function trainingSources(ctx: Context): Promise<{ data: Counts; texts: string[] }> {
  allowed(ctx, "train", "train models");
  return { data: await countTrainingData(ctx), texts: await textSources() };
}

/**
 * Starts a run on the data as they are now. The worker reads exactly these.
 * @throws DomainError CONFLICT when there is nothing to learn from, NOT_FOUND or BAD_REQUEST for models or texts that
 *   cannot be used
 */
export async function startTraining(ctx: Context, input: NewTraining): Promise<TrainingRun> {
  const scope = allowed(ctx, "train", "train models");
  const base = await usableFiles(ctx, input.baseModelId, "lm");
  const rewardModelId = "rewardModelId" in input ? (input.rewardModelId ?? null) : null;
  const rewardModel = rewardModelId === null ? null : await usableFiles(ctx, rewardModelId, "reward");
  const texts = input.kind === "ppo" ? (input.texts ?? null) : null;
  if (texts !== null && !(await textSources()).includes(texts)) {
    throw new DomainError("NOT_FOUND", `There are no texts ${texts} in the folder "texts" of the data directory.`);
  }
  // The value function begins as the reward model, and reads the policy's own tokens.
  if (input.kind === "ppo" && rewardModel && !(await sameTokens(modelDirectory(base), modelDirectory(rewardModel)))) {
    const what = `${rewardModel.name} reads other tokens than ${base.name}`;
    throw new DomainError("BAD_REQUEST", `${what}: choose a reward model that was trained from the same model.`, {
      field: "rewardModelId",
    });
  }
  const { dataset, otherwise } = needs[input.kind];
  const counts = new Map((await countTrainingData(ctx)).map((count) => [count.dataset, count.lines]));
  if (!counts.get(dataset)) throw new DomainError("CONFLICT", otherwise);
  const datasets: CountedDataset[] = [dataset];
  // Where there are demonstrations, they get a score of 0 on average.
  if (input.kind === "reward" && counts.get("demonstrations")) datasets.push("demonstrations");
  const { name, kind, baseModelId, settings } = input;
  const run = { name, kind, baseModelId, rewardModelId, settings, datasets, texts };
  const made = await insertTrainingRun(scope, run);
  if (made === "taken") refuse("taken");
  const { points: _, ...shown } = await getTrainingRun(ctx, made);
  return shown;
}

const folder = () => join(dataDirectory(), "texts");

/** The names of all texts: "small-world", then the files by name. */
export async function textSources(): Promise<string[]> {
  const entries = await readdir(folder(), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl")).map(({ name }) => name);
  return [smallWorld, ...files.sort()];
}

/** The file of one of `textSources` other than the small world. */
export const textFile = (source: string): string => join(folder(), source);
