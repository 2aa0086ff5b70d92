// The files a run reads: its data as they were when it was started, written once, each with its hash in the database.
import { access } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Database } from "../../db/client.ts";
import { noteTrainingData, type TrainingTask } from "../../db/queries/training-tasks.ts";
import { lines } from "../../models/train/data.ts";
import { ppoDefaults } from "../../models/train/ppo-config.ts";
import { mostTokens } from "../../models/train/ppo-pretraining.ts";
import { hashFile } from "../../models/train/run-state.ts";
import { documents } from "../../models/world/documents.ts";
import { comparisonLines, demonstrationLines, promptLines } from "../datasets/export.ts";
import { jsonlLine, parseJsonl } from "../preference/jsonl.ts";
import { textFile } from "../training/start.ts";
import { smallWorld, type TrainingDataset } from "../vocabulary/labeling.ts";
import { type JobContext, PermanentError } from "./loop.ts";
import { writeLines } from "./write-lines.ts";

export type Files = Partial<Record<TrainingDataset, string>>;

/**
 * Writes the files that are not there yet to `folder`.
 * @throws PermanentError when one is not what the run began with; JsonlError, DataError for texts that cannot be read
 */
export async function snapshot(
  db: Database,
  task: TrainingTask,
  folder: string,
  { claim, signal }: Pick<JobContext, "claim" | "signal">,
): Promise<Files> {
  const files: Files = {};
  for (const { dataset, source, lines: known, hash } of task.data) {
    const file = join(folder, `${dataset}.jsonl`);
    files[dataset] = file;
    const count =
      hash !== null && (await isThere(file))
        ? known
        : await writeLines(file, linesOf(db, task, dataset, source ?? smallWorld), signal);
    const found = { runId: task.id, dataset, lines: count, hash: await hashFile(file) };
    if ((await noteTrainingData(db, claim, found)) !== found.hash) {
      throw new PermanentError(`The ${dataset} of this run are not what it began with any more: start a new run.`);
    }
  }
  return files;
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The lines of a data set, with prompts as turns, as the model was asked. */
function linesOf(db: Database, task: TrainingTask, dataset: TrainingDataset, source: string): AsyncIterable<string> {
  const of = { db, project: task.projectId };
  const range = { at: task.at, format: "conversational" } as const;
  if (dataset === "comparisons") return comparisonLines(of, range);
  if (dataset === "demonstrations") return demonstrationLines(of, range);
  // A policy practises on no prompt that it will be measured on.
  if (dataset === "prompts") return promptLines(of, { ...range, split: "train" });
  return source === smallWorld ? worldTexts(task.settings) : fileTexts(source);
}

/** Characters of an average token, set higher than in any English vocabulary: with too few texts a run would repeat them. */
const tokenCharacters = 6;

/** As many documents of the small world as the run reads. */
async function* worldTexts(settings: TrainingTask["settings"]): AsyncGenerator<string> {
  const { episodes, innerEpochs, ptxRows, ptxTokens, seed } = { ...ppoDefaults, ...settings };
  let left = tokenCharacters * Math.min(mostTokens, episodes * innerEpochs * ptxRows * ptxTokens);
  for (const text of documents(seed, "train")) {
    if (left <= 0) return;
    left -= text.length;
    yield jsonlLine({ text });
  }
}

const written = z.looseObject({ text: z.string().min(1) });

async function* fileTexts(source: string): AsyncGenerator<string> {
  for await (const [line, number] of lines(textFile(source))) {
    yield jsonlLine({ text: parseJsonl(line, number, source, written).text });
  }
}
