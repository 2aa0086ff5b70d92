// The worker process at low priority: it trains, and beside that the project's judge scores comparisons. Started by
// lib/launch/launch.ts.
import { requestScoring } from "../../db/queries/judge.ts";
import { judgeJob } from "./judge-job.ts";
import { runWorker } from "./process.ts";
import { trainJob } from "./train-job.ts";

await runWorker("training", (db) => {
  // Comparisons that an earlier version left without scores.
  void requestScoring(db, Date.now());
  return [
    { kinds: ["train"], run: trainJob(db) },
    { kinds: ["judge"], run: judgeJob(db) },
  ];
});
