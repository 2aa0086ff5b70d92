// The worker process at low priority: training, and beside it the reward model that judges beside people. Started by
// lib/launch/launch.ts.
import { requestScoring } from "../../db/queries/judge.ts";
import { judgeJob } from "./judge-job.ts";
import { runWorker } from "./process.ts";
import { trainJob } from "./train-job.ts";

await runWorker("training", (db) => {
  // What an earlier version left unread.
  void requestScoring(db, Date.now());
  return [
    { kinds: ["train"], run: trainJob(db) },
    { kinds: ["judge"], run: judgeJob(db) },
  ];
});
