// A judge job: the project's reward model scores the comparisons it has not scored yet, those that wait for people first.

import { setImmediate as letOthersRun } from "node:timers/promises";
import type { Database } from "../../db/client.ts";
import { type JudgeTask, judgeTasks, unscoredComparisons, writeJudgeScores } from "../../db/queries/judge.ts";
import { projectRewardModel } from "../ranking/project-model.ts";
import type { JobContext, RunJob } from "./loop.ts";
import { type GroupScorer, Scorers } from "./scorers.ts";

/** How many comparisons are scored together. */
const together = 16;

export function judgeJob(db: Database): RunJob {
  const scorers = new Scorers(db);

  return async (job, context) => {
    const of = { db, project: job.projectId };
    const { model } = await projectRewardModel(of);
    if (!model) return undefined;
    await scorers.use(model, async (scorer) => {
      // Until none is left: more answers are generated meanwhile, and regenerated ones have to be scored again.
      for (
        let ids = await unscoredComparisons(of, model.id);
        ids.length > 0;
        ids = await unscoredComparisons(of, model.id)
      ) {
        for (let at = 0; at < ids.length; at += together) {
          context.signal.throwIfAborted();
          await score(await judgeTasks(db, ids.slice(at, at + together)), model.id, scorer, context);
          await letOthersRun();
        }
      }
    });
    return undefined;
  };

  async function score(tasks: JudgeTask[], modelId: string, scorer: GroupScorer, context: JobContext) {
    const groups = tasks.map(({ prompt, candidates }) => ({ prompt, answers: candidates.map(({ text }) => text) }));
    const results = await scorer.scoreWithHeads(groups, context.signal);
    for (const [i, { comparisonId, revision, candidates }] of tasks.entries()) {
      const { scores, disagreement } = results[i]!;
      const scored = candidates.map(({ id }, place) => ({ candidateId: id, score: scores[place]! }));
      const result = { comparisonId, modelId, revision, disagreement, scores: scored };
      context.stopIfAsked(await writeJudgeScores(db, context.claim, result));
    }
  }
}
