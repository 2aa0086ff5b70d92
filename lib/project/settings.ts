// The settings of the project, which hold for everyone who works on it.
import { listModels } from "../../db/queries/models.ts";
import { readProjectSettings, writeProjectSettings } from "../../db/queries/settings.ts";
import { allowed, type Context, signedIn } from "../context.ts";
import { refuseNumber } from "../ranking/generate.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { ProjectSettings } from "../vocabulary/shapes.ts";

export async function getSettings(ctx: Context): Promise<ProjectSettings> {
  signedIn(ctx);
  return readProjectSettings(ctx);
}

/**
 * Changes settings; absent ones stay as they are.
 * @throws DomainError NOT_FOUND when there is no such language or reward model, BAD_REQUEST for sources of fewer than 2 or more
 *   than 9 answers
 */
export async function updateSettings(ctx: Context, input: Partial<ProjectSettings>): Promise<ProjectSettings> {
  const scope = allowed(ctx, "lead", "change the settings of the project");
  const models = await listModels(ctx);
  const isThere = (id: string | null | undefined, as: "lm" | "reward") =>
    !id || models.some((model) => model.id === id && model.kind === as && model.archivedAt === null);
  const writers = [input.modelId, ...(input.sources ?? []).map(({ modelId }) => modelId)];
  if (!writers.every((id) => isThere(id, "lm"))) {
    throw new DomainError("NOT_FOUND", "There is no such language model: choose another.");
  }
  if (!isThere(input.rewardModelId, "reward")) {
    throw new DomainError("NOT_FOUND", "There is no such reward model: choose another.");
  }
  if (input.sources) refuseNumber(input.sources.reduce((sum, { count }) => sum + count, 0));
  await writeProjectSettings(scope, input);
  return readProjectSettings(ctx);
}
