// A judge job: the project's reward model scores the comparisons it has not scored yet, those that wait for people first.

import { setImmediate as letOthersRun } from "node:timers/promises";
import type { Database } from "../../db/client.ts";
import { type JudgeTask, judgeTasks, unscoredComparisons, writeJudgeScores } from "../../db/queries/judge.ts";
import type { AddressScorer } from "../../models/address/scorer.ts";
import { RewardScorer } from "../../models/train/score.ts";
import { projectRewardModel } from "../ranking/project-model.ts";
import { addressScorer } from "../training/addresses.ts";
import { heldOf, LastUsed } from "./last-used.ts";
import type { JobContext, RunJob } from "./loop.ts";

/** How many comparisons are scored together. */
const together = 16;

type Judging = Pick<RewardScorer, "scoreWithHeads">;

/** A server's scores, of which nobody knows how sure they are. */
const judgingAt = (scorer: AddressScorer): Judging => ({
  scoreWithHeads: async (groups, signal) => {
    const items = groups.flatMap(({ prompt, answers }) => answers.map((answer) => ({ prompt, answer })));
    const scores = [...(await scorer.score(items, signal))];
    return groups.map(({ answers }) => ({ scores: scores.splice(0, answers.length), heads: [], disagreement: null }));
  },
});

export function judgeJob(db: Database): RunJob {
  const scorers = new LastUsed(({ directory }) => RewardScorer.load(directory));

  return async (job, context) => {
    const of = { db, project: job.projectId };
    const { model } = await projectRewardModel(of);
    if (!model) return undefined;
    const { address } = model;
    const using = (body: (scorer: Judging) => Promise<void>) =>
      address ? body(judgingAt(addressScorer(db, { ...model, address }))) : scorers.use(heldOf(model), body);
    await using(async (scorer) => {
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

  async function score(tasks: JudgeTask[], modelId: string, scorer: Judging, context: JobContext) {
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
