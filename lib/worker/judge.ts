// A judge job: the project's reward model reads what it has not read yet, comparisons that wait for people first.
import type { Database } from "../../db/client.ts";
import { type JudgingTask, judgingTasks, unjudged, writeJudgement } from "../../db/queries/judging.ts";
import { RewardScorer } from "../../models/train/score.ts";
import { projectRewardModel } from "../ranking/project-model.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { turn } from "../turn.ts";
import { LastUsed } from "./last-used.ts";
import type { JobContext, RunJob } from "./loop.ts";

/** Comparisons read together. */
const together = 16;

export function judgingRun(db: Database): RunJob {
  const scorers = new LastUsed((directory) => RewardScorer.load(directory));

  return async (_job, context) => {
    const { model } = await projectRewardModel(db);
    if (!model) return undefined;
    await scorers.use(modelDirectory(model), async (scorer) => {
      // Until nothing is left: answers are written meanwhile, and one written anew is read anew.
      for (let ids = await unjudged(db, model.id); ids.length > 0; ids = await unjudged(db, model.id)) {
        for (let at = 0; at < ids.length; at += together) {
          context.signal.throwIfAborted();
          await judge(await judgingTasks(db, ids.slice(at, at + together)), model.id, scorer, context);
          await turn();
        }
      }
    });
    return undefined;
  };

  async function judge(tasks: JudgingTask[], modelId: string, scorer: RewardScorer, context: JobContext) {
    const groups = tasks.map(({ prompt, candidates }) => ({ prompt, answers: candidates.map(({ text }) => text) }));
    const judgements = await scorer.judge(groups, context.signal);
    for (const [i, { comparisonId, revision, candidates }] of tasks.entries()) {
      const { scores, disagreement } = judgements[i]!;
      const scored = candidates.map(({ id }, place) => ({ candidateId: id, score: scores[place]! }));
      const judged = { comparisonId, modelId, revision, disagreement, scores: scored };
      context.heed(await writeJudgement(db, context.held, judged));
    }
  }
}
