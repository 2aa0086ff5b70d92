// Adding models from a folder, renaming, archiving and deleting models, and deleting training runs. The screens say beforehand
// what is deleted with each.
import { rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { dataDirectory } from "../../db/data-directory.ts";
import * as changes from "../../db/queries/model-changes.ts";
import { verifyModel } from "../../models/gpt/checkpoint.ts";
import { administering, allowed, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { AnsweringBits } from "../vocabulary/labeling.ts";
import { modelDirectory, unfinished } from "./model-directory.ts";
import { tokenCounter } from "./token-counter.ts";

const refusals = {
  "no model": ["NOT_FOUND", "There is no such model."],
  "no run": ["NOT_FOUND", "There is no such training run."],
  taken: ["CONFLICT", "There is a model or a run of this name already: choose another."],
  shipped: ["CONFLICT", "This model comes with Rankloop: it keeps its name, and stays as it is."],
  "in use": [
    "CONFLICT",
    "This model is the project's answering model or judge, or writes its answers: choose another in the settings first.",
  ],
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
 * Renames a model; with a trained one the run that made it, for the two share one name.
 * @throws DomainError NOT_FOUND, or CONFLICT for a shipped model or a name that is taken
 */
export async function renameModel(ctx: Context, input: { id: string; name: string }): Promise<{ ok: true }> {
  const outcome = await changes.renameModel(allowed(ctx, "train", "rename models"), input);
  return outcome === "done" ? { ok: true } : refuse(outcome === "not found" ? "no model" : outcome);
}

/**
 * Takes a model off the list and deletes its files, where they are Rankloop's own; its answers, and runs that began with it,
 * keep its name.
 * @throws DomainError NOT_FOUND, or CONFLICT while it is used
 */
export async function removeModel(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await changes.removeModel(allowed(ctx, "train", "delete models"), input);
  if (typeof outcome === "string") refuse(outcome === "not found" ? "no model" : outcome);
  // A folder that somebody named is theirs.
  if (outcome.origin === "address" || outcome.origin === "folder") return { ok: true };
  // In this order: what a worker names meanwhile is taken away under its new name.
  for (const end of [unfinished, ""]) await rm(modelDirectory(outcome) + end, { recursive: true, force: true });
  return { ok: true };
}

/**
 * Takes a model out of what is offered, or offers it again. What it has made stays.
 * @throws DomainError NOT_FOUND, or CONFLICT while it is the project's, or for a shipped model
 */
export async function archiveModel(ctx: Context, input: { id: string; archived: boolean }): Promise<{ ok: true }> {
  const outcome = await changes.changeModel(allowed(ctx, "train", "archive models"), input);
  return outcome === "done" ? { ok: true } : refuse(outcome === "not found" ? "no model" : outcome);
}

/**
 * Says in how many bits a model's weights are held while it answers.
 * @throws DomainError NOT_FOUND, or CONFLICT for a shipped model
 */
export async function setModelBits(ctx: Context, input: { id: string; bits: AnsweringBits }): Promise<{ ok: true }> {
  const outcome = await changes.changeModel(allowed(ctx, "train", "say how models are held in memory"), input);
  return outcome === "done" ? { ok: true } : refuse(outcome === "not found" ? "no model" : outcome);
}

/**
 * Adds a model whose files are in a folder of this machine, where they stay.
 * @throws DomainError FORBIDDEN, CONFLICT for a name that is taken, BAD_REQUEST saying what is wrong with the folder
 */
export async function addFolder(ctx: Context, input: { name: string; folder: string }): Promise<{ id: string }> {
  const scope = signedIn(ctx);
  administering(ctx, "add models");
  const { name, folder: directory } = input;
  const wrong = (sentence: string, cause?: unknown) =>
    new DomainError("BAD_REQUEST", sentence, { field: "folder", cause });
  if (!isAbsolute(directory)) {
    throw wrong(
      "Write the whole path of the folder, as the machine that Rankloop runs on knows it, such as /srv/models/mine.",
    );
  }
  const refused = (error: Error): never => {
    throw wrong(error.message, error);
  };
  const { kind, parameters, config } = await verifyModel(directory).catch(refused);
  // A model without its tokenizer, or with another's, answers nothing.
  await tokenCounter.count({ directory, messages: [], answer: "a" }).catch(refused);
  const row = { name, kind, directory, parameters, context: config.nCtx };
  const made = await changes.insertFolderModel(scope, row);
  return made === "taken" ? refuse("taken") : made;
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
