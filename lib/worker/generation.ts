// A generate job: writes the candidates of one comparison as their tokens come. Finished ones of an earlier try stay.
import type { Database } from "../../db/client.ts";
import { type GenerationTask, generationTask, writeAnswers } from "../../db/queries/candidates.ts";
import { type AnswerDelta, GenerateError, GptGenerator } from "../../models/gpt/generate.ts";
import { modelDirectory } from "../models/directory.ts";
import { turn } from "../turn.ts";
import { LastUsed } from "./last-used.ts";
import { type JobContext, PermanentError, type RunJob } from "./loop.ts";

/** Text is written at most this often: a person cannot read faster, and every write wakes the watchers. */
const writeEveryMs = 60;

type Candidate = GenerationTask["candidates"][number];

export function generationRun(db: Database): RunJob {
  const generators = new LastUsed((directory) => GptGenerator.load(directory));

  return async (job, context) => {
    const task = await generationTask(db, job.subjectId);
    if (!task) return undefined;
    const failures: unknown[] = [];
    for (const group of groups(task.candidates)) {
      try {
        await writeGroup(job.subjectId, task.prompt, group, context);
      } catch (error) {
        context.signal.throwIfAborted();
        await generators.forget();
        failures.push(error);
      }
    }
    // One model that fails does not take the answers of the others along; the job is tried again for what is missing.
    if (failures.length > 0) throw PermanentError.of(failures[0], [GenerateError]);
    return undefined;
  };

  async function writeGroup(
    comparisonId: string,
    prompt: string,
    group: Candidate[],
    context: JobContext,
  ): Promise<void> {
    const { model, temperature, topP, maxTokens } = group[0]!;
    const generator = await generators.get(modelDirectory(model));
    const unwritten = new Map<number, AnswerDelta>();
    let writtenAt = 0;
    const write = async () => {
      if (unwritten.size === 0) return;
      const answers = [...unwritten.values()].map(({ index, text, tokens, finish }) => ({
        id: group[index]!.id,
        text,
        tokens,
        finish,
      }));
      unwritten.clear();
      writtenAt = performance.now();
      context.heed(await writeAnswers(db, context.held, comparisonId, answers));
    };
    const seeds = group.map((candidate) => candidate.seed);
    try {
      const steps = generator.generate({ prompt, temperature, topP, maxTokens, seeds, signal: context.signal });
      for await (const deltas of steps) {
        for (const delta of deltas) unwritten.set(delta.index, delta);
        const ended = deltas.some((delta) => delta.finish !== null);
        if (ended || performance.now() - writtenAt >= writeEveryMs) await write();
        await turn();
        context.signal.throwIfAborted();
      }
    } finally {
      // Stopped by a person: what came so far is theirs to see.
      await write();
    }
  }
}

/** Candidates that are decoded as one batch: same model, same settings. */
function groups(candidates: Candidate[]): Candidate[][] {
  const byKey = Map.groupBy(candidates, ({ model, temperature, topP, maxTokens }) =>
    JSON.stringify([model.id, temperature, topP, maxTokens]),
  );
  return [...byKey.values()];
}
