// The worker process for candidates: writes answers and scores them. Started by lib/launch/launch.ts.
import { generationRun } from "./generation.ts";
import { runWorker } from "./process.ts";
import { scoringRun } from "./score.ts";

await runWorker("candidates", ["generate", "score"], (db) => {
  const generate = generationRun(db);
  const score = scoringRun(db);
  return (job, context) => (job.kind === "score" ? score(job, context) : generate(job, context));
});
