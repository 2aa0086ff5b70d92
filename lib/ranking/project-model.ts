// The judge: the reward model that a lead chooses in the settings to score beside people, and whether labelers see its scores.
import type { InProject } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import { judgeProgress } from "../../db/queries/judge.ts";
import { getModel, type ModelRow, modelsOf } from "../../db/queries/models.ts";
import { readProjectSettings } from "../../db/queries/settings.ts";
import { describeModel } from "../../models/gpt/checkpoint.ts";
import { allowed, type Context } from "../context.ts";
import { hasFiles, modelDirectory, withoutPlaces } from "../training/model-directory.ts";
import { problemOf } from "../training/models.ts";

/** A Judge is a reward model that can be asked, with the number of heads of its ensemble. */
interface Judge extends ModelRow {
  heads: number;
}

/** `problem`: why the one that was chosen cannot be used; null with a null `model`: none is chosen. */
type Found = { model: Judge; problem: null } | { model: null; problem: string | null };

export async function projectRewardModel(of: InProject): Promise<Found> {
  const { rewardModelId } = await readProjectSettings(of);
  if (rewardModelId === null) return { model: null, problem: null };
  const chosen = await getModel(of, rewardModelId);
  return chosen ? withHeads(of.db, chosen) : { model: null, problem: "It is not in the list any more." };
}

/** The id of the reward model whose order labelers see beside their own; null where they see none. */
export async function shownJudge(of: InProject): Promise<string | null> {
  const { rewardModelId } = await readProjectSettings(of);
  return rewardModelId !== null && (await whyHidden(of, rewardModelId)) === null ? rewardModelId : null;
}

/** Why labelers do not see the scores of this model; null where they do. */
async function whyHidden(of: InProject, id: string): Promise<string | null> {
  const [model] = await modelsOf(of, [id]);
  return model ? worseThanSure(model.metrics) : "It is not in the list any more.";
}

/** The fewest prompts to measure on: on fewer a coin gets all right more than once in 40 times, so no 95 % interval exists. */
const fewestPrompts = 6;

/**
 * Why nobody should be led by a reward model with these figures; null where it is better than a coin, with 95 % certainty.
 */
export function worseThanSure(metrics: Record<string, number>): string | null {
  const { "eval/accuracy": accuracy, "eval/accuracy_low": low, "eval/accuracy_high": high } = metrics;
  const prompts = metrics["eval/prompts"] ?? fewestPrompts;
  if (accuracy === undefined || low === undefined || high === undefined) {
    return "It was never measured on held-out prompts.";
  }
  if (prompts < fewestPrompts) {
    return `It was measured on ${prompts} held-out ${prompts === 1 ? "prompt" : "prompts"} only: too few to tell it from a coin.`;
  }
  if (low > 0.5) return null;
  const interval = `95 % interval ${percent(low)} to ${percent(high)}`;
  return `It orders ${percent(accuracy)} of held-out pairs as people did (${interval}): a coin may be as good.`;
}

/** percent(0.125) → "12.5 %" */
const percent = (share: number): string => `${Math.round(1_000 * share) / 10} %`;

async function withHeads(db: Database, model: ModelRow): Promise<Found> {
  if (!hasFiles(model)) {
    const problem = await problemOf(db, model);
    return problem === null ? { model: { ...model, heads: 0 }, problem } : { model: null, problem };
  }
  try {
    const { heads } = await describeModel(modelDirectory(model));
    return { model: { ...model, heads }, problem: null };
  } catch (error) {
    return { model: null, problem: withoutPlaces(error instanceof Error ? error.message : String(error)) };
  }
}

export interface JudgeStatus {
  model: { id: string; name: string; heads: number } | null;
  /** Why it does not judge: it cannot be used, or its last try failed. */
  problem: string | null;
  /** Why labelers do not see what it thinks; null where they do. */
  hidden: string | null;
  comparisons: number;
  scored: number;
}

/** The project's judge, and how many comparisons it has scored. */
export async function judgeStatus(ctx: Context): Promise<JudgeStatus> {
  allowed(ctx, "train", "see what the reward model judges");
  const { model, problem } = await projectRewardModel(ctx);
  const { error, ...progress } = await judgeProgress(ctx, model?.id ?? "");
  return {
    model: model && { id: model.id, name: model.name, heads: model.heads },
    problem: model ? error : problem,
    hidden: model && (await whyHidden(ctx, model.id)),
    ...progress,
  };
}
