// A generate job: writes the candidates of one comparison as their tokens come. Finished ones of an earlier try stay.
import type { Database } from "../../db/client.ts";
import { type GenerationTask, generationTask, writeAnswers } from "../../db/queries/candidates.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { hopeless, type LoadedGenerators, loadedGenerators, streamAnswers } from "./answers.ts";
import { PermanentError, type RunJob } from "./loop.ts";

type Candidate = GenerationTask["candidates"][number];

export function generateJob(db: Database, generators: LoadedGenerators = loadedGenerators()): RunJob {
  return async (job, context) => {
    const task = await generationTask(db, job.subjectId);
    if (!task) return undefined;
    const failures: unknown[] = [];
    for (const group of groups(task.candidates)) {
      const { model, temperature, topP, maxTokens } = group[0]!;
      const seeds = group.map((candidate) => candidate.seed);
      const options = { prompt: task.prompt, temperature, topP, maxTokens, seeds };
      const directory = modelDirectory(model);
      try {
        await generators.use(directory, (generator) =>
          streamAnswers(generator, options, context, (changed) => {
            const answers = changed.map(({ index, ...answer }) => ({ ...answer, id: group[index]!.id }));
            return writeAnswers(db, context.claim, job.subjectId, answers);
          }),
        );
      } catch (error) {
        context.signal.throwIfAborted();
        await generators.forget(directory);
        failures.push(error);
      }
    }
    // One model that fails does not take the answers of the others along; the job is tried again for what is missing.
    if (failures.length > 0) throw PermanentError.of(failures[0], hopeless);
    return undefined;
  };
}

/** Candidates that are decoded as one batch: same model, same settings. */
function groups(candidates: Candidate[]): Candidate[][] {
  const byKey = Map.groupBy(candidates, ({ model, temperature, topP, maxTokens }) =>
    JSON.stringify([model.id, temperature, topP, maxTokens]),
  );
  return [...byKey.values()];
}
