// A try job: one answer to a prompt that somebody is still writing. They wait for it, so a failed one is not tried again.
import type { Database } from "../../db/client.ts";
import { trialTask, writeTrial } from "../../db/queries/trials.ts";
import { Generators, streamAnswers } from "./answers.ts";
import { PermanentError, type RunJob } from "./loop.ts";

export function tryJob(db: Database, generators = new Generators(db)): RunJob {
  return async (job, context) => {
    const { subjectId: id } = job;
    const task = await trialTask(db, id);
    if (!task) return undefined;
    const { messages: prompt, model, seed, ...settings } = task;
    try {
      await generators.use(model, (generator) =>
        streamAnswers(generator, { ...settings, prompt, seeds: [seed] }, context, (changed) => {
          const { text, tokens, finish } = changed[0]!;
          return writeTrial(db, context.claim, { id, text, tokens, done: finish !== null });
        }),
      );
    } catch (error) {
      context.signal.throwIfAborted();
      throw PermanentError.of(error, [Error]);
    }
    return undefined;
  };
}
