// The worker process for candidates: answers prompts, tries for whoever writes one, and scores. Started by
// lib/launch/launch.ts.
import { loadedGenerators } from "./answers.ts";
import { generationRun } from "./generation.ts";
import { runWorker } from "./process.ts";
import { scoringRun } from "./score.ts";
import { trialRun } from "./trial.ts";

await runWorker("candidates", ["try", "generate", "score"], (db) => {
  const generators = loadedGenerators();
  const runs = { try: trialRun(db, generators), generate: generationRun(db, generators), score: scoringRun(db) };
  return (job, context) => {
    if (job.kind === "train-reward") throw new Error("Training is the other worker's.");
    return runs[job.kind](job, context);
  };
});
