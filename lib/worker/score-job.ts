// A score job: one reward model scores the answers of one comparison.
import type { Database } from "../../db/client.ts";
import { scoringTask, writeScores } from "../../db/queries/candidates.ts";
import { hopeless } from "./answers.ts";
import { PermanentError, type RunJob } from "./loop.ts";
import { Scorers } from "./scorers.ts";

export function scoreJob(db: Database): RunJob {
  const scorers = new Scorers(db);

  return async (job, context) => {
    if (job.kind !== "score") throw new PermanentError(`A ${job.kind} job is not for the scorer.`);
    const { subjectId: comparisonId } = job;
    const { modelId } = job.payload;
    const task = await scoringTask(db, { comparisonId, modelId });
    if (!task) throw new PermanentError("The comparison or the reward model is not there any more.");
    const { prompt, candidates, model } = task;
    const answers = candidates.map(({ text }) => text);
    const [scores] = await scorers
      .use(model, (scorer) => scorer.scoreWithHeads([{ prompt, answers }], context.signal))
      .catch((error: unknown) => {
        throw PermanentError.of(error, hopeless);
      });
    const scored = candidates.map(({ id }, index) => ({ candidateId: id, score: scores!.scores[index]! }));
    context.stopIfAsked(await writeScores(db, context.claim, { comparisonId, modelId, scores: scored }));
    return undefined;
  };
}
