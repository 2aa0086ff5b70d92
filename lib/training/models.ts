// The model list: registering what is shipped, and whether each model's directory can be used just now.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { bySystem, type InProject } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import * as models from "../../db/queries/models.ts";
import { readProjectSettings } from "../../db/queries/settings.ts";
import { describeModel } from "../../models/gpt/checkpoint.ts";
import { baseSizes, practiceModel } from "../../models/train/base-sizes.ts";
import { type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Model } from "../vocabulary/shapes.ts";
import { addressProblem } from "./addresses.ts";
import { hasFiles, modelDirectory, withoutPlaces, zooDirectory } from "./model-directory.ts";

/**
 * All models: the project's own, newest first; then shipped ones, the practice model before the base models, largest first; and
 * last those that are not shipped any more.
 */
export async function listModels(ctx: Context): Promise<Model[]> {
  signedIn(ctx);
  const rows = await modelRows(ctx);
  const [there, gone] = [rows.filter((row) => !isGone(row)), rows.filter(isGone)];
  const show = await shownModel(ctx);
  return Promise.all([...there, ...gone].map(show));
}

/** Makes of a model's row what people see: also what it is good for, whether it can be used, and what the project uses it as. */
export async function shownModel(of: InProject): Promise<(row: models.ModelRow) => Promise<Model>> {
  const { modelId, rewardModelId } = await readProjectSettings(of);
  const answering = modelId ?? (await firstUsable(of))?.id;
  return async (row) => {
    const { id, name, kind, origin, parameters, context, createdAt, archivedAt, metrics, trainingRunId, trainedBy } =
      row;
    const { download } = row;
    return {
      ...{ id, name, kind, origin, parameters, context, createdAt, archivedAt, metrics, trainingRunId, trainedBy },
      about: aboutModel(row),
      problem: row.deletedAt === null ? await problemOf(of.db, row) : "it was deleted.",
      fetching:
        download && isLive(download) ? { bytesDone: download.bytesDone, bytesTotal: download.bytesTotal } : null,
      isPractice: aboutModel(row) !== null,
      usedAs: id === answering ? "answering model" : id === rewardModelId ? "judge" : null,
    };
  };
}

const isLive = ({ state }: models.DownloadRow): boolean => state === "waiting" || state === "running";

async function modelRows(of: InProject): Promise<models.ModelRow[]> {
  const rank = ({ origin, directory }: models.ModelRow) =>
    origin !== "shipped" ? 0 : directory === practiceModel.name ? 1 : 2;
  return (await models.listModels(of)).sort((one, other) => rank(one) - rank(other));
}

/**
 * A model of this kind that can be used just now, with its context length.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST saying why it cannot be used
 */
export async function usableModel(ctx: Context, id: string, kind: "lm" | "reward"): Promise<models.ModelRow> {
  const model = await models.getModel(ctx, id);
  if (!model) throw new DomainError("NOT_FOUND", "There is no such model.");
  if (model.kind !== kind) {
    const wanted = kind === "lm" ? "a language model" : "a reward model";
    throw new DomainError("BAD_REQUEST", `${model.name} is not ${wanted}: choose one that is.`);
  }
  if (model.archivedAt !== null)
    throw new DomainError("BAD_REQUEST", `${model.name} is archived: bring it back first, or choose another.`);
  const problem = await problemOf(ctx.db, model);
  if (problem !== null) throw new DomainError("BAD_REQUEST", `${model.name} cannot be used: ${problem}`);
  return model;
}

/** A usable model whose files are here: what is trained, or trains another. @throws DomainError as `usableModel` */
export async function usableFiles(ctx: Context, id: string, kind: "lm" | "reward"): Promise<models.ModelRow> {
  const model = await usableModel(ctx, id, kind);
  if (hasFiles(model)) return model;
  throw new DomainError(
    "BAD_REQUEST",
    `${model.name} is another server’s: only a model whose files are here can be trained.`,
  );
}

/**
 * The first language model that comes with Rankloop and can be used just now; null where there is none. Never a trained
 * one: that is the project's only where somebody has chosen it.
 */
export async function firstUsable(of: InProject): Promise<models.ModelRow | null> {
  for (const model of await modelRows(of)) {
    const mayBe = model.kind === "lm" && model.origin === "shipped";
    if (mayBe && (await problemOf(of.db, model)) === null) return model;
  }
  return null;
}

/**
 * The model whose tokens are counted and that is asked by "try it": the one named, else the project's: the one chosen
 * in the settings, else the first that comes with Rankloop.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST saying why it cannot be used
 */
export async function projectModel(ctx: Context, named?: string): Promise<models.ModelRow> {
  if (named !== undefined) return usableModel(ctx, named, "lm");
  const { modelId } = await readProjectSettings(ctx);
  if (modelId !== null) {
    if (await models.getModel(ctx, modelId)) return usableModel(ctx, modelId, "lm");
    throw new DomainError("NOT_FOUND", "The project's model is not there any more: choose another in the settings.");
  }
  const model = await firstUsable(ctx);
  if (model) return model;
  throw new DomainError("NOT_FOUND", "No language model is chosen: choose one in the settings.");
}

/** What a shipped model is good for, as a sentence; null for any other. */
export function aboutModel({ origin, directory }: Pick<models.ModelRow, "origin" | "directory">): string | null {
  if (origin !== "shipped") return null;
  return [practiceModel, ...Object.values(baseSizes)].find(({ name }) => name === directory)?.about ?? null;
}

/** Was this model shipped by an earlier version only? Its row stays, because answers and models refer to it. */
const isGone = (row: models.ModelRow): boolean => row.origin === "shipped" && !existsSync(modelDirectory(row));

/** Why a model cannot be used just now; null when it can. */
export async function problemOf(db: Database, row: models.ModelRow): Promise<string | null> {
  if (isGone(row)) return "this version of Rankloop does not come with it any more.";
  if (row.address) return addressProblem(db, row.address);
  if (row.download && row.download.finishedAt === null) {
    const { state, error } = row.download;
    if (isLive(row.download)) return "it is being fetched.";
    return state === "failed" ? `it could not be fetched: ${error}` : "it was not fetched to the end.";
  }
  try {
    await describeModel(modelDirectory(row));
    return null;
  } catch (error) {
    return withoutPlaces(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Puts the base models into the list, under the name of their directory. Called by the launcher at each start.
 * A directory that is broken is left out, with its problem in the answer.
 */
export async function registerShippedModels(
  db: Database,
  zoo: string | undefined = zooDirectory(),
): Promise<{ registered: string[]; problems: string[] }> {
  const registered: string[] = [];
  const problems: string[] = [];
  const entries = await readdir(zoo ?? "", { withFileTypes: true }).catch(() => []);
  const directories = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
  if (zoo && directories.length === 0) problems.push(`There are no models in ${zoo}.`);
  for (const directory of directories) {
    try {
      const { kind, parameters, config } = await describeModel(path.join(zoo ?? "", directory));
      const row = { directory, name: directory, kind, parameters, context: config.nCtx };
      await models.registerShipped(bySystem(db), row);
      registered.push(directory);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { registered, problems };
}
