// Renaming and deleting models and training runs. The screens say beforehand what is deleted with each.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "../../db/data-directory.ts";
import * as changes from "../../db/queries/model-changes.ts";
import { allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { modelDirectory } from "./model-directory.ts";

const refusals = {
  "no model": ["NOT_FOUND", "There is no such model."],
  "no run": ["NOT_FOUND", "There is no such training run."],
  taken: ["CONFLICT", "There is a model or a run of this name already: choose another."],
  shipped: ["CONFLICT", "This model comes with Rankloop: it keeps its name, and stays."],
  "in use": ["CONFLICT", "This model is the project's answering model or judge: choose another in the settings first."],
  "learned from": [
    "CONFLICT",
    "A training run that is under way begins with this model: wait for its end, or stop it.",
  ],
  "under way": ["CONFLICT", "This run is under way: stop it first."],
} as const;

export function refuse(why: keyof typeof refusals): never {
  const [code, sentence] = refusals[why];
  throw new DomainError(code, sentence, why === "taken" ? { field: "name" } : {});
}

/**
 * Renames a trained model and the run that made it, which share one name.
 * @throws DomainError NOT_FOUND, or CONFLICT for a shipped model or a name that is taken
 */
export async function renameModel(ctx: Context, input: { id: string; name: string }): Promise<{ ok: true }> {
  const outcome = await changes.renameModel(allowed(ctx, "train", "rename models"), input);
  return outcome === "done" ? { ok: true } : refuse(outcome === "not found" ? "no model" : outcome);
}

/**
 * Deletes a trained model's files and takes it off the list; its answers, and runs that began with it, keep its name.
 * @throws DomainError NOT_FOUND, or CONFLICT while it is used
 */
export async function removeModel(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await changes.removeModel(allowed(ctx, "train", "delete models"), input);
  if (typeof outcome === "string") refuse(outcome === "not found" ? "no model" : outcome);
  await rm(modelDirectory({ origin: "trained", ...outcome }), { recursive: true, force: true });
  return { ok: true };
}

/**
 * Deletes a run with its curves, settings and files. The model it made stays.
 * @throws DomainError NOT_FOUND, or CONFLICT while it is under way
 */
export async function removeRun(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await changes.removeRun(allowed(ctx, "train", "delete training runs"), input);
  if (typeof outcome === "string") refuse(outcome === "not found" ? "no run" : outcome);
  await rm(join(dataDirectory(), "runs", outcome.id), { recursive: true, force: true });
  return { ok: true };
}
