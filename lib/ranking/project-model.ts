// The reward model that judges beside people: the one chosen in the settings, else the newest that can be used.
import type { Database } from "../../db/client.ts";
import { judgingProgress } from "../../db/queries/judging.ts";
import { getModel, listModels, type ModelHead } from "../../db/queries/models.ts";
import { readProjectSettings } from "../../db/queries/settings.ts";
import { describeModel } from "../../models/gpt/checkpoint.ts";
import { allowed, type Context } from "../context.ts";
import { modelDirectory, withoutPlaces } from "../training/model-directory.ts";

/** One whose files are there, and how many heads its ensemble has. */
interface Judge extends ModelHead {
  heads: number;
}

/** `problem`: why the one that was chosen cannot be used; null with a null `model`: there is no reward model. */
type Found = { model: Judge; problem: null } | { model: null; problem: string | null };

export async function projectRewardModel(db: Database): Promise<Found> {
  const { rewardModelId } = await readProjectSettings(db);
  if (rewardModelId !== null) {
    const chosen = await getModel(db, rewardModelId);
    return chosen ? judge(chosen) : { model: null, problem: "It is not in the list any more." };
  }
  for (const one of await listModels(db)) {
    const found = one.kind === "reward" ? await judge(one) : null;
    if (found?.model) return found;
  }
  return { model: null, problem: null };
}

async function judge(model: ModelHead): Promise<Found> {
  try {
    const { heads } = await describeModel(modelDirectory(model));
    return { model: { ...model, heads }, problem: null };
  } catch (error) {
    return { model: null, problem: withoutPlaces(error instanceof Error ? error.message : String(error)) };
  }
}

export interface JudgingStanding {
  model: { id: string; name: string; heads: number } | null;
  /** Why it does not judge: it cannot be used, or its last try failed. */
  problem: string | null;
  comparisons: number;
  judged: number;
}

/** The project's reward model, and how far it is with what there is to judge. */
export async function judgingStanding(ctx: Context): Promise<JudgingStanding> {
  allowed(ctx, "train", "see what the reward model judges");
  const { model, problem } = await projectRewardModel(ctx.db);
  const { error, ...progress } = await judgingProgress(ctx.db, model?.id ?? "");
  return {
    model: model && { id: model.id, name: model.name, heads: model.heads },
    problem: model ? error : problem,
    ...progress,
  };
}
