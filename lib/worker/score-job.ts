// A score job: one reward model scores the answers of one comparison.
import type { Database } from "../../db/client.ts";
import { scoringTask, writeScores } from "../../db/queries/candidates.ts";
import { RewardScorer } from "../../models/train/score.ts";
import { addressScorer } from "../training/addresses.ts";
import { hopeless } from "./answers.ts";
import { heldOf, LastUsed, refuseDeleted } from "./last-used.ts";
import { PermanentError, type RunJob } from "./loop.ts";

export function scoreJob(db: Database): RunJob {
  const scorers = new LastUsed(({ directory }) => RewardScorer.load(directory));

  return async (job, context) => {
    if (job.kind !== "score") throw new PermanentError(`A ${job.kind} job is not for the scorer.`);
    const { subjectId: comparisonId } = job;
    const { modelId } = job.payload;
    const task = await scoringTask(db, { comparisonId, modelId });
    if (!task) throw new PermanentError("The comparison or the reward model is not there any more.");
    const { prompt, candidates, model } = task;
    const items = candidates.map(({ text }) => ({ prompt, answer: text }));
    const { address } = model;
    const asked = async (): Promise<ArrayLike<number>> => {
      refuseDeleted(model);
      if (address) return addressScorer(db, { ...model, address }).score(items, context.signal);
      return scorers.use(heldOf(model), (scorer) => scorer.score(items));
    };
    const scores = await asked().catch((error: unknown) => {
      throw PermanentError.of(error, hopeless);
    });
    const scored = candidates.map(({ id }, index) => ({ candidateId: id, score: scores[index]! }));
    context.stopIfAsked(await writeScores(db, context.claim, { comparisonId, modelId, scores: scored }));
    return undefined;
  };
}
